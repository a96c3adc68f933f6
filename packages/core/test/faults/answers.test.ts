import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createEgainEmulator, type EgainEmulator } from '../../../testing/src/index.ts';
import { createEgainAuth, customer, type EgainAuth, user } from '../../src/index.ts';
// By path: as a dependency it would close a circle, since the emulator names core's types.
import { soon } from '../soon.ts';
import { wiresToClose } from '../wire-server.ts';
import { type FakeEgain, fakesToClose, goDown, neverAnswer, refuseWith, reset, send } from './fake-egain.ts';
import { callAs, eachTimes, names, outcomeOf, ownErrors, SCOPE, tokenOf } from './load.ts';
import { measured } from './measured.ts';
import { passTime, stopBothClocks } from './virtual-time.ts';

const SECOND = 1000;

const { start, closeAll } = fakesToClose();
const { serveWire, closeWires } = wiresToClose();
const emulators: EgainEmulator[] = [];
const instances: EgainAuth[] = [];
afterEach(async () => {
  await Promise.all([closeAll(), closeWires(), ...emulators.splice(0).map((emulator) => emulator.close())]);
  await Promise.all(instances.splice(0).map((egain) => egain.close()));
});

async function startEmulator(...settings: Parameters<typeof createEgainEmulator>): Promise<EgainEmulator> {
  const emulator = await createEgainEmulator(...settings).listen();
  emulators.push(emulator);
  return emulator;
}

function authFor(emulator: EgainEmulator, options: Parameters<FakeEgain['createAuth']>[0] = {}): EgainAuth {
  const egain = createEgainAuth({ ...emulator.config(), authorizeSubject: () => true, ...options });
  instances.push(egain);
  return egain;
}

describe('F05: the token endpoint takes requests and never finishes (T058)', () => {
  const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n';
  const timeoutMs = 400;

  test.each([
    ['says nothing', []],
    ['drips its headers', ['HTTP/1.1 200 OK\r\n', { repeat: 'X', everyMs: 20 }]],
    ['drips its body', [ANSWER, { repeat: ' ', everyMs: 20 }]],
    ['stops in the middle of its body', [`${ANSWER}{"access_token"`]],
  ])('one that %s: every call ends by the deadline, and its connection is closed', async (how, steps) => {
    const server = await serveWire([steps]);
    const egain = createEgainAuth({
      clientId: 'client-1',
      clientSecret: 'secret-1',
      endpoints: { onBehalfOf: { user: { tokenUrl: `http://127.0.0.1:${server.port}/token` } } },
      authorizeSubject: () => true,
      http: { timeoutMs },
    });
    instances.push(egain);
    const startedAt = performance.now();
    const outcome = await outcomeOf(names(50).map((name) => tokenOf(egain, name)));
    const elapsedMs = performance.now() - startedAt;
    expect(outcome.codes).toEqual({ token_endpoint_unavailable: 50 });
    await soon(() => expect(server.openConnections).toBe(0));
    // None was made for a request that nobody waits for any more.
    expect(server.connections).toBe(server.requests);
    measured('F05', { how, deadlineMs: timeoutMs, elapsedMs, requests: server.requests });
  });

  test('those who wait behind them for a connection do so by the same deadline', async () => {
    const fake = await start();
    fake.token.answer = neverAnswer;
    const egain = fake.createAuth({ http: { timeoutMs } });
    const startedAt = performance.now();
    const outcome = await outcomeOf(names(500).map((name) => tokenOf(egain, name)));
    const elapsedMs = performance.now() - startedAt;
    expect(outcome.codes).toEqual({ token_endpoint_unavailable: 500 });
    expect(fake.token.asked.length).toBeLessThanOrEqual(2 * 64);
    await soon(() => expect(fake.token.openConnections).toBe(0));
    expect(fake.token.givenUp).toBe(fake.token.asked.length);
    measured('F05', { how: '500 misses', deadlineMs: timeoutMs, elapsedMs, requests: fake.token.asked.length });
  });
});

describe('F06: some token requests fail by accident (T067)', () => {
  /** Park and Miller: the same failures each time. */
  function seeded(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
  }

  test('of 1000 misses at least 999 succeed when one request in ten fails', async () => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth();
    const random = seeded(20_260_615);
    let failed = 0;
    fake.token.answer = (asked) => {
      const isLost = random() < 0.1;
      if (!isLost) return fake.issue()(asked);
      failed += 1;
      return failed % 2 === 0 ? reset(asked.response) : send(asked.response, 500);
    };
    let succeeded = 0;
    for (let second = 0; second < 20; second += 1) {
      const people = names(50, `of-second-${second}`);
      succeeded += (await outcomeOf(people.map((name) => tokenOf(egain, name)))).succeeded;
      passTime(3 * SECOND);
    }
    measured('F06', { misses: 1000, succeeded, failedRequests: failed, requests: fake.token.asked.length });
    expect(failed).toBeGreaterThan(70);
    expect(succeeded).toBeGreaterThanOrEqual(999);
    expect(fake.token.asked.length).toBeLessThanOrEqual(1200);
  });

  test.each([
    ['breaks every connection', goDown],
    ['answers 500 to everybody', refuseWith(500, {})],
  ])('an endpoint that %s for a minute is not asked more for it', async (how, answer) => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth();
    fake.token.answer = answer;
    const calls = 1000;
    for (let second = 0; second < 60; second += 1) {
      const people = names(Math.ceil(calls / 60), `of-second-${second}`);
      expect((await outcomeOf(people.map((name) => tokenOf(egain, name)))).succeeded).toBe(0);
      passTime(SECOND);
    }
    measured('F06', { how, misses: calls, requests: fake.token.asked.length });
    expect(fake.token.asked.length).toBeLessThanOrEqual(1.2 * calls);
    // In fact the breaker keeps nearly all of it away.
    expect(fake.token.asked.length).toBeLessThanOrEqual(60);
  });

  test('retries are a share of what succeeds: an endpoint that fails every second request is not asked twice as much', async () => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth();
    fake.token.answer = (asked) =>
      fake.token.asked.length % 2 === 0 ? send(asked.response, 500) : fake.issue()(asked);
    const calls = 600;
    for (let round = 0; round < 12; round += 1) {
      await outcomeOf(names(calls / 12, `of-round-${round}`).map((name) => tokenOf(egain, name)));
      passTime(5 * SECOND);
    }
    measured('F06', { how: 'half fail', misses: calls, requests: fake.token.asked.length });
    // Ten that were saved, and a fifth of what succeeds.
    expect(fake.token.asked.length).toBeLessThanOrEqual(10 + 1.2 * calls);
    expect(fake.token.asked.length).toBeGreaterThan(calls);
  });

  test('no call of 300 fails when every twentieth answer is lost and each takes 450 ms', async () => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth();
    fake.token.answer = (asked) => {
      // So long each request takes, by the clock that deadlines are counted with.
      passTime(450);
      return fake.token.asked.length % 20 === 0 ? send(asked.response, 500) : fake.issue()(asked);
    };
    for (const name of names(300)) await tokenOf(egain, name);
    measured('F06', { how: '450 ms each', misses: 300, requests: fake.token.asked.length });
    expect(fake.token.asked.length).toBeLessThanOrEqual(1.2 * 300);
  });

  test('retries wait for a time that chance decides, longer each time', async () => {
    // So that each is made in time, however busy this machine is.
    stopBothClocks();
    const fake = await start();
    const waits = async (chance: number) => {
      const moments: number[] = [];
      fake.token.answer = ({ response }) => {
        moments.push(Number(process.hrtime.bigint()) / 1e6);
        send(response, 500);
      };
      const random = jest.spyOn(Math, 'random').mockReturnValue(chance);
      await outcomeOf([tokenOf(fake.createAuth(), 'pa')]);
      random.mockRestore();
      return moments.slice(1).map((at, index) => Math.round(at - (moments[index] as number)));
    };
    const longest = await waits(0.99);
    // 50, 100 and 200 ms; a timer may be a millisecond early.
    expect(longest).toHaveLength(3);
    for (const [index, least] of [45, 95, 190].entries()) expect(longest[index]).toBeGreaterThanOrEqual(least);
    const shortest = await waits(0);
    expect(shortest).toHaveLength(3);
    measured('F06', { longestBackOffMs: longest, shortestBackOffMs: shortest });
  });
});

describe('F07: the token endpoint has enough: 429 with Retry-After: 30', () => {
  test('this client leaves it alone for so long, its good tokens go on, and other clients do not notice', async () => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth({
      clients: { client: { clientId: 'client-2', clientSecret: 'secret-2' } },
    });
    const known = names(50, 'known');
    await Promise.all(known.map((name) => callAs(egain, name)));
    fake.token.asked.length = 0;
    fake.token.answer = (asked) =>
      asked.clientId === 'client-1' ? send(asked.response, 429, {}, { 'retry-after': '30' }) : fake.issue()(asked);

    const first = await outcomeOf(names(500, 'first').map((name) => tokenOf(egain, name)));
    expect(first.codes).toEqual({ token_endpoint_unavailable: 500 });
    for (const error of ownErrors(first)) {
      expect(error.retryAfterMs).toBeGreaterThan(29 * SECOND);
      expect(error.retryAfterMs).toBeLessThanOrEqual(30 * SECOND);
    }
    // What was under way when a second subject heard it, and no more: the first one let another request out.
    const volley = fake.token.asked.length;
    expect(volley).toBeLessThanOrEqual(64 + 1);

    for (let second = 0; second < 29; second += 1) {
      passTime(SECOND);
      const misses = names(20, `of-second-${second}`);
      const outcome = await outcomeOf(misses.map((name) => tokenOf(egain, name)));
      expect(outcome.codes).toEqual({ token_endpoint_unavailable: misses.length });
      for (const error of ownErrors(outcome)) {
        expect(error.retryAfterMs).toBeLessThanOrEqual(Math.max(SECOND, (29 - second) * SECOND));
      }
      expect((await outcomeOf(eachTimes(known, 2).map((name) => callAs(egain, name)))).errors).toEqual([]);
      // Another client application, each time with a token of its own.
      await egain.clientCredentials({ scope: ['app.knowledge.portalmgr.read'], forceRenewal: true });
    }
    const ofClient = (id: string) => fake.token.asked.filter(({ clientId }) => clientId === id).length;
    expect(ofClient('client-1')).toBe(volley);
    expect(ofClient('client-2')).toBe(29);

    passTime(SECOND);
    fake.token.answer = fake.issue();
    expect((await tokenOf(egain, 'of-second-0')).source).toBe('issuer');
    measured('F07', { misses: 500 + 29 * 20, requests: volley, duringPause: 0 });
  });

  test('renewals wait too, and nobody notices', async () => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth();
    const known = names(20);
    await Promise.all(known.map((name) => callAs(egain, name)));
    passTime(3340 * SECOND);
    fake.token.answer = refuseWith(429, {}, { 'retry-after': '30' });
    fake.token.asked.length = 0;
    for (let second = 0; second < 30; second += 1) {
      expect((await outcomeOf(known.map((name) => callAs(egain, name)))).errors).toEqual([]);
      passTime(SECOND);
    }
    expect(fake.token.asked.length).toBeLessThanOrEqual(known.length);
    await soon(() => expect(fake.token.inFlight).toBe(0));
  });
});

describe('F58: the token endpoint has trouble with one subject', () => {
  test.each([
    ['500', refuseWith(500, {})],
    ['429 with Retry-After: 3600', refuseWith(429, {}, { 'retry-after': '3600' })],
    ['401 without an OAuth error', refuseWith(401, {})],
    ['a broken connection', goDown],
  ])('%s for them, twenty times a second: nobody else is turned away', async (how, answer) => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth();
    fake.token.answer = (asked) => (asked.subject === 'in-trouble' ? answer(asked) : fake.issue()(asked));
    for (let second = 0; second < 15; second += 1) {
      for (let call = 0; call < 20; call += 1) {
        expect((await outcomeOf([tokenOf(egain, 'in-trouble')])).succeeded).toBe(0);
      }
      // A new subject each second, so that nothing comes from memory.
      expect((await tokenOf(egain, `other-${second}`)).source).toBe('issuer');
      passTime(SECOND);
    }
    measured('F58', { how, requests: fake.token.asked.length });
  });
});

describe('F08: eGain does not know the client’s secret (T085)', () => {
  const ask = (egain: EgainAuth, name: string) => tokenOf(egain, name);

  test('it is shown a wrong one once in thirty seconds, whatever the load', async () => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth();
    fake.token.answer = refuseWith(401, { error: 'invalid_client' });
    // One at first: what is under way at once cannot know of each other.
    await outcomeOf([ask(egain, 'pa')]);
    for (let second = 0; second < 60; second += 1) {
      const outcome = await outcomeOf(names(200).map((name) => ask(egain, name)));
      expect(outcome.codes).toEqual({ token_request_failed: 200 });
      for (const error of ownErrors(outcome)) expect(error.oauthError).toBe('invalid_client');
      passTime(SECOND);
    }
    const moments = fake.token.asked.map(({ at }) => at);
    measured('F08', { calls: 60 * 200, requests: moments.length });
    // After thirty seconds as many as are let through at once find out together.
    expect(new Set(moments).size).toBe(2);
    expect(moments.length).toBeLessThanOrEqual(1 + 64);
  });

  test('a burst finds out together: what waited for its turn is not sent', async () => {
    stopBothClocks();
    const fake = await start();
    const egain = fake.createAuth();
    fake.token.answer = refuseWith(401, { error: 'invalid_client' });
    const outcome = await outcomeOf(names(1000).map((name) => ask(egain, name)));
    expect(outcome.codes).toEqual({ token_request_failed: 1000 });
    expect(fake.token.asked.length).toBeLessThanOrEqual(64);
  });

  test('while two secrets are good, going over to the new one loses nothing', async () => {
    const emulator = await startEmulator({ users: names(40).map((username) => ({ username })) });
    const { clientId, clientSecret: old } = emulator.config() as { clientId: string; clientSecret: string };
    let inVault = old;
    const egain = authFor(emulator, { clientSecret: async () => inVault });
    const calls = (from: number, to: number) =>
      outcomeOf(
        names(40)
          .slice(from, to)
          .map((name) => ask(egain, name)),
      );

    const before = await calls(0, 10);
    emulator.rotateSecret(clientId, 'of-next-year');
    const overlapping = await calls(10, 20);
    inVault = 'of-next-year';
    const after = await calls(20, 30);
    emulator.removeSecret(clientId, old);
    const alone = await calls(30, 40);
    expect([before, overlapping, after, alone].map(({ succeeded }) => succeeded)).toEqual([10, 10, 10, 10]);
    expect(emulator.journal('token').filter(({ error }) => error !== undefined)).toEqual([]);
  });

  test('a secret that is removed while requests are under way costs none of them, if there is a new one by then', async () => {
    const emulator = await startEmulator({ users: names(40).map((username) => ({ username })) });
    const { clientId, clientSecret: old } = emulator.config() as { clientId: string; clientSecret: string };
    emulator.rotateSecret(clientId, 'of-next-year');
    let inVault = old;
    const egain = authFor(emulator, {
      clientSecret: () => {
        const now = inVault;
        // Whoever read it a moment ago still sends the old one.
        inVault = 'of-next-year';
        return now;
      },
    });
    emulator.removeSecret(clientId, old);
    expect((await outcomeOf(names(40).map((name) => ask(egain, name)))).errors).toEqual([]);
    expect(emulator.journal('token').filter(({ error }) => error === 'invalid_client')).toHaveLength(1);
  });

  test('a new secret in the vault is used within a second', async () => {
    stopBothClocks();
    const emulator = await startEmulator({ users: names(40).map((username) => ({ username })) });
    const { clientId, clientSecret: old } = emulator.config() as { clientId: string; clientSecret: string };
    let inVault = old;
    const egain = authFor(emulator, { clientSecret: () => inVault });
    emulator.rotateSecret(clientId, 'of-next-year');
    emulator.removeSecret(clientId, old);
    for (let second = 0; second < 10; second += 1) {
      expect((await outcomeOf([ask(egain, 'user-0')])).codes).toEqual({ token_request_failed: 1 });
      passTime(SECOND);
    }
    expect(emulator.journal('token')).toHaveLength(1);
    inVault = 'of-next-year';
    passTime(SECOND);
    expect((await outcomeOf(names(40).map((name) => ask(egain, name)))).succeeded).toBeGreaterThanOrEqual(1);
    expect((await outcomeOf(names(40).map((name) => ask(egain, name)))).errors).toEqual([]);
  });
});

describe('F09: eGain does not know one of the subjects (T093)', () => {
  test('it is asked for them once in five seconds, and everybody else is served', async () => {
    stopBothClocks();
    const known = names(20);
    const emulator = await startEmulator({ users: known.map((username) => ({ username })) });
    const egain = authFor(emulator);
    const seconds = 20;
    for (let second = 0; second < seconds; second += 1) {
      // 1000 and 200.
      const bad = outcomeOf(eachTimes(['stranger'], 1000).map((name) => tokenOf(egain, name)));
      const good = outcomeOf(
        eachTimes(known, 10).map((name) =>
          egain.onBehalfOf(user({ username: name }), { scope: SCOPE, forceRenewal: second > 0 && name === 'user-0' }),
        ),
      );
      const { codes, errors } = await bad;
      expect(codes).toEqual({ token_request_failed: 1000 });
      expect(errors[0]).toMatchObject({ oauthError: 'invalid_grant' });
      expect((await good).errors).toEqual([]);
      passTime(SECOND);
    }
    const asked = emulator.journal('token').filter(({ error }) => error === 'invalid_grant').length;
    measured('F09', { calls: seconds * 1000, requests: asked });
    expect(asked).toBe(seconds / 5);
  });

  test('nor is anybody else with the same name meant: a customer, or a user id', async () => {
    const fake = await start();
    const egain = fake.createAuth();
    fake.token.answer = (asked) =>
      asked.form.has('subject_username') ? send(asked.response, 400, { error: 'invalid_grant' }) : fake.issue()(asked);
    await outcomeOf([tokenOf(egain, 'pa')]);
    await egain.onBehalfOf(user({ userId: 'pa' }), { scope: SCOPE });
    await egain.onBehalfOf(customer({ email: 'pa' }), { scope: SCOPE });
    expect(fake.token.asked).toHaveLength(3);
  });

  test('however many strangers there are, memory of them is bounded', async () => {
    const fake = await start();
    stopBothClocks();
    const egain = fake.createAuth({ tokens: { maxEntries: 50 } });
    fake.token.answer = refuseWith(400, { error: 'invalid_grant' });
    const strangers = names(500, 'stranger');
    for (const name of strangers) await outcomeOf([tokenOf(egain, name)]);
    fake.token.asked.length = 0;
    for (const name of strangers.reverse()) await outcomeOf([tokenOf(egain, name)]);
    // Whoever was forgotten is asked for again.
    expect(fake.token.asked.length).toBeGreaterThanOrEqual(450);
  });
});
