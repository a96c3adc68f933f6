import { channel } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { createEgainAuth, type EgainAuthOptions, optionsFromEnv } from '@egain-auth/core';
import { afterEach, describe, expect, test } from '@jest/globals';
import { EXPRESS } from '../hosts.ts';
import { createCanary, ENCODINGS, findLeaks, type Hit } from './canaries.ts';
import { type HuntingGround, startHuntingGround } from './hunting-ground.ts';
import type { RelayedAnswer, RelayedRequest } from './relay.ts';
import { CHANNELS, openSinks, REAL_PROCESS } from './sinks.ts';

/** What must be where it is, and why. */
const ALLOWED: readonly { sink: string; kind: string; why: string }[] = [
  { sink: 'authorize URL', kind: 'state', why: 'how eGain gets it (RFC 6749 §4.1.1)' },
  { sink: 'callback URL', kind: 'state', why: 'how we get it back (RFC 6749 §4.1.2)' },
  { sink: 'callback URL', kind: 'code', why: 'how we get it (RFC 6749 §4.1.2)' },
  { sink: 'set-cookie', kind: 'session cookie', why: 'HttpOnly: how the browser gets it' },
  { sink: 'req.egain', kind: 'subject', why: '`actor` says for whom the application acts: it named them' },
  { sink: 'req.egain', kind: 'user id', why: 'the same' },
  { sink: 'journal', kind: 'subject', why: 'of the emulator: tests ask it who was acted for' },
  { sink: 'journal', kind: 'user id', why: 'the same' },
];

const isAllowed = ({ sink, kind }: Hit) => ALLOWED.some((allowed) => allowed.sink === sink && allowed.kind === kind);

let ground: HuntingGround | undefined;
afterEach(async () => {
  await ground?.[Symbol.asyncDispose]();
  ground = undefined;
});

/** Of an answer that lies about everything else. */
const TOKEN = 'the-token-of-an-answer-that-lies';

/** Answers that say what they were asked, in every form that some server might. */
const echoes: readonly ((text: string) => Partial<RelayedAnswer>)[] = [
  ...Object.values(ENCODINGS).flatMap((encode) => [
    (text: string) => refusal(400, { error: 'invalid_request', error_description: encode(text).join(' ') }),
    (text: string) => refusal(401, { error: encode(text)[0]?.slice(0, 64), error_description: 'no' }),
    (text: string) =>
      refusal(403, { code: encode(text)[0], developerMessage: encode(text).join(' '), details: [text] }),
  ]),
  (text) => ({ status: 500, body: text, headers: { 'www-authenticate': text.replace(/[^\x20-\x7e]/g, '?') } }),
  (text) => ({ status: 502, headers: { 'content-type': 'text/html' }, body: `<pre>${text}</pre>` }),
  (text) => ({ status: 307, headers: { location: `https://evil.example/?${encodeURIComponent(text)}` } }),
  (text) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: `{"access_token": ${text}` }),
  (text) => ({ status: 200, headers: { 'content-type': 'text/html' }, body: text }),
  (text) => refusal(200, { access_token: `${text}\n`, token_type: 'Bearer', expires_in: 3600 }),
  (text) => refusal(200, { access_token: TOKEN, token_type: text, expires_in: 3600, scope: text }),
  (text) => refusal(200, { error: 'invalid_grant', error_description: text, access_token: TOKEN }),
  (text) => refusal(429, { error: text }, { 'retry-after': encodeURIComponent(text) }),
];

function refusal(status: number, body: unknown, headers: Record<string, string> = {}): Partial<RelayedAnswer> {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** Each secret of a request by itself, and all of them as they were sent. */
const secretsIn = ({ body, headers }: RelayedRequest): string[] => {
  const form = new URLSearchParams(body);
  const names = ['client_secret', 'code', 'code_verifier', 'refresh_token', 'subject_token', 'subject_username'];
  const sent = [...names, 'subject_userid', 'subject_email', 'token'].map((name) => form.get(name));
  const token = headers.authorization?.replace('Bearer ', '');
  return [...sent, token, headers.authorization, body].filter(
    (text) => text !== null && text !== undefined && text !== '',
  ) as string[];
};

async function signIn({ newBrowser, baseUrl, people }: HuntingGround, persona: 'agent' | 'customer' = 'agent') {
  const browser = newBrowser();
  await browser.open(`${baseUrl}/${persona === 'agent' ? 'desk' : 'help'}?q=1`);
  return { browser, landed: await browser.signIn(people[persona]) };
}

async function everythingThatWorks(on: HuntingGround): Promise<void> {
  const { baseUrl, people, api } = on;
  const { browser, landed } = await signIn(on);
  expect(landed.status).toBe(200);
  await browser.open(`${baseUrl}/manage`);
  expect((await browser.signIn(people.agent)).status).toBe(200);
  expect((await browser.fetch(`${baseUrl}/renew`)).status).toBe(200);
  let asked = 0;
  const once = () => (asked++ === 0 ? { status: 401, body: '' } : undefined);
  expect((await api.intercept(once, () => browser.open(`${baseUrl}/me`))).status).toBe(200);
  await browser.fetch(`${baseUrl}/auth/session`);
  expect((await signIn(on, 'customer')).landed.status).toBe(200);
  for (const path of [
    'crm/named',
    'crm/numbered',
    'crm/mailed',
    'server/client',
    'server/anonymous',
    'server/exchanged',
  ]) {
    expect({ path, status: (await browser.fetch(`${baseUrl}/${path}`)).status }).toEqual({ path, status: 200 });
  }
  await browser.post(`${baseUrl}/auth/logout`);
  const { browser: other } = await signIn(on);
  await other.open(`${baseUrl}/leave`);
}

async function everythingThatIsRefused(on: HuntingGround): Promise<void> {
  const { baseUrl, people, newBrowser, login, emulator, failing } = on;
  const { browser } = await signIn(on);
  for (const path of ['crm/refused', 'crm/unknown', 'elsewhere', 'help', 'auth/logout', 'auth/login?as=nobody']) {
    await browser.fetch(`${baseUrl}/${path}`);
    await browser.open(`${baseUrl}/${path}`);
  }
  // Callbacks: used, of another browser, twice the code, with an error that says what it knows.
  const visited = (await signIn(on)).landed.visited;
  const callback = new URL(visited.find((url) => url.includes('/auth/callback'))!);
  await browser.open(callback.href);
  await browser.open(`${callback.href}&code=2`);
  await browser.open(`${callback.href}&access_token=x`);
  for (const encode of Object.values(ENCODINGS)) {
    const started = newBrowser();
    const page = await started.open(`${baseUrl}/desk`);
    const state = page.url.searchParams.get('state')!;
    const query = new URLSearchParams({ state, error: 'invalid_request', error_description: encode(state).join(' ') });
    await started.open(`${baseUrl}/auth/callback?${query.toString()}`);
  }
  // A wrong secret.
  const { clientId, clientSecret = '' } = emulator.clients[0]!;
  emulator.rotateSecret(clientId, createCanary('new-secret'));
  emulator.removeSecret(clientId, clientSecret);
  for (const name of ['client', 'anonymous', 'exchanged']) await browser.fetch(`${baseUrl}/server/${name}?renew`);
  await browser.fetch(`${baseUrl}/renew`);
  await signIn(on);
  emulator.rotateSecret(clientId, clientSecret);
  // Stores.
  for (const broken of [{ sessions: true }, { tokens: true }]) {
    Object.assign(failing, broken);
    for (const path of ['desk', 'auth/session', 'server/client?renew', 'crm/named'])
      await browser.fetch(`${baseUrl}/${path}`);
    await browser.post(`${baseUrl}/auth/logout`);
    Object.assign(failing, { sessions: false, tokens: false });
  }
  // A revocation endpoint that fails.
  const leaving = await signIn(on);
  await login.intercept(
    (request) => (request.target === '/revoke' ? refusal(400, { error: request.body }) : undefined),
    () => leaving.browser.post(`${baseUrl}/auth/logout`),
  );
  const down = newBrowser();
  await down.open(`${baseUrl}/desk`);
  await login.intercept(
    ({ target }) => (target.includes('/token') ? 'drop' : undefined),
    async () => {
      await down.signIn(people.agent);
      await down.fetch(`${baseUrl}/server/client?renew`);
    },
  );
}

async function everythingThatEchoes(on: HuntingGround): Promise<void> {
  const { baseUrl, people, newBrowser, login, api, egain } = on;
  const { browser } = await signIn(on);
  for (const echo of echoes) {
    // A breaker opens after some failures: what comes after would not be asked any more.
    for (const path of ['server/exchanged?renew', 'renew', 'me', 'server/client?renew', 'crm/unknown']) {
      for (let index = 0; index < 2; index += 1) {
        const answerWith = (request: RelayedRequest) => {
          const secrets = secretsIn(request);
          return request.target.includes('/authorize')
            ? undefined
            : echo(secrets[index % secrets.length] ?? request.body);
        };
        await login.intercept(answerWith, () => api.intercept(answerWith, () => browser.fetch(`${baseUrl}/${path}`)));
      }
    }
    const started = newBrowser();
    await started.open(`${baseUrl}/desk`);
    await login.intercept(
      (request) => (request.target.includes('/authorize') ? undefined : echo(secretsIn(request)[1] ?? '')),
      () => started.signIn(people.agent),
    );
  }
  await egain.revoke(people.subjects.named);
}

/** What a run that saw everything has seen. */
const SINKS = [
  ...['URL', 'authorize URL', 'callback URL', 'location', 'body', 'header', 'set-cookie'],
  ...['outgoing URL', 'outgoing header', 'journal', 'error', 'egain', 'req.egain', 'token set'],
  ...CHANNELS,
];
const KINDS = [
  ...['client secret', 'session secret', 'encryption key', 'password', 'subject', 'user id', 'external token'],
  ...['state', 'code', 'code verifier', 'access token', 'refresh token', 'id token'],
];

describe('T095, T018, T044, T097: no secret, token, code or name in anything that can be seen', () => {
  test.each([
    ['Express 5, sealed sessions', 0, false],
    ['Express 4, stores', 1, true],
  ])(
    '%s',
    async (_name, major, stores) => {
      ground = await startHuntingGround({ express: EXPRESS[major]![1], stores });
      await everythingThatWorks(ground);
      await everythingThatIsRefused(ground);
      await everythingThatEchoes(ground);
      ground.collect();
      const { canaries, sinks } = ground;
      expect([...canaries.keys()]).toEqual(expect.arrayContaining(stores ? [...KINDS, 'session cookie'] : KINDS));
      const seen = stores ? [...SINKS, 'session store', 'token store'] : SINKS;
      expect([...sinks.texts.keys()]).toEqual(expect.arrayContaining(seen));
      // T097: nor where in our sources something failed.
      expect([...sinks.texts.get('body')!].filter((body) => /\bat .*:\d+:\d+|node:internal/.test(body))).toEqual([]);
      const hits = findLeaks(canaries, sinks.texts);
      expect(hits.filter((hit) => !isAllowed(hit))).toEqual([]);
      // An allowance that nothing needs would hide something one day.
      const needed = ALLOWED.filter(({ sink, kind }) => hits.some((hit) => hit.sink === sink && hit.kind === kind));
      expect(needed).toEqual(ALLOWED.filter(({ kind }) => stores || kind !== 'session cookie'));
    },
    60_000,
  );

  test('nor in what is said of a configuration that is wrong', () => {
    const sinks = openSinks();
    const canaries = new Map([['value', new Set<string>()]]);
    const plant = (): string => {
      const value = createCanary('value').slice(-24);
      canaries.get('value')?.add(value);
      return value;
    };
    const wrong = [
      ...[() => plant(), () => `https://user:${plant()}@host.example/`, () => `https://host.example/#${plant()}`],
      ...[() => `${plant()} ${plant()}`, () => [plant()], () => ({ member: plant() }), () => ({ scope: [plant()] })],
    ];
    const paths = [
      ...[
        'clientId',
        'clientSecret',
        'tenantId',
        'domainUrl',
        'apiUrl',
        'baseUrl',
        'clients',
        'clients.user',
        'tokens',
      ],
      ...['endpoints', 'endpoints.user', 'endpoints.user.tokenUrl', 'endpoints.user.revocationUrl', 'session.secret'],
      ...[
        'session',
        'session.cookieName',
        'session.store',
        'tokens.encryptionKeys',
        'tokens.store',
        'login.user',
        'http',
      ],
      ...[
        'login.user.scope',
        'login.postLogoutUrl',
        'scopePrefix',
        'scopePrefix.user',
        'routes.login',
        'authorizeSubject',
      ],
      ...[
        'metadata',
        'metadata.apiUrl',
        'clients.user.clientSecret',
        'clients.user.pkce',
        'unknown',
        'http.dispatcher',
      ],
    ];
    let refused = 0;
    for (const path of paths) {
      for (const make of wrong) {
        const names = path.split('.');
        const given = names.reduceRight<unknown>((value, name) => ({ [name]: value }), make()) as EgainAuthOptions;
        const env = { [`EGAIN_${names.at(-1)?.replace(/[A-Z]/g, '_$&').toUpperCase()}`]: JSON.stringify(make()) };
        for (const create of [() => createEgainAuth(given), () => createEgainAuth(optionsFromEnv(env))]) {
          try {
            create();
          } catch (error) {
            refused += 1;
            sinks.error(error);
          }
        }
      }
    }
    sinks[Symbol.dispose]();
    expect(refused).toBeGreaterThan(paths.length * wrong.length);
    expect(findLeaks(canaries, sinks.texts)).toEqual([]);
  });
});

describe('the hunt can fail', () => {
  test.each(Object.keys(ENCODINGS))(
    'a canary in the encoding %s is found, wherever it begins and if it is cut',
    (name) => {
      const encode = ENCODINGS[name]!;
      const canary = createCanary('needle');
      const canaries = new Map([['needle', new Set([canary])]]);
      // What is encoded together with its neighbours, as in base64 of a whole header.
      for (const text of ['', 'x', 'xx', 'xxx'].flatMap((before) => [
        `${before}${canary}`,
        `${before}${canary.slice(-30)} x`,
      ])) {
        const [form = ''] = name.startsWith('base64')
          ? [Buffer.from(text).toString(name as BufferEncoding)]
          : encode(text);
        const [hit] = findLeaks(canaries, new Map([['sink', new Set([`before ${form} after`])]]));
        expect(hit).toMatchObject({ sink: 'sink', kind: 'needle' });
      }
      expect(findLeaks(canaries, new Map([['sink', new Set([encode(createCanary('other')).join()])]]))).toEqual([]);
    },
  );

  test('one leak of each kind is found where it was planted', async () => {
    const plants = new Map<string, Set<string>>();
    const plant = (sink: string): string => {
      const canary = createCanary('planted');
      plants.set(sink, new Set([canary]));
      return canary;
    };
    ground = await startHuntingGround({
      express: EXPRESS[0]![1],
      stores: false,
      routes: (app) => {
        app.get('/plant/body', (_req, res) => void res.json({ token: plant('body') }));
        app.get('/plant/header', (_req, res) => void res.set('x-token', btoa(plant('header'))).end());
        app.get('/plant/cookie', (_req, res) => void res.cookie('token', plant('set-cookie')).end());
        app.get('/plant/location', (_req, res) => res.redirect(`/?token=${encodeURIComponent(plant('location'))}`));
        app.get('/plant/error', () => {
          throw new Error('failed', { cause: Object.defineProperty(new Error(), 'hidden', { value: plant('error') }) });
        });
      },
    });
    const { baseUrl, login, api, sinks, stores } = ground;
    const visit = async (url: string) => void (await ground!.newBrowser().fetch(url));
    for (const name of ['body', 'header', 'cookie', 'location', 'error']) await visit(`${baseUrl}/plant/${name}`);
    await visit(`${baseUrl}/?token=${encodeURIComponent(plant('URL'))}`);
    await visit(`${baseUrl}/auth/callback?token=${encodeURIComponent(plant('callback URL'))}`);
    await visit(`${login.url}/authorize?token=${encodeURIComponent(plant('authorize URL'))}`);
    await visit(`${api.url}/?token=${encodeURIComponent(plant('outgoing URL'))}`);
    await visit(`${login.url}/${encodeURIComponent(plant('journal'))}`);
    await fetch(api.url, { headers: { 'x-token': encodeURIComponent(plant('outgoing header')) } });
    await stores.sessions.set(plant('session store'), '', { ttlMs: 1000 });
    await stores.tokens.set('key', Buffer.from(plant('token store')).toString('base64'), { ttlMs: 1000, tags: [] });
    for (const name of CHANNELS) channel(name).publish({ cause: new Error(plant(name)) });
    for (const name of ['egain', 'req.egain', 'token set']) {
      const token = plant(name);
      sinks.object(name, Object.defineProperty({}, 'token', { get: () => token }));
    }
    process.stdout.write(`${Buffer.from(plant('stdout')).toString('hex')}\n`);
    process.stderr.write(`${Buffer.from(plant('stderr')).toString('hex')}\n`);
    console.warn({ token: plant('console') });
    const emitter = new EventEmitter().setMaxListeners(1);
    const event = plant('process warning');
    const warned = once(REAL_PROCESS, 'warning');
    emitter.on(event, () => {}).on(event, () => {});
    await warned;
    ground.collect();
    const found = findLeaks(plants, sinks.texts);
    // The kind of each canary is where it was planted.
    const missed = [...plants.keys()].filter((sink) => !found.some((hit) => hit.sink === sink && hit.kind === sink));
    expect(missed).toEqual([]);
    expect([...plants.keys()]).toEqual(expect.arrayContaining(SINKS));
    expect(found.every((hit) => !isAllowed(hit))).toBe(true);
  });
});
