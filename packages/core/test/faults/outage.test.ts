import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { soon } from '../soon.ts';
import { answerAfter, endOf, type FakeEgain, fakesToClose, goDown, holdBack } from './fake-egain.ts';
import { callAs, eachTimes, momentsBy, most, names, outcomeOf, ownErrors, recordTokenEvents, tokenOf } from './load.ts';
import { measured, quantile } from './measured.ts';
import { passTime, stopBothClocks } from './virtual-time.ts';

const SECOND = 1000;
const USERS = names(50);
/** So many in each second: 50 of the API, the others of the token layer alone. */
const CALLS = 200;

const { start, closeAll } = fakesToClose();
let fake: FakeEgain;
let egain: ReturnType<FakeEgain['createAuth']>;
let events: ReturnType<typeof recordTokenEvents>;

beforeEach(async () => {
  stopBothClocks();
  fake = await start();
  egain = fake.createAuth();
  await Promise.all(USERS.map((name) => callAs(egain, name)));
  fake.token.asked.length = 0;
  fake.token.resetCounts();
  events = recordTokenEvents();
});
afterEach(async () => {
  events.stop();
  await closeAll();
});

const callOnce = () =>
  outcomeOf([
    ...USERS.map((name) => callAs(egain, name)),
    ...eachTimes(USERS, CALLS / USERS.length - 1).map((name) => tokenOf(egain, name)),
  ]);

/** 200 calls in each second of virtual time. */
async function callFor(seconds: number): Promise<{ failed: number }> {
  let failed = 0;
  for (let second = 0; second < seconds; second += 1) {
    failed += (await callOnce()).errors.length;
    passTime(SECOND);
  }
  return { failed };
}

const usedAfterEnd = () => fake.api.asked.filter(({ at, accessToken }) => at >= endOf(accessToken)).length;
const renewalsDone = () => soon(() => expect(events.count('renew')).toBe(USERS.length));

describe('F01: the token endpoint is down for a minute while tokens are good (T088)', () => {
  test('nobody notices, and it is left alone', async () => {
    fake.token.answer = goDown;
    const { failed } = await callFor(60);
    expect(failed).toBe(0);
    // Nothing is due, so nothing is tried.
    expect(fake.token.connections + fake.token.asked.length).toBe(0);
    expect(usedAfterEnd()).toBe(0);
    expect(fake.api.asked).toHaveLength(61 * USERS.length);
  });

  test('what memory adds to a call is nothing beside the call', async () => {
    const times: number[] = [];
    for (const name of eachTimes(USERS, 40)) {
      const startedAt = process.hrtime.bigint();
      await tokenOf(egain, name);
      times.push(Number(process.hrtime.bigint() - startedAt) / 1e6);
    }
    measured('F01', { overheadP50Ms: quantile(times, 0.5), overheadP99Ms: quantile(times, 0.99) });
    expect(fake.token.asked).toHaveLength(0);
  });
});

describe('F02: the token endpoint is down while tokens are due (T088, R4, R5)', () => {
  beforeEach(async () => {
    // Past the start of every renewal window, jitter included.
    passTime(3340 * SECOND);
    fake.token.answer = goDown;
  });

  test('no call fails while its token is good, and nobody is asked again within three seconds', async () => {
    const { failed } = await callFor(60);
    expect(failed).toBe(0);
    const retries = 10;
    // The first round finds all keys due; afterwards only the breaker's probes get through.
    expect(fake.token.asked.length).toBeLessThanOrEqual(USERS.length + retries + 60 / 3);
    const triesByKey = [
      ...momentsBy(
        events.all.filter(({ type }) => type === 'fail'),
        ({ key }) => key,
      ).values(),
    ];
    expect(triesByKey).toHaveLength(USERS.length);
    expect(Math.max(...triesByKey.map((moments) => most(moments, 3 * SECOND)))).toBe(1);
    measured('F02', {
      calls: 60 * CALLS,
      failed,
      attempts: fake.token.asked.length,
      renewalsTried: events.count('fail'),
    });
  });

  test('tokens are used to their end, below the margin too, and not a moment longer', async () => {
    passTime(225 * SECOND);
    const margin = await callFor(35);
    // The last 30 seconds, in which a new token is waited for, and 5 more of a minute.
    expect(margin.failed).toBe(0);
    const { failed } = await callFor(5);
    expect(failed).toBe(5 * CALLS);
    expect(usedAfterEnd()).toBe(0);
  });

  test('when it is back, tokens are renewed, once each', async () => {
    await callFor(5);
    fake.token.answer = fake.issue();
    fake.token.asked.length = 0;
    const { failed } = await callFor(60);
    expect(failed).toBe(0);
    await renewalsDone();
    expect(fake.token.asked).toHaveLength(USERS.length);
    expect(new Set(fake.token.asked.map(({ subject }) => subject)).size).toBe(USERS.length);
  });
});

describe('F03: the token endpoint is down and tokens are over (R6)', () => {
  beforeEach(() => {
    passTime(3600 * SECOND);
  });

  test('five failing calls are enough: from then on calls fail at once, with a time to come back', async () => {
    fake.token.answer = goDown;
    const outcomes = [];
    for (const name of USERS) outcomes.push(await outcomeOf([callAs(egain, name)]));
    // A retry is not a second failure. The sixth is the probe, of a key that worked before.
    expect(new Set(fake.token.asked.map(({ subject }) => subject)).size).toBe(6);
    expect(fake.token.asked.length).toBeLessThanOrEqual(6 + 10);
    const errors = outcomes.flatMap(ownErrors);
    expect(errors).toHaveLength(USERS.length);
    for (const error of errors) expect(error).toMatchObject({ code: 'token_endpoint_unavailable', retryable: true });
    for (const error of errors.slice(6)) expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(usedAfterEnd()).toBe(0);
  });

  test.each([
    ['breaks connections', () => (fake.token.answer = goDown)],
    ['takes none', () => fake.token.close()],
  ])('an endpoint that %s is asked by a probe at most once a second, then less', async (_name, breakIt) => {
    await breakIt();
    await callFor(1);
    fake.token.asked.length = 0;
    fake.token.resetCounts();
    const times: number[] = [];
    for (let second = 0; second < 60; second += 1) {
      const startedAt = process.hrtime.bigint();
      const outcome = await callOnce();
      times.push(Number(process.hrtime.bigint() - startedAt) / 1e6 / CALLS);
      expect(outcome.codes).toEqual({ token_endpoint_unavailable: CALLS });
      passTime(SECOND);
    }
    expect(fake.token.asked.length).toBeLessThanOrEqual(22);
    expect(usedAfterEnd()).toBe(0);
    measured('F03', { how: _name, probesIn60s: fake.token.asked.length, meanMsPerCall: quantile(times, 0.5) });
  });

  test('the same load meets a closed door: what was let in before it closed is all that is sent', async () => {
    fake.token.answer = goDown;
    const many = names(1000, 'new');
    const outcome = await outcomeOf(many.map((name) => tokenOf(egain, name)));
    expect(outcome.codes).toEqual({ token_endpoint_unavailable: many.length });
    measured('F03', { concurrentMisses: many.length, attempts: fake.token.asked.length });
    // Those it took to open, since each that failed let another one out, those under way meanwhile, and a few retries; not
    // one for each of those who wait.
    expect(fake.token.asked.length).toBeLessThanOrEqual(3 * 64);
  });

  test('within five seconds after it is back everybody is served, with one request each', async () => {
    fake.token.answer = goDown;
    await callFor(20);
    fake.token.answer = fake.issue();
    fake.token.asked.length = 0;
    fake.token.resetCounts();
    const failuresBySecond: number[] = [];
    for (let second = 0; second < 10; second += 1) {
      const { errors } = await callOnce();
      failuresBySecond.push(errors.length);
      passTime(SECOND);
    }
    expect(failuresBySecond.slice(5)).toEqual([0, 0, 0, 0, 0]);
    expect(fake.token.asked).toHaveLength(USERS.length);
    expect(new Set(fake.token.asked.map(({ subject }) => subject)).size).toBe(USERS.length);
    expect(fake.token.maxInFlight).toBeLessThanOrEqual(64);
    measured('F03', { failuresBySecondAfterRecovery: failuresBySecond, requests: fake.token.asked.length });
  });
});

describe('F04: the token endpoint is slow (R4)', () => {
  test('calls with a token that is due do not wait for the next one', async () => {
    passTime(3340 * SECOND);
    const held = holdBack(fake.issue());
    fake.token.answer = held.answer;
    const { failed } = await callFor(8);
    // All of this happened while not one request was answered.
    expect(failed).toBe(0);
    await soon(() => expect(fake.token.inFlight).toBe(USERS.length));
    expect(fake.token.asked).toHaveLength(USERS.length);
    held.release();
    await renewalsDone();
    expect((await callFor(1)).failed).toBe(0);
    const latest = fake.api.asked.slice(-USERS.length);
    expect(latest.filter(({ accessToken }) => endOf(accessToken) < Date.now() + 3580 * SECOND)).toEqual([]);
    expect(fake.token.asked).toHaveLength(USERS.length);
  });

  test('who has no token hears so by the deadline', async () => {
    const timeoutMs = 300;
    const slow = fake.createAuth({ http: { timeoutMs } });
    fake.token.answer = answerAfter(2 * timeoutMs, fake.issue());
    const startedAt = process.hrtime.bigint();
    const outcome = await outcomeOf(USERS.map((name) => tokenOf(slow, name)));
    const elapsedMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
    expect(outcome.codes).toEqual({ token_endpoint_unavailable: USERS.length });
    measured('F04', { deadlineMs: timeoutMs, elapsedMs });
  });
});
