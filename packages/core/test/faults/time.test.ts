import { runInThisContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EgainAuth } from '../../src/index.ts';
import { soon } from '../soon.ts';
import { endOf, type FakeEgain, fakesToClose, holdBack } from './fake-egain.ts';
import { callAs, eachTimes, momentsBy, most, names, outcomeOf, tokenOf } from './load.ts';
import { measured } from './measured.ts';
import { passTime, setWallClock, stopBothClocks } from './virtual-time.ts';

const SECOND = 1000;
const USERS = names(100);

const { start, closeAll } = fakesToClose();
let fake: FakeEgain;
let egain: EgainAuth;
let begun: number[];

beforeEach(async () => {
  stopBothClocks();
  fake = await start();
  begun = [];
  egain = fake.createAuth({
    // Deadlines are real time, of which these tests may take much where the machine does other things too.
    http: { timeoutMs: 60_000 },
    // Read once for each token request, before anything else happens to it.
    clientSecret: () => {
      begun.push(Date.now());
      return 'secret-1';
    },
  });
});
afterEach(closeAll);

const callAll = () => outcomeOf(USERS.map((name) => callAs(egain, name)));
const usedAfterEnd = () => fake.api.asked.filter(({ at, accessToken }) => at >= endOf(accessToken)).length;
const mostForOne = () =>
  Math.max(0, ...[...momentsBy(fake.token.asked, ({ subject }) => subject).values()].map(({ length }) => length));
const forgetAsked = () => {
  fake.token.asked.length = 0;
  fake.api.asked.length = 0;
};

describe('F34: the wall clock is wrong', () => {
  beforeEach(async () => {
    await callAll();
    forgetAsked();
  });

  test('set forward by an hour it costs one renewal for each token', async () => {
    setWallClock(3600 * SECOND);
    for (let round = 0; round < 3; round += 1) {
      expect((await callAll()).errors).toEqual([]);
      passTime(SECOND);
    }
    expect(fake.token.asked).toHaveLength(USERS.length);
    expect(mostForOne()).toBe(1);
    expect(usedAfterEnd()).toBe(0);
  });

  test('set back by an hour it keeps no token alive', async () => {
    setWallClock(-3600 * SECOND);
    const old = new Set(
      (await Promise.all(USERS.map((name) => tokenOf(egain, name)))).map(({ accessToken }) => accessToken),
    );
    passTime(3600 * SECOND);
    expect((await callAll()).errors).toEqual([]);
    expect(fake.api.asked.filter(({ accessToken }) => old.has(accessToken))).toEqual([]);
    expect(fake.token.asked).toHaveLength(USERS.length);
  });

  test.each([300, -300])('set by %i seconds it fails no call', async (seconds) => {
    setWallClock(seconds * SECOND);
    for (let minute = 0; minute < 50; minute += 10) {
      expect((await callAll()).errors).toEqual([]);
      passTime(600 * SECOND);
    }
    expect(fake.token.asked).toEqual([]);
  });

  test('where the API’s is six minutes ahead, one 401 and one renewal for each token end it', async () => {
    fake.api.aheadMs = 360 * SECOND;
    passTime(3250 * SECOND);
    for (let round = 0; round < 3; round += 1) {
      expect((await callAll()).errors).toEqual([]);
      passTime(2 * SECOND);
    }
    expect(fake.api.asked.filter(({ status }) => status === 401)).toHaveLength(USERS.length);
    expect(fake.token.asked).toHaveLength(USERS.length);
    expect(mostForOne()).toBe(1);
  });
});

describe('F35: the process stands still', () => {
  beforeEach(async () => {
    await callAll();
    forgetAsked();
  });

  test('for five seconds, with renewals under way: none is begun twice', async () => {
    passTime(3340 * SECOND);
    const held = holdBack(fake.issue());
    fake.token.answer = held.answer;
    expect((await callAll()).errors).toEqual([]);
    passTime(5 * SECOND);
    expect((await callAll()).errors).toEqual([]);
    // The others wait for their turn.
    await soon(() => expect(fake.token.inFlight).toBe(64));
    fake.token.answer = fake.issue();
    held.release();
    await soon(() => expect(fake.token.asked).toHaveLength(USERS.length));
    expect((await callAll()).errors).toEqual([]);
    expect(mostForOne()).toBe(1);
    expect(usedAfterEnd()).toBe(0);
  });

  test.each([
    ['and the monotonic clock with it', setWallClock],
    ['and only the process', passTime],
  ])('for two hours, %s: tokens are over, and renewed once each', async (_how, pass) => {
    pass(7200 * SECOND);
    expect((await outcomeOf(eachTimes(USERS, 3).map((name) => callAs(egain, name)))).errors).toEqual([]);
    expect(usedAfterEnd()).toBe(0);
    expect(fake.token.asked).toHaveLength(USERS.length);
    expect(mostForOne()).toBe(1);
  });
});

describe('F36: tokens live ten seconds', () => {
  test('each is asked for at most once in five seconds, and none is used after its end', async () => {
    fake.token.answer = fake.issue(10);
    const few = USERS.slice(0, 4);
    // Five minutes of 100 calls a second: 8 of the API, the others of the token layer alone.
    for (let halfSecond = 0; halfSecond < 600; halfSecond += 1) {
      expect((await outcomeOf(few.map((name) => callAs(egain, name)))).errors).toEqual([]);
      expect((await outcomeOf(eachTimes(few, 11).map((name) => tokenOf(egain, name)))).errors).toEqual([]);
      passTime(SECOND / 2);
    }
    const moments = [...momentsBy(fake.token.asked, ({ subject }) => subject).values()];
    measured('F36', { calls: 600 * 48, requests: fake.token.asked.length, keys: few.length });
    expect(moments.map((ofOne) => most(ofOne, 5 * SECOND))).toEqual([1, 1, 1, 1]);
    expect(usedAfterEnd()).toBe(0);
  });
});

describe('F37: tokens live for ever', () => {
  // Not the copy that a test has: warnings are reported to the real one.
  const host = runInThisContext('process') as NodeJS.Process;

  test('three hundred years are a day: one request, and no timer that overflows', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => {
      if (warning.name === 'TimeoutOverflowWarning') warnings.push(warning);
    };
    host.on('warning', onWarning);
    fake.token.answer = fake.issue(1e10);
    const few = USERS.slice(0, 5);
    for (let second = 0; second < 60; second += 1) {
      expect((await outcomeOf(few.map((name) => callAs(egain, name)))).errors).toEqual([]);
      passTime(SECOND);
    }
    await new Promise((resolve) => setImmediate(resolve));
    host.off('warning', onWarning);
    expect(fake.token.asked).toHaveLength(few.length);
    expect((await tokenOf(egain, 'user-0')).expiresAt).toBeLessThanOrEqual(Date.now() + 86_400 * SECOND);
    expect(warnings).toEqual([]);
  });

  test('infinity is no number of seconds', async () => {
    fake.token.answer = ({ response }) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"access_token":"a","expires_in":1e999}');
    expect((await outcomeOf([tokenOf(egain, 'pa')])).codes).toEqual({ invalid_token_response: 1 });
  });
});

describe('F38: a thousand people signed in within the same second', () => {
  test('no second holds more than a twentieth of their renewals', async () => {
    const people = names(1000);
    const landed = () => soon(() => expect(fake.token.asked.length - fake.token.inFlight).toBe(begun.length));
    await Promise.all(people.map((name) => tokenOf(egain, name)));
    forgetAsked();
    begun.length = 0;
    passTime(3260 * SECOND);
    for (let second = 0; second < 80; second += 1) {
      await Promise.all(people.map((name) => tokenOf(egain, name)));
      await landed();
      passTime(SECOND);
    }
    const largest = most(begun, SECOND);
    measured('F38', { renewals: begun.length, largestInOneSecond: largest });
    expect(begun).toHaveLength(people.length);
    expect(largest).toBeLessThanOrEqual(people.length / 20);
  });
});
