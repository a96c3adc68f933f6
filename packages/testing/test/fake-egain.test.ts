import { createEgainAuth, customer, isEgainAuth, type Subject, user } from '@egain-auth/core';
import { afterEach, expect, jest, test } from '@jest/globals';
import { type FakeEgain, fakeEgain, forgeSession } from '../src/index.ts';
import { failureOf, MY_DETAILS, ON_BEHALF_OF_READ, READ } from './core-client.ts';

const NO_REPLY = { headersSent: false, appendHeader: () => {}, send: () => {} };
const open = (egain: FakeEgain, headers = {}) => egain.authenticate({ method: 'GET', url: '/', headers }, NO_REPLY);
const APP = ['app.knowledge.portalmgr.read'] as const;

afterEach(() => {
  jest.useRealTimers();
});

test('is an EgainAuth without a warning, and nobody is signed in', async () => {
  const egain = fakeEgain();
  expect(isEgainAuth(egain)).toBe(true);
  expect(egain.warnings).toEqual([]);
  expect(Object.keys(egain).toSorted()).toEqual([...Object.keys(createEgainAuthOfTests()), 'calls'].toSorted());
  const context = await open(egain);
  expect([context.isAuthenticated, context.identity, context.signedOutReason]).toEqual([false, undefined, 'no_cookie']);
  expect(await failureOf(context.api.get(MY_DETAILS))).toMatchObject({ code: 'login_required' });
  expect(egain.calls).toEqual([]);
});

const createEgainAuthOfTests = () =>
  createEgainAuth({ clientId: 'a', tenantId: 'A', domainUrl: 'https://a.invalid', apiUrl: 'https://api.a.invalid' });

test('README: who is signed in calls the API, and the call is on record', async () => {
  const egain = fakeEgain({
    identity: { id: '1067', name: 'Pat Admin', roles: ['author'] },
    answers: { 'GET /knowledge/portalmgr/v4/portals/user': { user: [{ id: '1067' }] } },
  });
  const context = await open(egain);
  expect(context.identity).toEqual({ persona: 'user', id: '1067', name: 'Pat Admin', roles: ['author'] });
  expect([...(context.session?.scope ?? [])]).toEqual(READ);
  expect(await context.api.get(MY_DETAILS, { query: { $lang: 'en-US' } })).toEqual({ user: [{ id: '1067' }] });
  const call = { method: 'GET', path: MY_DETAILS, query: { $lang: 'en-US' }, body: undefined };
  expect(egain.calls).toEqual([{ actor: { type: 'session' }, ...call }]);
});

test('F80: text with a content-type of its own is on record as it is', async () => {
  const egain = fakeEgain({ answers: { 'POST /import': { ok: true } } });
  const api = egain.api({ type: 'client' }, { scope: APP });
  await api.post('/import', { body: 'a,b\n1,2', headers: { 'content-type': 'text/csv' } });
  await api.post('/import', { body: '{"a":1}', headers: { 'content-type': 'application/json' } });
  expect(egain.calls.map(({ body }) => body)).toEqual(['a,b\n1,2', { a: 1 }]);
});

test('who is signed in has defaults, and scopes by which guards go', async () => {
  const egain = fakeEgain({ identity: { persona: 'customer' }, scope: ['core.casemgr.manage'] });
  const context = await open(egain);
  expect(context.identity).toEqual({ persona: 'customer', id: 'test-customer', name: 'Test Customer' });
  const json = 'json' as const;
  expect(await context.challenge({ as: 'customer', scope: ['core.casemgr.manage'] })).toBeUndefined();
  expect(await failureOf(context.challenge({ as: 'user', unauthenticated: json }))).toMatchObject({
    code: 'actor_not_allowed',
  });
  expect(await failureOf(context.challenge({ scope: READ, unauthenticated: json }))).toMatchObject({
    code: 'scope_not_granted',
  });
});

test('nobody who navigates is sent to sign in, at no eGain there is', async () => {
  const egain = fakeEgain({ baseUrl: 'https://desk.example.com' });
  const context = await open(egain, { accept: 'text/html' });
  const location = new URL(String((await context.challenge({}))?.headers['location']));
  expect(location.host).toBe('egain.invalid');
  expect(location.searchParams.get('redirect_uri')).toBe('https://desk.example.com/auth/callback');
});

test('README: answers are bodies, statuses, or functions of the call', async () => {
  const egain = fakeEgain({
    answers: {
      'GET /portals': [{ id: 'PROD-1000' }],
      'GET /status': { status: 'Completed', progress: 100 },
      'GET /nothing': undefined,
      'GET /missing': { status: 404, body: { code: '404-100', developerMessage: 'There is none.' } },
      'POST /import': async ({ body, query }) => ({ status: 202, body: { body, query } }),
      'DELETE /import': ({ path }) => ({ path }),
    },
  });
  const api = egain.api({ type: 'client' }, { scope: APP });
  expect(await api.get('/portals')).toEqual([{ id: 'PROD-1000' }]);
  expect(await api.get('/status')).toEqual({ status: 'Completed', progress: 100 });
  expect(await api.get('/nothing')).toBeUndefined();
  await expect(api.get('/missing')).rejects.toMatchObject({ apiStatus: 404, apiCode: '404-100' });
  expect(await api.post('/import', { body: { name: 'FAQ' }, query: { a: 1 } })).toEqual({
    body: { name: 'FAQ' },
    query: { a: '1' },
  });
  expect(await api.delete('/import')).toEqual({ path: '/import' });
  expect(egain.calls.map(({ method, path, body }) => [method, path, body]).slice(-2)).toEqual([
    ['POST', '/import', { name: 'FAQ' }],
    ['DELETE', '/import', undefined],
  ]);
});

test('a call without an answer fails and says what to add', async () => {
  const egain = fakeEgain({ answers: { 'GET /portals': [] } });
  const failed = egain.api({ type: 'client' }, { scope: APP }).get('/portal');
  await expect(failed).rejects.toThrow(
    "api_unavailable: fakeEgain has no answer: add 'GET /portal' to its answers (there is: GET /portals)",
  );
  expect(egain.calls).toHaveLength(1);
});

test('an answer that throws, or is no JSON, fails and says why', async () => {
  const egain = fakeEgain({
    answers: {
      'GET /throws': () => {
        throw new Error('expected another query');
      },
      'GET /big': () => ({ size: 1n }),
    },
  });
  const api = egain.api({ type: 'client' }, { scope: APP });
  await expect(api.get('/throws')).rejects.toThrow("could not answer 'GET /throws': Error: expected another query");
  await expect(api.get('/big')).rejects.toThrow(/could not answer 'GET \/big': TypeError: .*BigInt/);
  expect(egain.calls).toHaveLength(2);
});

test.each(['get /a', 'GET a', 'GET /a?b=c', '/a', 'HEAD a'])('%s is no call that could be answered', (name) => {
  expect(() => fakeEgain({ answers: { [name]: {} } })).toThrow(TypeError);
});

test('an unknown option is a mistake', () => {
  const options = { identity: {}, answer: {} };
  expect(() => fakeEgain(options)).toThrow(/answer is no option/);
});

const PA = user({ username: 'pa' });

test('knows every actor, whose tokens are obviously none of eGain’s', async () => {
  const egain = fakeEgain({ identity: {}, answers: { 'GET /': 'as somebody' } });
  const subjects: Subject[] = [PA, user({ userId: '1067' }), customer({ email: 'a@example.com' })];
  for (const subject of subjects)
    await egain.api({ type: 'on-behalf-of', subject }, { scope: ON_BEHALF_OF_READ }).get('/');
  await egain.api({ type: 'client' }, { scope: APP }).get('/');
  await egain.api({ type: 'anonymous-customer' }, { scope: READ }).get('/');
  const exchanged = { type: 'exchanged', registrationId: 'sso', subjectToken: () => 'external' } as const;
  await egain.api(exchanged, { scope: READ }).get('/');
  await (await open(egain)).api.get('/');
  expect(egain.calls.map(({ actor }) => actor)).toEqual([
    ...subjects.map((subject) => ({ type: 'on-behalf-of', subject })),
    { type: 'client' },
    { type: 'anonymous-customer' },
    { type: 'exchanged', registrationId: 'sso' },
    { type: 'session' },
  ]);
  const tokens = [await egain.clientCredentials({ scope: APP }), await (await open(egain)).getToken()];
  expect(tokens.map(({ accessToken }) => accessToken)).toEqual(['fake-client-token-4', 'fake-session-token-7']);
  expect([...(tokens[0]?.scope ?? [])]).toEqual(APP);
});

test('the policy and the checks of production hold', async () => {
  const egain = fakeEgain({ authorizeSubject: ({ value }) => value === 'pa', answers: { 'GET /': {} } });
  const subject = user({ username: 'tom' });
  const scope = ON_BEHALF_OF_READ;
  expect(await failureOf(egain.onBehalfOf(subject, { scope }))).toMatchObject({ code: 'subject_refused' });
  expect(await failureOf(egain.getToken({ type: 'client' }, { scope: [] }))).toMatchObject({ code: 'invalid_scope' });
  expect(await failureOf(egain.api({ type: 'client' }).get('//elsewhere.example'))).toMatchObject({
    code: 'origin_not_allowed',
  });
  expect(egain.calls).toEqual([]);
});

test('a request with a session of its own keeps it', async () => {
  const egain = fakeEgain({ identity: { name: 'Pat' } });
  const { cookie } = await forgeSession(egain, { identity: { name: 'Mary' } });
  expect((await open(egain, { cookie: `theme=dark; ${cookie}` })).identity?.name).toBe('Mary');
  expect((await open(egain, { cookie: 'theme=dark' })).identity?.name).toBe('Pat');
});

test('after a logout nobody is signed in', async () => {
  const egain = fakeEgain({ identity: {}, baseUrl: 'https://desk.example.com' });
  const headers = { origin: 'https://desk.example.com' };
  const answer = await egain.handle({ method: 'POST', url: '/auth/logout', headers }, NO_REPLY);
  expect(answer).toMatchObject({ status: 303, headers: { location: 'https://desk.example.com/' } });
  expect((await open(egain)).isAuthenticated).toBe(false);
  expect((await open(fakeEgain({ identity: {} }))).isAuthenticated).toBe(true);
});

test('answers the session route, and leaves all others alone', async () => {
  const egain = fakeEgain({ identity: { name: 'Pat' } });
  const answer = await egain.handle({ method: 'GET', url: '/auth/session', headers: {} }, NO_REPLY);
  expect(JSON.parse(answer?.body ?? '')).toMatchObject({ identity: { name: 'Pat' } });
  expect(await egain.handle({ method: 'GET', url: '/', headers: {} }, NO_REPLY)).toBeUndefined();
});

test('works while time stands still', async () => {
  jest.useFakeTimers();
  const egain = fakeEgain({ identity: {}, answers: { 'GET /': 'answered' } });
  expect(await (await open(egain)).api.get('/')).toBe('answered');
  expect(await egain.api({ type: 'client' }, { scope: APP }).get('/')).toBe('answered');
});

test('a caller that gives up is let go, also while an answer takes its time', async () => {
  const caller = new AbortController();
  const egain = fakeEgain({
    answers: {
      'GET /slow': async () => {
        caller.abort(new Error('given up'));
        return {};
      },
    },
  });
  const failed = egain.api({ type: 'client' }, { scope: APP }).get('/slow', { signal: caller.signal });
  await expect(failed).rejects.toThrow('given up');
});

test('is closed like any other', async () => {
  const egain = fakeEgain();
  await egain.close();
  expect(await failureOf(egain.clientCredentials({ scope: APP }))).toMatchObject({ code: 'instance_closed' });
});
