// What everybody's session holds. The access token is as long as the emulator's, which ours hold.
import { encode } from '../tokens/issued-token.ts';

export interface Profile {
  readonly name: string;
  readonly roles: readonly string[];
}

export type Size = 'small' | 'large';

export const NAME = 'Maria Agent';

const roles = (count: number) => Array.from({ length: count }, (_, index) => `role-of-an-agent-${index + 1}`);

/** Large is about what a login with many roles comes to: two cookies where a library can write two. */
export const PROFILES: Readonly<Record<Size, Profile>> = {
  small: { name: NAME, roles: roles(2) },
  large: { name: NAME, roles: roles(150) },
};

export const SESSION_MS = 3_600_000;
export const SECRET = 'a secret of the benchmark, long enough for everybody';

const ACCESS_TOKEN = 'a'.repeat(711);
const SIGNATURE = 's'.repeat(342);

export interface Tokens {
  readonly accessToken: string;
  readonly expiresAt: number;
}

export const tokens = (): Tokens => ({ accessToken: ACCESS_TOKEN, expiresAt: Date.now() + SESSION_MS });

/** A profile as an OpenID provider would say it. */
export const idToken = ({ name, roles }: Profile): string =>
  `${encode({ alg: 'RS256', kid: 'benchmark' })}.${encode({ sub: 'maria.agent', name, roles })}.${SIGNATURE}`;
