import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEgainAuth, type EgainAuth, user } from '../../src/index.ts';
import { soon } from '../soon.ts';
import { type Step, wiresToClose } from '../wire-server.ts';
import { type FakeEgain, fakesToClose, reset, send } from './fake-egain.ts';
import { callAs, eachTimes, momentsBy, names, outcomeOf, SCOPE, tokenOf } from './load.ts';
import { measured } from './measured.ts';
import { passTime, stopBothClocks } from './virtual-time.ts';

const SECOND = 1000;

const { start, closeAll } = fakesToClose();
const { serveWire, closeWires } = wiresToClose();
let fake: FakeEgain;
let egain: EgainAuth;

beforeEach(async () => {
  fake = await start();
  egain = fake.createAuth();
});
afterEach(async () => {
  await Promise.all([closeAll(), closeWires()]);
});

describe('F39: every token is revoked at once (R7)', () => {
  test('one new token is asked for each, no call is tried more than twice, and then all is as before', async () => {
    stopBothClocks();
    const people = names(500);
    const callTwice = () => outcomeOf(eachTimes(people, 2).map((name) => callAs(egain, name)));
    expect((await callTwice()).errors).toEqual([]);
    passTime(10 * SECOND);
    fake.revokeAll();
    fake.token.asked.length = 0;
    fake.api.asked.length = 0;
    expect((await callTwice()).errors).toEqual([]);
    const tries = fake.api.asked.length;
    expect(fake.token.asked).toHaveLength(people.length);
    expect([...momentsBy(fake.token.asked, ({ subject }) => subject).values()].map(({ length }) => length)).toEqual(
      people.map(() => 1),
    );
    expect(tries).toBeLessThanOrEqual(2 * 2 * people.length);
    expect((await callTwice()).errors).toEqual([]);
    expect(fake.token.asked).toHaveLength(people.length);
    expect(fake.api.asked).toHaveLength(tries + 2 * people.length);
    measured('F39', { calls: 2 * people.length, mints: people.length, tries });
  });

  test('one that goes on refusing is not asked for more: each call is tried twice at most, with one new token', async () => {
    stopBothClocks();
    await callAs(egain, 'pa');
    passTime(10 * SECOND);
    fake.api.aheadMs = 7200 * SECOND;
    fake.token.asked.length = 0;
    fake.api.asked.length = 0;
    const outcome = await outcomeOf(Array.from({ length: 100 }, () => callAs(egain, 'pa')));
    expect(outcome.codes).toEqual({ api_error: 100 });
    expect(fake.token.asked).toHaveLength(1);
    expect(fake.api.asked.length).toBeLessThanOrEqual(200);
  });
});

describe('F40: the API is in trouble', () => {
  const apiAs = (name: string) =>
    egain.api({ type: 'on-behalf-of', subject: user({ username: name }) }, { scope: SCOPE });

  test('what is down is no reason to doubt the token endpoint, and nothing that changes something is sent twice', async () => {
    fake.api.fault = reset;
    const people = names(100);
    const outcome = await outcomeOf(people.map((name) => apiAs(name).post('/cases', { body: { name } })));
    expect(outcome.codes).toEqual({ api_unavailable: people.length });
    expect(fake.api.asked).toHaveLength(people.length);
    const others = names(100, 'other');
    expect((await outcomeOf(others.map((name) => tokenOf(egain, name)))).succeeded).toBe(others.length);
    expect(fake.token.asked).toHaveLength(people.length + others.length);
  });

  test('of a slow one a caller hears no later than they want to, and its connection is closed', async () => {
    fake.api.fault = () => {};
    const callers = names(50).map((name) => {
      const caller = new AbortController();
      return { caller, call: apiAs(name).get('/who', { signal: caller.signal }) };
    });
    const outcome = outcomeOf(callers.map(({ call }) => call));
    await soon(() => expect(fake.api.inFlight).toBe(callers.length));
    for (const { caller } of callers) caller.abort('enough');
    expect((await outcome).codes).toEqual({ enough: callers.length });
    await soon(() => expect([fake.api.givenUp, fake.api.openConnections]).toEqual([callers.length, 0]));
    expect((await tokenOf(egain, 'somebody-else')).source).toBe('issuer');
  });
});

describe('F40: more calls than connections', () => {
  test('who gave up while they waited for one cost none', async () => {
    const api = egain.api({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }, { scope: SCOPE });
    const held: ServerResponse[] = [];
    fake.api.fault = (response) => void held.push(response);
    const calls = Array.from({ length: 64 }, () => api.get('/who'));
    await soon(() => expect(held).toHaveLength(64));
    const caller = new AbortController();
    const waiting = outcomeOf(Array.from({ length: 20 }, () => api.get('/who', { signal: caller.signal })));
    await new Promise((resolve) => setImmediate(resolve));
    caller.abort('enough');
    expect((await waiting).codes).toEqual({ enough: 20 });
    fake.api.fault = undefined;
    for (const response of held) send(response, 200, {});
    expect((await outcomeOf(calls)).errors).toEqual([]);
    await api.get('/who');
    expect([fake.api.asked.length, fake.api.connections, fake.api.openConnections]).toEqual([65, 64, 64]);
  });
});

describe('F41: kept connections are closed by the other end (T067)', () => {
  const answer = (body: object): Step => {
    const text = JSON.stringify(body);
    return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
  };
  const TOKEN = answer({ access_token: 'a.b.c', expires_in: 3600 });

  async function authFor(tokenScript: Step[][], apiScript: Step[][], timeoutMs = 240_000) {
    const token = await serveWire(tokenScript);
    const api = await serveWire(apiScript);
    const instance = createEgainAuth({
      clientId: 'client-1',
      clientSecret: 'secret-1',
      endpoints: { client: { tokenUrl: `http://127.0.0.1:${token.port}/token` } },
      apiUrl: `http://127.0.0.1:${api.port}`,
      http: { timeoutMs },
    });
    const scope = ['app.core.aiservices.read'] as const;
    return { token, api, instance, scope, client: instance.api({ type: 'client' }, { scope }) };
  }

  test('while nothing is sent, nobody notices', async () => {
    const { api, client, instance } = await authFor([[TOKEN]], [[answer({}), 'END']]);
    for (let call = 0; call < 20; call += 1) {
      expect(await client.get('/who')).toEqual({});
      await soon(() => expect(api.openConnections).toBe(0));
    }
    expect(api.requests).toBe(20);
    await instance.close();
  });

  test.each<Step>(['END', 'RESET'])(
    'just when a request that only reads is sent: it is sent once more (%s)',
    async (end) => {
      const { api, client, instance } = await authFor([[TOKEN]], [[answer({})], [end], [answer({ second: true })]]);
      await client.get('/who');
      expect(await client.get('/who')).toEqual({ second: true });
      expect(api.requests).toBe(3);
      await instance.close();
    },
  );

  test('a request that only reads is sent three times at most, any other once', async () => {
    const { api, client, instance } = await authFor([[TOKEN]], [['RESET']]);
    expect((await outcomeOf([client.get('/who')])).codes).toEqual({ api_unavailable: 1 });
    expect(api.requests).toBe(3);
    expect((await outcomeOf([client.post('/cases'), client.delete('/cases/1')])).codes).toEqual({ api_unavailable: 2 });
    expect(api.requests).toBe(5);
    await instance.close();
  });

  test('one that took too long is not sent again', async () => {
    const { api, client, instance } = await authFor([[TOKEN]], [[]], 300);
    expect((await outcomeOf([client.get('/who')])).codes).toEqual({ api_unavailable: 1 });
    expect(api.requests).toBe(1);
    await instance.close();
  });

  test('just when a token is asked for: it is asked for once more', async () => {
    // So that this is in time, however busy this machine is.
    stopBothClocks();
    const { token, scope, instance } = await authFor([[TOKEN], ['RESET'], [TOKEN]], [[]]);
    await instance.clientCredentials({ scope });
    expect((await instance.clientCredentials({ scope, forceRenewal: true })).source).toBe('issuer');
    expect(token.requests).toBe(3);
    await instance.close();
  });
});
