import { describe, expect, jest, test } from '@jest/globals';
import { startFlight } from '../../src/tokens/flight.ts';

/** A flight whose work a test ends as it likes. */
function flightInHand() {
  let land: (value: string) => void = () => {};
  let crash: (reason: unknown) => void = () => {};
  let stopped: unknown;
  const onAbandoned = jest.fn();
  const flight = startFlight<string>((signal) => {
    signal.addEventListener('abort', () => (stopped = signal.reason));
    return new Promise((resolve, reject) => {
      land = resolve;
      crash = reject;
    });
  }, onAbandoned);
  return { flight, land: (value: string) => land(value), crash, onAbandoned, stopReason: () => stopped };
}

const outcomesOf = (waiters: readonly Promise<unknown>[]) =>
  Promise.all(
    waiters.map((waiter) =>
      waiter.then(
        (value) => value,
        (reason: unknown) => reason,
      ),
    ),
  );

describe('R12: whoever waits', () => {
  test('hears what came of the work, with and without a signal', async () => {
    const { flight, land } = flightInHand();
    const waiters = [flight.join(), flight.join(new AbortController().signal), flight.join()];
    land('token');
    expect(await outcomesOf(waiters)).toEqual(['token', 'token', 'token']);
  });

  test('hears why it failed', async () => {
    const failure = new Error('down');
    const flight = startFlight(() => Promise.reject(failure), jest.fn());
    expect(await outcomesOf([flight.join(), flight.join(new AbortController().signal)])).toEqual([failure, failure]);
  });

  test('may leave, with its own reason, and the others stay: also the first', async () => {
    const { flight, land, onAbandoned, stopReason } = flightInHand();
    const first = new AbortController();
    const last = new AbortController();
    const waiters = [flight.join(first.signal), flight.join(), flight.join(last.signal)];
    first.abort('first has enough');
    last.abort('last has enough');
    await outcomesOf([waiters[0] as Promise<string>, waiters[2] as Promise<string>]);
    land('token');
    expect(await outcomesOf(waiters)).toEqual(['first has enough', 'token', 'last has enough']);
    expect(onAbandoned).not.toHaveBeenCalled();
    expect(stopReason()).toBeUndefined();
  });

  test('stops the work by leaving last', async () => {
    const { flight, onAbandoned, stopReason } = flightInHand();
    const [one, other] = [new AbortController(), new AbortController()];
    const waiters = [flight.join(one.signal), flight.join(other.signal)];
    one.abort('one');
    expect(stopReason()).toBeUndefined();
    other.abort('other');
    expect(stopReason()).toBe('other');
    expect(onAbandoned).toHaveBeenCalledTimes(1);
    expect(await outcomesOf(waiters)).toEqual(['one', 'other']);
  });

  test('without a signal stays to the end, so the work is not stopped', async () => {
    const { flight, land, stopReason } = flightInHand();
    const impatient = new AbortController();
    const waiters = [flight.join(), flight.join(impatient.signal)];
    impatient.abort('enough');
    land('token');
    expect(await outcomesOf(waiters)).toEqual(['token', 'enough']);
    expect(stopReason()).toBeUndefined();
  });

  test('with a signal that is aborted already leaves at once', async () => {
    const { flight, onAbandoned } = flightInHand();
    expect(await outcomesOf([flight.join(AbortSignal.abort('too late'))])).toEqual(['too late']);
    expect(onAbandoned).toHaveBeenCalledTimes(1);
  });

  test('leaves no listener behind', async () => {
    const { flight, land } = flightInHand();
    const { signal } = new AbortController();
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    const waiter = flight.join(signal);
    land('token');
    await waiter;
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });

  test('leaves after the end without any effect', async () => {
    const { flight, land, onAbandoned, stopReason } = flightInHand();
    const { signal, abort } = (() => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort('late') };
    })();
    const waiter = flight.join(signal);
    land('token');
    await waiter;
    abort();
    expect(onAbandoned).not.toHaveBeenCalled();
    expect(stopReason()).toBeUndefined();
  });
});

describe('a cancelled flight', () => {
  test('tells everybody why, at once, and stops the work', async () => {
    const { flight, stopReason } = flightInHand();
    const waiters = [flight.join(), flight.join(new AbortController().signal)];
    flight.cancel('revoked');
    expect(await outcomesOf(waiters)).toEqual(['revoked', 'revoked']);
    expect(stopReason()).toBe('revoked');
  });

  test('does not care what the work says afterwards', async () => {
    const { flight, land } = flightInHand();
    const waiter = flight.join();
    flight.cancel('revoked');
    land('token');
    expect(await outcomesOf([waiter])).toEqual(['revoked']);
  });
});

test('R4: a failure that nobody waits for is no unhandled rejection', async () => {
  const unhandled = jest.fn();
  process.on('unhandledRejection', unhandled);
  startFlight(() => Promise.reject(new Error('down')), jest.fn());
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
