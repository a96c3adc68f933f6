import { randomUUID } from 'node:crypto';
import { generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type Actor, isActor, type Persona, personaSuffix } from './persona.ts';
import { parseScope } from './scopes.ts';

/** Whom a token stands for and what it may do. */
export interface AccessTokenGrant {
  readonly clientId: string;
  readonly actor: Actor;
  readonly subject: string;
  readonly scope: readonly string[];
}

export interface AccessTokens {
  readonly lifetimeSeconds: number;
  readonly issue: (grant: AccessTokenGrant) => Promise<string>;
  /** `undefined` for a token that is expired, altered, or of another emulator. */
  readonly verify: (token: string) => Promise<AccessTokenGrant | undefined>;
}

const ALGORITHM = 'ES256';

/** CERTAIN: in the tokens that eGain's own widget and samples read. */
const TENANT_CLAIM = 'http://egain.net/claims/identity/tenant';

/** The emulator's own: how eGain marks the actor in a token is not known. Do not read it in an application. */
const ACTOR_CLAIM = 'urn:egain-auth:emulator:actor';

/** Signs and verifies with a key of this instance alone, so that two emulators never accept each other's tokens. */
export async function createAccessTokens(settings: {
  readonly tenantId: string;
  readonly loginUrl: string;
  readonly apiUrl: string;
  readonly lifetimeSeconds: number;
}): Promise<AccessTokens> {
  const { tenantId, loginUrl, apiUrl: audience, lifetimeSeconds } = settings;
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const issuerOf = (persona: Persona) => `${loginUrl}/system/auth/${tenantId}-${personaSuffix(persona)}`;
  const issuers = [issuerOf('user'), issuerOf('customer')];
  const header = { alg: ALGORITHM, typ: 'at+jwt', kid: randomUUID() };
  return {
    lifetimeSeconds,
    issue: ({ clientId, actor, subject, scope }) =>
      new SignJWT({ scope: scope.join(' '), client_id: clientId, [TENANT_CLAIM]: tenantId, [ACTOR_CLAIM]: actor })
        .setProtectedHeader(header)
        .setIssuer(issuerOf(personaOf(actor)))
        .setSubject(subject)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds} s`)
        .setJti(randomUUID())
        .sign(privateKey),
    verify: async (token) => {
      const expected = { issuer: issuers, audience, algorithms: [ALGORITHM], requiredClaims: ['exp'] };
      const verified = await jwtVerify(token, publicKey, expected).catch(() => undefined);
      return verified && readGrant(verified.payload);
    },
  };
}

const personaOf = (actor: Actor): Persona => (actor.endsWith('customer') ? 'customer' : 'user');

function readGrant(claims: JWTPayload): AccessTokenGrant | undefined {
  const { sub: subject, scope, client_id: clientId, [ACTOR_CLAIM]: actor } = claims;
  if (typeof subject !== 'string' || typeof scope !== 'string' || typeof clientId !== 'string') return undefined;
  return isActor(actor) ? { clientId, actor, subject, scope: parseScope(scope) } : undefined;
}
