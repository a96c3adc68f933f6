import { getEventListeners } from 'node:events';
import { runInThisContext } from 'node:vm';
import { afterEach, expect, jest, test } from '@jest/globals';
import { createTurns, inTurn } from '../../src/protocol/turns.ts';
import { rejectionOf } from '../failure.ts';

const LONG = { timeoutMs: 60_000 };

afterEach(() => {
  jest.useRealTimers();
});

test('so many begin at once; the others do in the order in which they came, one for each that ended', async () => {
  const turns = createTurns({ max: 2 });
  const begun: number[] = [];
  const all = [0, 1, 2, 3, 4].map((index) => turns.take(LONG).then(() => begun.push(index)));
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1]);
  turns.end();
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2]);
  turns.end();
  turns.end();
  await Promise.all(all);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test('what nobody waits for is kept for the next', async () => {
  const turns = createTurns({ max: 1 });
  await turns.take(LONG);
  turns.end();
  await turns.take(LONG);
});

test('R12: who gives up hears their own reason, and takes no turn', async () => {
  const turns = createTurns({ max: 1 });
  await turns.take(LONG);
  const caller = new AbortController();
  const givenUp = turns.take({ ...LONG, signal: caller.signal });
  const next = turns.take(LONG);
  caller.abort('enough');
  await expect(givenUp).rejects.toBe('enough');
  await expect(turns.take({ ...LONG, signal: caller.signal })).rejects.toBe('enough');
  turns.end();
  await next;
});

test('F05: who waits too long is told when to come back, and takes no turn', async () => {
  const turns = createTurns({ max: 1 });
  await turns.take(LONG);
  const late = turns.take({ timeoutMs: 1 });
  const next = turns.take(LONG);
  expect(await rejectionOf(late)).toMatchObject({ code: 'token_endpoint_unavailable', retryAfterMs: 1000 });
  turns.end();
  await next;
});

test('who waits keeps no process alive, and leaves no timer and no listener behind', async () => {
  // Not the copy that a test has.
  const host = runInThisContext('process') as NodeJS.Process;
  const timers = () => host.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const { signal } = new AbortController();
  const turns = createTurns({ max: 1 });
  await turns.take(LONG);
  const before = timers();
  const real = turns.take(LONG);
  expect(timers()).toBe(before);
  jest.useFakeTimers();
  const next = turns.take({ ...LONG, signal });
  expect([jest.getTimerCount(), getEventListeners(signal, 'abort').length]).toEqual([1, 1]);
  turns.end();
  turns.end();
  await Promise.all([real, next]);
  expect([jest.getTimerCount(), getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
});

test('F60: a request that finds the queue full is refused immediately, and told when to come back', async () => {
  const turns = createTurns({ max: 1, maxWaiting: 1 });
  await turns.take(LONG);
  const next = turns.take(LONG);
  const error = await rejectionOf(turns.take(LONG));
  expect(error).toMatchObject({ code: 'token_endpoint_unavailable', status: 503, retryAfterMs: 1000 });
  turns.end();
  await next;
});

test('F60: work has what its wait for a turn left of the deadline, and gives the turn back when it fails', async () => {
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  const turns = createTurns({ max: 1 });
  const first = inTurn(turns, 1000, async (leftMs) => {
    now += 400;
    throw new Error(`${leftMs} ms were left`);
  });
  const second = inTurn(turns, 1000, async (leftMs) => leftMs);
  await expect(first).rejects.toThrow('1000 ms were left');
  expect(await second).toBe(600);
  clock.mockRestore();
});

test('F60: work begins with half of its deadline, or not at all', async () => {
  const turns = createTurns({ max: 1 });
  await turns.take(LONG);
  const work = jest.fn(async () => {});
  const error = await rejectionOf(inTurn(turns, 20, work));
  expect(error.message).toContain('no turn within 10 ms');
  expect(work).not.toHaveBeenCalled();
});
