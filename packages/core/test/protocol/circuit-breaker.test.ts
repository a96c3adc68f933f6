import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Attempt, createCircuitBreaker } from '../../src/protocol/circuit-breaker.ts';
import { failureOf } from '../failure.ts';

let now = 0;
let breaker: ReturnType<typeof createBreaker>;
beforeEach(() => {
  now = 1_000_000;
  breaker = createBreaker();
});

/** A breaker that knows the latest attempt of each key, so that tests can speak of keys. */
function createBreaker() {
  const circuit = createCircuitBreaker(() => now);
  const attempts = new Map<string, Attempt>();
  const attemptOf = (key: string): Attempt => attempts.get(key) ?? { key, isProbe: false };
  return {
    enter: (key: string) => void attempts.set(key, circuit.enter(key)),
    succeeded: (key: string) => circuit.succeeded(attemptOf(key)),
    refused: (key: string) => circuit.refused(attemptOf(key)),
    failed: (key: string) => circuit.failed(attemptOf(key)),
    abandoned: (key: string) => circuit.abandoned(attemptOf(key)),
    paused: (key: string, retryAfterMs: number) => circuit.paused(key, retryAfterMs),
    mayRetry: (key: string) => circuit.mayRetry(key),
    circuit,
  };
}

const keys = (count: number, prefix = 'key') => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const passes = (key = 'anybody'): boolean => {
  try {
    breaker.enter(key);
    return true;
  } catch {
    return false;
  }
};
const enter = (all: readonly string[]) => {
  for (const key of all) breaker.enter(key);
};
const fail = (all: readonly string[]) => {
  for (const key of all) breaker.failed(key);
};
const failCalls = (all: readonly string[]) => {
  for (const key of all) {
    breaker.enter(key);
    breaker.failed(key);
  }
};
const succeed = (all: readonly string[]) => {
  for (const key of all) {
    breaker.enter(key);
    breaker.succeeded(key);
  }
};
/** So many milliseconds until a call of this key passes. */
const waitFor = (key: string): number => {
  for (let waitedMs = 0; ; waitedMs += 10) {
    if (passes(key)) return waitedMs;
    now += 10;
  }
};

describe('F03: a circuit', () => {
  test('lets everything pass while it is closed, also after four failing keys', () => {
    failCalls(keys(4));
    expect(keys(3, 'other').map(passes)).toEqual([true, true, true]);
  });

  test('opens at the fifth failing key, and says for how long', () => {
    failCalls(keys(5));
    const error = failureOf(() => breaker.enter('anybody'));
    expect(error).toMatchObject({ code: 'token_endpoint_unavailable', retryable: true });
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(750);
    expect(error.retryAfterMs).toBeLessThanOrEqual(1000);
  });

  test('opens at the fifth failed call in a row of a client with one key', () => {
    failCalls(Array(4).fill('the client'));
    expect(passes('the client')).toBe(true);
    breaker.failed('the client');
    expect(passes('the client')).toBe(false);
  });

  test.each([
    ['that succeeds', (key: string) => breaker.succeeded(key)],
    ['that is refused', (key: string) => breaker.refused(key)],
  ])('counts only failures since the last request %s', (_name, answer) => {
    for (let round = 0; round < 2; round += 1) {
      failCalls(keys(4, `round-${round}`));
      breaker.enter('anybody');
      answer('anybody');
    }
    expect(passes()).toBe(true);
  });

  test('lets a single probe pass after a second', () => {
    failCalls(keys(5));
    now += 1000;
    expect(keys(3, 'other').map(passes)).toEqual([true, false, false]);
  });

  test('closes when the probe succeeds', () => {
    failCalls(keys(5));
    now += 1000;
    succeed(['anybody']);
    expect(keys(2, 'other').map(passes)).toEqual([true, true]);
  });

  test('lets the next probe pass when one was given up', () => {
    failCalls(keys(5));
    now += 1000;
    breaker.enter('anybody');
    breaker.abandoned('anybody');
    expect(keys(2, 'other').map(passes)).toEqual([true, false]);
  });

  test('stays open longer after each failed probe, but never more than four seconds', () => {
    failCalls(keys(5));
    const pauses = keys(6, 'probe').map((key) => {
      const waitedMs = waitFor(key);
      breaker.failed(key);
      return waitedMs;
    });
    expect(pauses[1]).toBeGreaterThan(1400);
    for (const pause of pauses.slice(2)) {
      expect(pause).toBeGreaterThan(2900);
      expect(pause).toBeLessThanOrEqual(4000);
    }
  });

  test('begins with a second again after it was closed', () => {
    failCalls(keys(5));
    for (const key of keys(3, 'probe')) {
      waitFor(key);
      breaker.failed(key);
    }
    waitFor('anybody');
    breaker.refused('anybody');
    failCalls(keys(5));
    expect(waitFor('anybody')).toBeLessThanOrEqual(1000);
  });

  test('opens once for requests that fail together', () => {
    enter(keys(64));
    fail(keys(64));
    expect(waitFor('anybody')).toBeLessThanOrEqual(1000);
  });
});

describe('F58: the trouble of one key is not that of the others', () => {
  test('one subject that fails all the time closes nothing to others that are asked for', () => {
    enter(keys(4, 'other'));
    failCalls(Array(200).fill('in trouble'));
    expect(passes('a stranger')).toBe(true);
  });

  test('a few subjects that fail all the time close it to themselves only, even if no other was asked for', () => {
    for (let call = 0; call < 50; call += 1) if (passes('in trouble')) breaker.failed('in trouble');
    expect([passes('in trouble'), passes('a stranger'), passes('another')]).toEqual([false, true, true]);
  });

  test('when the others fail too, it closes to all', () => {
    failCalls(Array(5).fill('in trouble'));
    failCalls(keys(3, 'other'));
    expect(passes('a stranger')).toBe(true);
    breaker.failed('a stranger');
    expect(passes('another')).toBe(false);
    now += 20_000;
    // The probe, and nobody beside it, although what failed is long ago.
    expect([passes('another'), passes('yet another')]).toEqual([true, false]);
  });

  test('an attempt that is to be retried is not a failure, and a key that fails again not a second one', () => {
    enter(keys(5));
    for (const key of keys(4)) {
      breaker.failed(key);
      breaker.failed(key);
    }
    expect(passes()).toBe(true);
    breaker.failed('key-4');
    expect(passes()).toBe(false);
  });

  test('fewer failing keys than half of those asked in the last ten seconds do not open it', () => {
    enter(keys(100));
    fail(keys(49));
    expect(passes('key-99')).toBe(true);
    breaker.failed('key-49');
    expect(passes('key-99')).toBe(false);
  });

  test('keys asked, and keys that failed, more than ten seconds ago do not count', () => {
    enter(keys(100, 'then'));
    fail(keys(10, 'then'));
    now += 10_000;
    enter(keys(8));
    fail(keys(4));
    expect(passes('key-0')).toBe(true);
    breaker.failed('key-4');
    expect(passes('key-0')).toBe(false);
  });

  test('a key that worked before is the probe immediately, and others wait for it', () => {
    succeed(['proven']);
    failCalls(keys(5));
    expect(passes('a stranger')).toBe(false);
    expect(passes('proven')).toBe(true);
    expect(passes('proven')).toBe(false);
    breaker.succeeded('proven');
    expect(passes('a stranger')).toBe(true);
  });

  test('a probe of a key that worked before and fails is not repeated by the next one', () => {
    succeed(['proven', 'proven too']);
    failCalls(keys(5));
    failCalls(['proven']);
    expect(passes('proven too')).toBe(false);
    expect(waitFor('proven too')).toBeGreaterThan(1400);
  });

  test('the probe is kept for a key that worked before, but for no longer than two seconds', () => {
    succeed(['proven']);
    failCalls(keys(5));
    now += 1999;
    expect(passes('a stranger')).toBe(false);
    now += 1;
    expect(passes('a stranger')).toBe(true);
  });

  test('where no key worked before, the probe is kept for one that has not failed', () => {
    failCalls(keys(5));
    now += 700;
    expect(passes('newcomer')).toBe(false);
    now += 300;
    // Those that fail all the time would take every probe.
    expect(keys(5).map(passes)).toEqual([false, false, false, false, false]);
    expect(passes('newcomer')).toBe(true);
  });

  test('but for no longer than two seconds after such a one came', () => {
    failCalls(keys(5));
    expect(passes('newcomer')).toBe(false);
    now += 1999;
    expect(passes('key-0')).toBe(false);
    now += 1;
    expect(passes('key-0')).toBe(true);
  });

  test('an old attempt of the key that probes says nothing of the probe', () => {
    const { circuit } = breaker;
    const old = circuit.enter('client');
    for (let call = 0; call < 5; call += 1) circuit.failed(circuit.enter('client'));
    now += 1000;
    const probe = circuit.enter('client');
    circuit.abandoned(old);
    expect(passes('client')).toBe(false);
    circuit.succeeded(probe);
    expect(passes('client')).toBe(true);
  });

  test('a key whose latest call failed is not one that worked before', () => {
    succeed(['proven']);
    failCalls([...keys(4), 'proven']);
    expect(passes('proven')).toBe(false);
    now += 1000;
    expect(passes('a stranger')).toBe(true);
  });

  test('a thousand keys are remembered at most', () => {
    succeed(['proven', ...keys(1000)]);
    enter(keys(1000, 'failing'));
    fail(keys(1000, 'failing'));
    expect(passes('proven')).toBe(false);
    expect(passes('key-999')).toBe(true);
  });
});

describe('F06: of many requests at the same time', () => {
  test('a few that fail before any other ends do not open the circuit, half of them do', () => {
    enter(keys(50));
    fail(keys(24));
    expect(passes('key-49')).toBe(true);
    breaker.failed('key-24');
    expect(passes('key-49')).toBe(false);
  });

  test('a request that succeeds late closes it again', () => {
    enter(keys(50));
    fail(keys(30));
    expect(passes('key-49')).toBe(false);
    breaker.succeeded('key-40');
    expect(passes('key-49')).toBe(true);
  });
});

describe('F07: Retry-After', () => {
  test('pauses the key that heard it, and no other', () => {
    breaker.enter('slow');
    breaker.paused('slow', 30_000);
    breaker.failed('slow');
    expect(passes('other')).toBe(true);
    now += 29_999;
    expect(failureOf(() => breaker.enter('slow'))).toMatchObject({ retryAfterMs: 1 });
    now += 1;
    expect(passes('slow')).toBe(true);
  });

  test('pauses the whole client when a second key hears it', () => {
    breaker.paused('slow', 30_000);
    breaker.paused('slow', 30_000);
    expect(passes('other')).toBe(true);
    breaker.paused('slow too', 20_000);
    expect(passes('other')).toBe(false);
    now += 19_999;
    expect(passes('other')).toBe(false);
    now += 1;
    expect(passes('other')).toBe(true);
    expect(passes('slow')).toBe(false);
  });

  test('that a second key hears when the pause of the first is over pauses only that key', () => {
    breaker.paused('slow', 30_000);
    now += 30_000;
    breaker.paused('slow too', 30_000);
    expect(passes('other')).toBe(true);
  });

  test('pauses for a minute at most, and for another one when it is repeated', () => {
    for (const key of ['one', 'two']) breaker.paused(key, 3_600_000);
    now += 59_999;
    expect(passes()).toBe(false);
    now += 1;
    expect(passes()).toBe(true);
    for (const key of ['one', 'two']) breaker.paused(key, 3_600_000);
    expect(passes()).toBe(false);
  });

  test('is not shortened because a shorter one was heard, or something succeeded', () => {
    for (const key of ['one', 'two']) breaker.paused(key, 30_000);
    breaker.paused('three', 1000);
    breaker.succeeded('four');
    now += 29_000;
    expect(passes()).toBe(false);
  });
});

describe('F06: the budget of retries', () => {
  const spend = (): number => {
    let spent = 0;
    while (breaker.mayRetry('anybody')) spent += 1;
    return spent;
  };

  test('begins with ten', () => {
    expect(spend()).toBe(10);
  });

  test('grows by a fifth of what succeeds, and not beyond ten', () => {
    spend();
    succeed(keys(20));
    expect(spend()).toBe(4);
    succeed(keys(1000));
    expect(spend()).toBe(10);
  });

  test('is of no use while the circuit is open', () => {
    failCalls(keys(5));
    expect(breaker.mayRetry('anybody')).toBe(false);
    now += 60_000;
    expect(breaker.mayRetry('anybody')).toBe(false);
  });

  test('F58: is of no use to a key whose latest call failed, which would use up that of the others', () => {
    enter(keys(4));
    breaker.failed('key-0');
    expect([breaker.mayRetry('key-0'), breaker.mayRetry('key-1')]).toEqual([false, true]);
  });

  test('is of no use while the key is paused', () => {
    breaker.paused('anybody', 1000);
    expect(breaker.mayRetry('anybody')).toBe(false);
    expect(breaker.mayRetry('another key')).toBe(true);
  });
});
