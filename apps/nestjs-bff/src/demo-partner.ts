import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SsoProvider } from '@egain-auth/testing';
import { type JWK, Provider } from 'oidc-provider';
import type { PartnerOptions } from './config.ts';

/** Who can sign in at the partner. eGain finds the agent by the address. */
export const PARTNER_PEOPLE = ['maria.silva@example.com'];

const AUDIENCE = 'https://egain.example';

export interface DemoPartner {
  readonly options: PartnerOptions;
  /** What eGain's console has to know of it. */
  readonly registration: SsoProvider;
  close(): void;
}

/** The partner's identity provider, on a free port: no part of an application. Anybody can sign in as anybody. */
export async function startDemoPartner(redirectUri: string): Promise<DemoPartner> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = 'nestjs-bff';
  const clientSecret = randomBytes(32).toString('base64url');
  const provider = createProvider(issuer, {
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [redirectUri],
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/sign-in/')) return void answer(request, response);
    answerSignIn(provider, request, response).catch(() => response.writeHead(400).end());
  });
  const registrationId = 'partner_sso_config_01';
  return {
    options: { issuer, clientId, clientSecret, registrationId },
    registration: { registrationId, issuer, audience: AUDIENCE, jwksUrl: `${issuer}/jwks` },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function createProvider(issuer: string, client: { client_id: string; client_secret: string; redirect_uris: string[] }) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new Provider(issuer, {
    clients: [client],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' } as JWK] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    ttl: { Interaction: 600, Session: 3600, Grant: 3600, AccessToken: 300, IdToken: 300 },
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: id }) }),
    // Nobody is asked whether this application may: it is the partner's own choice.
    async loadExistingGrant({ oidc: { client: known, session, provider } }) {
      const grant = new provider.Grant({ clientId: known?.clientId ?? '', accountId: session?.accountId ?? '' });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
    extraTokenClaims: (_ctx, token) => ('accountId' in token ? { email: token.accountId } : {}),
    features: {
      devInteractions: { enabled: false },
      // Access tokens are JWTs for eGain.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: '', audience: AUDIENCE, accessTokenFormat: 'jwt' }),
      },
    },
  });
}

async function answerSignIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'POST') {
    let form = '';
    for await (const chunk of request) form += chunk;
    const accountId = PARTNER_PEOPLE.find((known) => known === new URLSearchParams(form).get('person'));
    const result = accountId ? { login: { accountId } } : { error: 'access_denied' };
    return provider.interactionFinished(request, response, result);
  }
  await provider.interactionDetails(request, response);
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Partner</title></head>
<body><main>
<h1>Sign in at the partner</h1>
<form method="post">
<label for="person">Person</label>
<select id="person" name="person">${PARTNER_PEOPLE.map((name) => `<option>${name}</option>`).join('')}</select>
<button>Sign in</button>
</form>
</main></body>
</html>
`);
}
