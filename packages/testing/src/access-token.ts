import { randomBytes, randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Behaviour } from './behaviour.ts';
import { type Actor, isActor, type Persona } from './persona.ts';
import { parseScope } from './scopes.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';

/** Whom a token stands for and what it may do. */
export interface AccessTokenGrant {
  readonly clientId: string;
  readonly actor: Actor;
  readonly subject: string;
  readonly scope: readonly string[];
}

export interface AccessTokens {
  /** How long tokens live whose grant says nothing else. */
  readonly lifetimeSeconds: number;
  readonly issue: (grant: AccessTokenGrant, lifetimeSeconds?: number) => Promise<string>;
  /** Says who signed in. Nobody can verify it: its key is not published. */
  readonly issueIdToken: (grant: AccessTokenGrant) => Promise<string>;
  /** `undefined` for a token that is expired, altered, or of another emulator. */
  readonly verify: (token: string) => Promise<AccessTokenGrant | undefined>;
  readonly rotateKeys: SigningKeys['rotate'];
}

export interface AccessTokenSettings {
  readonly tenantId: string;
  readonly apiUrl: string;
  readonly issuerOf: (persona: Persona) => string;
  readonly lifetimeSeconds: number;
  readonly behaviour: Pick<Behaviour, 'tokenFormat' | 'scopeClaim'>;
  /** The current time in epoch milliseconds. */
  readonly now: () => number;
}

/** CERTAIN: in the tokens that eGain's own widget and samples read. */
const TENANT_CLAIM = 'http://egain.net/claims/identity/tenant';

/** The emulator's own: how eGain marks the actor in a token is not known. Do not read it in an application. */
const ACTOR_CLAIM = 'urn:egain-auth:emulator:actor';

export async function createAccessTokens(settings: AccessTokenSettings): Promise<AccessTokens> {
  const { tenantId, apiUrl: audience, issuerOf, lifetimeSeconds, behaviour, now } = settings;
  const keys = await createSigningKeys();
  const issuer = [issuerOf('user'), issuerOf('customer')];
  // An opaque token is a handle of the JWT it stands for, which is judged like any other.
  const handles = new Map<string, string>();

  const claimsOf = ({ actor, subject }: AccessTokenGrant, seconds = lifetimeSeconds): JWTPayload => {
    const iat = Math.floor(now() / 1000);
    const registered = { iss: issuerOf(personaOf(actor)), sub: subject, iat, exp: iat + seconds };
    return { ...registered, jti: randomUUID(), [TENANT_CLAIM]: tenantId };
  };

  return {
    lifetimeSeconds,
    issue: async (grant, seconds) => {
      const { clientId, actor, scope } = grant;
      const own = { client_id: clientId, [behaviour.scopeClaim]: scope.join(' '), [ACTOR_CLAIM]: actor };
      const jwt = await keys.sign({ ...claimsOf(grant, seconds), aud: audience, ...own }, 'at+jwt');
      if (behaviour.tokenFormat === 'jwt') return jwt;
      const handle = randomBytes(32).toString('base64url');
      handles.set(handle, jwt);
      return handle;
    },
    issueIdToken: (grant) => keys.sign({ ...claimsOf(grant), aud: grant.clientId }, 'JWT'),
    verify: async (token) => {
      const jwt = behaviour.tokenFormat === 'jwt' ? token : (handles.get(token) ?? '');
      const expected = { issuer, audience, requiredClaims: ['exp'], currentDate: new Date(now()) };
      const claims = await keys.verify(jwt, expected);
      return claims && readGrant(claims, behaviour.scopeClaim);
    },
    rotateKeys: keys.rotate,
  };
}

const personaOf = (actor: Actor): Persona => (actor.endsWith('customer') ? 'customer' : 'user');

function readGrant(claims: JWTPayload, scopeClaim: string): AccessTokenGrant | undefined {
  const { sub: subject, [scopeClaim]: scope, client_id: clientId, [ACTOR_CLAIM]: actor } = claims;
  if (typeof subject !== 'string' || typeof scope !== 'string' || typeof clientId !== 'string') return undefined;
  return isActor(actor) ? { clientId, actor, subject, scope: parseScope(scope) } : undefined;
}
