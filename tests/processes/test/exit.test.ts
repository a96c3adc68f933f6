import { createEgainEmulator } from '@egain-auth/testing';
import { describe, expect, test } from '@jest/globals';
import { startChild } from './child.ts';

/** What is left says more: a connection that is kept would be gone by then. */
const DEADLINE_MS = 30_000;

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
