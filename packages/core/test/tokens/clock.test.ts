import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createAgeClock } from '../../src/tokens/clock.ts';

const HOUR = 60 * 60 * 1000;
let wall = 0;
let monotonic = 0;

beforeEach(() => {
  wall = Date.UTC(2026, 5, 15, 12);
  monotonic = 5000;
  jest.spyOn(Date, 'now').mockImplementation(() => wall);
  jest.spyOn(performance, 'now').mockImplementation(() => monotonic);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** How much older things are after a step, by a clock that was read before and after. */
function ageing(...steps: readonly (() => void)[]): number {
  const now = createAgeClock();
  const before = now();
  for (const step of steps) {
    step();
    now();
  }
  return now() - before;
}

const pass = (ms: number) => () => {
  wall += ms;
  monotonic += ms;
};
const setWall = (ms: number) => () => {
  wall += ms;
};

describe('F34, F35: things age', () => {
  test('as both clocks say, while they agree', () => {
    expect(ageing(pass(HOUR))).toBe(HOUR);
    expect(ageing(...Array.from({ length: 1000 }, () => pass(7)))).toBe(7000);
  });

  test('as the wall clock says, when it leaps ahead or the machine slept', () => {
    expect(ageing(setWall(HOUR))).toBe(HOUR);
    expect(ageing(pass(10), setWall(2 * HOUR), pass(10))).toBe(2 * HOUR + 20);
  });

  test('as the monotonic clock says, when the wall clock is set back', () => {
    expect(ageing(pass(HOUR), setWall(-HOUR), pass(HOUR))).toBe(2 * HOUR);
    expect(ageing(setWall(-24 * HOUR), pass(1))).toBe(1);
  });

  test('by the leap once: what is set back and forth does not add up', () => {
    expect(ageing(setWall(-HOUR), setWall(HOUR))).toBe(HOUR);
    expect(ageing(setWall(HOUR), setWall(-HOUR), pass(5))).toBe(HOUR + 5);
  });

  test('by a step too small to be told from drift only once it is a second', () => {
    expect(ageing(...Array.from({ length: 9 }, () => setWall(100)))).toBe(0);
    expect(ageing(...Array.from({ length: 11 }, () => setWall(100)))).toBe(1100);
  });

  test('never backwards', () => {
    const now = createAgeClock();
    let last = now();
    for (const step of [setWall(-HOUR), pass(1), setWall(HOUR), setWall(-5000), pass(3), setWall(900)]) {
      step();
      expect(now()).toBeGreaterThanOrEqual(last);
      last = now();
    }
  });
});

test('the second clock is read at most once a millisecond', () => {
  const now = createAgeClock();
  const reads = jest.spyOn(performance, 'now').mockImplementation(() => monotonic);
  reads.mockClear();
  for (let calls = 0; calls < 100; calls += 1) now();
  expect(reads).not.toHaveBeenCalled();
  pass(1)();
  for (let calls = 0; calls < 100; calls += 1) now();
  expect(reads).toHaveBeenCalledTimes(1);
});
