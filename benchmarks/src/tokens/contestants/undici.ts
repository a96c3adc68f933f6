import { Pool } from 'undici';
import { CLIENT_ID, CLIENT_SECRET, type Contestant, SCOPE, type Surroundings } from '../contestant.ts';

export interface Minted {
  readonly accessToken: string;
  readonly expiresAt: number;
}

/** The least that gets a token: a form by POST, through as many connections as ours has. Believes every answer. */
export function createMint({ tokenUrl }: Pick<Surroundings, 'tokenUrl'>) {
  const pool = new Pool(tokenUrl.origin, { connections: 64 });
  return {
    async mint(this: void, subject: string): Promise<Minted> {
      const { body } = await pool.request({
        path: tokenUrl.pathname,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'password',
          subject_username: subject,
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          scope: SCOPE,
        }).toString(),
      });
      const answer = (await body.json()) as { access_token: string; expires_in: number };
      return { accessToken: answer.access_token, expiresAt: Date.now() + answer.expires_in * 1000 };
    },
    close: () => pool.close(),
  };
}

export const undici: Contestant<Minted> = {
  package: 'undici',
  part: 'missed',
  create(surroundings) {
    const { mint, close } = createMint(surroundings);
    return { getToken: mint, accessTokenOf: (token) => token.accessToken, close };
  },
};
