import { randomUUID } from 'node:crypto';
import { createRemoteJWKSet, exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type EmulatorRequest, json, type Reply, readForm } from './http.ts';

/** What an external token should say. Further members become further claims. */
export interface ExternalTokenOptions {
  /** The claim eGain finds the user by. */
  email?: string;
  /** @default the audience the registration expects */
  audience?: string;
  /** @default the issuer the registration expects */
  issuer?: string;
  /** Seconds from now; negative for a token that is already expired. @default 300 */
  expiresInSeconds?: number;
  [claim: string]: unknown;
}

/** What the console's "SSO Provider" registration says of an external identity provider. */
export interface SsoProvider {
  readonly registrationId: string;
  readonly issuer: string;
  /** The `aud` its tokens need in order to be exchanged. */
  readonly audience: string;
  readonly jwksUrl: string;
}

/** The external identity provider ("Okta") whose tokens the emulator exchanges. */
export interface EmulatedIdentityProvider extends SsoProvider {
  readonly url: string;
  /** A signed JWT access token. Only its shape is checked here: say anything, to see what the exchange refuses. */
  readonly issueToken: (options: ExternalTokenOptions) => Promise<string>;
}

/** The emulator's side of it: verifies a subject token, or answers `undefined`. */
export interface TrustedIssuer {
  readonly verify: (subjectToken: string) => Promise<JWTPayload | undefined>;
}

const ALGORITHM = 'ES256';
// INFERRED: which ones eGain takes, no source says; RS256 is what most identity providers sign with.
const TRUSTED_ALGORITHMS = [ALGORITHM, 'RS256'];
const JWKS_PATH = '/.well-known/jwks.json';
const DEFAULT_LIFETIME_SECONDS = 300;

/**
 * @param now the current time in epoch milliseconds
 * @returns the provider, and what its server answers: its keys at `/.well-known/jwks.json`, and `POST /token` (form:
 * `email`), which hands out a token to anybody who asks.
 */
export async function createIdentityProvider(
  url: string,
  now: () => number = Date.now,
): Promise<{ provider: EmulatedIdentityProvider; answer: (request: EmulatorRequest) => Promise<Reply> }> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const kid = randomUUID();
  const keys = [{ ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' }];
  const audience = 'egain-token-exchange';
  const issueToken: EmulatedIdentityProvider['issueToken'] = ({ expiresInSeconds, ...claims }) =>
    new SignJWT(toClaims({ issuer: url, audience, ...claims }))
      .setProtectedHeader({ alg: ALGORITHM, kid })
      .setIssuedAt(Math.floor(now() / 1000))
      .setExpirationTime(Math.floor(now() / 1000) + (expiresInSeconds ?? DEFAULT_LIFETIME_SECONDS))
      .sign(privateKey);
  const registrationId = 'okta_sso_config_01';
  const provider = { url, issuer: url, audience, jwksUrl: `${url}${JWKS_PATH}`, registrationId, issueToken };
  return { provider: Object.freeze(provider), answer: (request) => answerIdentityProvider(request, keys, issueToken) };
}

const toClaims = ({ issuer, audience, ...claims }: ExternalTokenOptions): JWTPayload => ({
  sub: claims.email ?? 'somebody',
  ...claims,
  ...(issuer !== undefined && { iss: issuer }),
  ...(audience !== undefined && { aud: audience }),
});

async function answerIdentityProvider(
  request: EmulatorRequest,
  keys: readonly object[],
  issueToken: EmulatedIdentityProvider['issueToken'],
): Promise<Reply> {
  if (request.method === 'GET' && request.path === JWKS_PATH) return json(200, { keys });
  if (request.method !== 'POST' || request.path !== '/token') {
    return json(404, {
      error: 'not_found',
      error_description: `The identity provider has ${JWKS_PATH} and POST /token.`,
    });
  }
  const email = readForm(request)?.get('email');
  if (!email) return json(400, { error: 'invalid_request', error_description: "Send the form parameter 'email'." });
  const token = {
    access_token: await issueToken({ email }),
    token_type: 'Bearer',
    expires_in: DEFAULT_LIFETIME_SECONDS,
  };
  return json(200, token, { 'cache-control': 'no-store' });
}

/**
 * What the console's "SSO Provider" registration does: "eGain verifies the token's signature using the external IDP's
 * JWK URL, ensures the iss (issuer) and aud (audience) claims match your registration" (guide, "Token Exchange Flow").
 * The keys are fetched over HTTP, as a real authorization server does it.
 *
 * @param now the current time in epoch milliseconds
 */
export function trustIdentityProvider(provider: SsoProvider, now: () => number = Date.now): TrustedIssuer {
  const { issuer, audience, jwksUrl } = provider;
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  const expected = { issuer, audience, algorithms: TRUSTED_ALGORITHMS, requiredClaims: ['exp'] };
  return {
    verify: async (subjectToken) => {
      const checked = { ...expected, currentDate: new Date(now()) };
      const verified = await jwtVerify(subjectToken, keys, checked).catch(() => undefined);
      return verified?.payload;
    },
  };
}
