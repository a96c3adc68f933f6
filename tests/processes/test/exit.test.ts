import { createEgainEmulator } from '@egain-auth/testing';
import { describe, expect, test } from '@jest/globals';
import { startChild } from './child.ts';

/** What is left says more: a connection that is kept would be gone by then. */
const DEADLINE_MS = 30_000;

const FAILING_ONCE = 'a token whose first request fails';

describe('F55: a script that awaits something of ours', () => {
  test.each([
    [FAILING_ONCE, 'a token'],
    ['a token whose secret never comes', 'client_secret_unavailable'],
    ['a policy that never answers', 'subject_refused'],
  ])('is kept alive until it has an answer: %s', async (what, got) => {
    await using emulator = await createEgainEmulator({ users: [{ username: 'u1' }] }).listen();
    if (what === FAILING_ONCE) emulator.fail('token', { status: 503, times: 1 });
    await using child = startChild('script.js', JSON.stringify(emulator.config()), what);
    expect(await child.ended(DEADLINE_MS)).toEqual({ code: 0, signal: null, stderr: '' });
    expect(child.told('got')).toEqual([got]);
  });
});

test('F43: a renewal that nobody awaits keeps no process alive', async () => {
  await using emulator = await createEgainEmulator().listen();
  const options = JSON.stringify(emulator.config());
  await using child = startChild('script.js', options, 'a renewal that nobody awaits, whose secret never comes');
  expect(await child.ended(DEADLINE_MS)).toEqual({ code: 0, signal: null, stderr: '' });
  expect(child.told('got')).toEqual(['memory']);
});

describe('F43: a process that never calls close()', () => {
  test.each(['a token', 'a call of the API on behalf of somebody', 'a token that a store keeps'])(
    'ends by itself, with nothing left to keep it: %s',
    async (what) => {
      await using emulator = await createEgainEmulator({ users: [{ username: 'u1' }] }).listen();
      const options = JSON.stringify(emulator.config());
      await using child = startChild('script.js', options, what);
      expect(await child.ended(DEADLINE_MS)).toEqual({ code: 0, signal: null, stderr: '' });
      expect(child.told('left')).toEqual(['']);
    },
    60_000,
  );
});
