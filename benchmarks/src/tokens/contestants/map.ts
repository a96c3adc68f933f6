import type { Contestant } from '../contestant.ts';
import { createMint, type Minted } from './undici.ts';

/** The floor: what somebody writes who knows what they need, and no more. Nothing bounds it, nothing renews early. */
export const map: Contestant<Minted> = {
  create(surroundings) {
    const { mint, close } = createMint(surroundings);
    const tokens = new Map<string, Minted>();
    const flights = new Map<string, Promise<Minted>>();

    async function fly(subject: string): Promise<Minted> {
      try {
        const token = await mint(subject);
        tokens.set(subject, token);
        return token;
      } finally {
        flights.delete(subject);
      }
    }

    return {
      async getToken(subject) {
        const token = tokens.get(subject);
        if (token && token.expiresAt > Date.now()) return token;
        let flight = flights.get(subject);
        if (!flight) {
          flight = fly(subject);
          flights.set(subject, flight);
        }
        return flight;
      },
      accessTokenOf: (token) => token.accessToken,
      close,
    };
  },
};
