import { createHash } from 'node:crypto';
import { afterEach } from '@jest/globals';
import { createEgainEmulator, type EgainEmulator, type EgainEmulatorOptions, type Persona } from '../src/index.ts';

// A client of the emulator that knows no more than the guide: plain fetch, plain parameters.

export const CALLBACK = 'http://localhost:3000/auth/callback';
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** What a test changes about a request; `undefined` leaves a parameter out. */
export type Changes = Readonly<Record<string, string | undefined>>;

const running: EgainEmulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

/** An emulator with {@link CALLBACK} registered for both default clients; closed after the test. */
export async function startEmulator(options: EgainEmulatorOptions = {}): Promise<EgainEmulator> {
  const client = { redirectUrls: [CALLBACK], ...options.client };
  const emulator = await createEgainEmulator({ ...options, client }).listen();
  running.push(emulator);
  emulator.config({ platform: 'spa', baseUrl: 'http://localhost:3000' });
  return emulator;
}

export function apply(defaults: Changes, changes: Changes): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...defaults, ...changes })) {
    if (value !== undefined) search.append(name, value);
  }
  return search;
}

export function findClient(emulator: EgainEmulator, platform: 'web' | 'spa') {
  const client = emulator.clients.find((candidate) => candidate.platform === platform);
  if (client === undefined) throw new Error(`no ${platform} client`);
  return client;
}

export function credentials(emulator: EgainEmulator, platform: 'web' | 'spa' = 'web'): Changes {
  const { clientId, clientSecret } = findClient(emulator, platform);
  return { client_id: clientId, client_secret: clientSecret };
}

const suffix = { user: 'U', customer: 'C' } as const;

export const tokenUrl = (emulator: EgainEmulator, persona: Persona = 'user'): string =>
  `${emulator.loginUrl}/system/auth/${emulator.tenantId}-${suffix[persona]}/oauth2/token`;

export const anonymousTokenUrl = (emulator: EgainEmulator): string =>
  `${emulator.apiUrl}/core/authmgr/v3/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=${emulator.tenantId}`;

export function authorizationUrl(emulator: EgainEmulator, changes: Changes = {}, persona: Persona = 'user'): string {
  const defaults = {
    client_id: findClient(emulator, 'web').clientId,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'knowledge.portalmgr.read',
    state: 'a1b2c3d4',
  };
  const path = `/system/auth/${emulator.tenantId}-${suffix[persona]}/oauth2/authorize`;
  return `${emulator.loginUrl}${path}?${apply(defaults, changes).toString()}`;
}

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, string>>;
}

export async function postForm(url: string, form: URLSearchParams, headers: Record<string, string> = {}) {
  return fetch(url, { method: 'POST', body: form, headers, redirect: 'manual' });
}

export async function requestToken(url: string, form: URLSearchParams): Promise<TokenAnswer> {
  const response = await postForm(url, form);
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer['body'] };
}

/** Signs in as the first seeded user or customer, or as whoever `changes` names. */
export async function signIn(url: string, emulator: EgainEmulator, changes: Changes = {}): Promise<Response> {
  const [user] = emulator.users;
  const [customer] = emulator.customers;
  const person = url.includes('-U/')
    ? { username: user?.username, password: user?.password }
    : { email: customer?.email, password: customer?.password };
  return postForm(url, apply({ ...person, action: 'sign-in' }, changes));
}

export function location(response: Response): URL {
  return new URL(response.headers.get('location') ?? 'no-location:');
}

/** A fresh authorization code of the web client, or of the one `changes` names. */
export async function obtainCode(emulator: EgainEmulator, changes: Changes = {}, persona: Persona = 'user') {
  const response = await signIn(authorizationUrl(emulator, changes, persona), emulator);
  const code = location(response).searchParams.get('code');
  if (code === null) throw new Error(`no code: ${response.status} ${location(response).href}`);
  return code;
}

/** The token of a whole login. */
export async function logIn(emulator: EgainEmulator, persona: Persona = 'user', scope = 'knowledge.portalmgr.read') {
  const code = await obtainCode(emulator, { scope }, persona);
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...credentials(emulator) };
  const { status, body } = await requestToken(tokenUrl(emulator, persona), apply(form, {}));
  if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body as TokenAnswer['body'] & { access_token: string };
}

/** The claims of a token, unverified. */
export function decodeClaims(token: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString());
}
