import { beforeEach, describe, expect, test } from '@jest/globals';
import { type CircuitBreaker, createCircuitBreaker } from '../../src/protocol/circuit-breaker.ts';
import { failureOf } from '../failure.ts';

let now = 0;
let breaker: CircuitBreaker;
beforeEach(() => {
  now = 1_000_000;
  breaker = createCircuitBreaker(() => now);
});

const passes = (): boolean => {
  try {
    breaker.enter();
    return true;
  } catch {
    return false;
  }
};
const enter = (times: number) => {
  for (let time = 0; time < times; time += 1) breaker.enter();
};
const fail = (times: number, retryAfterMs?: number) => {
  for (let time = 0; time < times; time += 1) breaker.failed(retryAfterMs);
};

describe('F03: a circuit', () => {
  test('lets everything pass while it is closed, also after four failures', () => {
    fail(4);
    expect([passes(), passes(), passes()]).toEqual([true, true, true]);
  });

  test('opens at the fifth failure in a row, and says for how long', () => {
    fail(5);
    const error = failureOf(() => breaker.enter());
    expect(error).toMatchObject({ code: 'token_endpoint_unavailable', retryable: true });
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(750);
    expect(error.retryAfterMs).toBeLessThanOrEqual(1000);
  });

  test('counts only failures in a row', () => {
    const failInTurn = () => {
      for (let time = 0; time < 4; time += 1) {
        breaker.enter();
        breaker.failed(undefined);
      }
    };
    failInTurn();
    breaker.enter();
    breaker.succeeded();
    failInTurn();
    expect(passes()).toBe(true);
  });

  test('lets a single probe pass after a second', () => {
    fail(5);
    now += 1000;
    expect([passes(), passes(), passes()]).toEqual([true, false, false]);
  });

  test('closes when the probe succeeds', () => {
    fail(5);
    now += 1000;
    breaker.enter();
    breaker.succeeded();
    expect([passes(), passes()]).toEqual([true, true]);
  });

  test('lets the next probe pass when one was given up', () => {
    fail(5);
    now += 1000;
    breaker.enter();
    breaker.abandoned();
    expect([passes(), passes()]).toEqual([true, false]);
  });

  test('stays open longer after each failed probe, but never more than four seconds', () => {
    fail(5);
    const pauses: number[] = [];
    for (let probe = 0; probe < 6; probe += 1) {
      let pause = 0;
      for (; !passes(); pause += 10) now += 10;
      pauses.push(pause);
      breaker.failed(undefined);
    }
    expect(pauses[1]).toBeGreaterThan(1400);
    for (const pause of pauses.slice(2)) {
      expect(pause).toBeGreaterThan(2900);
      expect(pause).toBeLessThanOrEqual(4000);
    }
  });

  test('begins with a second again after it was closed', () => {
    fail(5);
    for (let probe = 0; probe < 3; probe += 1) {
      while (!passes()) now += 100;
      breaker.failed(undefined);
    }
    while (!passes()) now += 100;
    breaker.succeeded();
    fail(5);
    now += 1000;
    expect(passes()).toBe(true);
  });

  test('opens once for requests that fail together', () => {
    fail(64);
    now += 1000;
    expect(passes()).toBe(true);
  });
});

describe('F06: of many requests at once', () => {
  test('a few that fail before any other ends do not open the circuit, half of them do', () => {
    enter(50);
    fail(16);
    expect(passes()).toBe(true);
    fail(1);
    expect(passes()).toBe(false);
  });

  test('those that fail after the last that succeeded do not either, but five more do', () => {
    enter(50);
    for (let time = 0; time < 40; time += 1) breaker.succeeded();
    fail(10);
    enter(4);
    fail(4);
    expect(passes()).toBe(true);
    fail(1);
    expect(passes()).toBe(false);
  });
});

describe('F07: an endpoint that says when to come back', () => {
  test('is left alone that long, from the first time it says so', () => {
    breaker.failed(30_000);
    now += 29_999;
    expect(failureOf(() => breaker.enter())).toMatchObject({ retryAfterMs: 1000 });
    now += 1;
    expect(passes()).toBe(true);
  });

  test('is not asked sooner because something else failed', () => {
    breaker.failed(30_000);
    breaker.failed(1000);
    fail(10);
    breaker.succeeded();
    now += 29_000;
    expect(passes()).toBe(false);
  });
});

describe('F06: the budget of retries', () => {
  const spend = (): number => {
    let spent = 0;
    while (breaker.mayRetry()) spent += 1;
    return spent;
  };

  test('begins with ten', () => {
    expect(spend()).toBe(10);
  });

  test('grows by a fifth of what succeeds, and not beyond ten', () => {
    spend();
    for (let success = 0; success < 20; success += 1) breaker.succeeded();
    expect(spend()).toBe(4);
    for (let success = 0; success < 1000; success += 1) breaker.succeeded();
    expect(spend()).toBe(10);
  });

  test('is of no use while the circuit is open', () => {
    fail(5);
    expect(breaker.mayRetry()).toBe(false);
    now += 60_000;
    expect(breaker.mayRetry()).toBe(false);
  });

  test('is of no use while the endpoint is to be left alone', () => {
    breaker.failed(1000);
    expect(breaker.mayRetry()).toBe(false);
  });
});
