import { setTimeout as sleep } from 'node:timers/promises';
import { createEgainEmulator } from '@egain-auth/testing';
import { describe, expect, test } from '@jest/globals';
import { startChild } from './child.ts';
import { startLoad } from './load.ts';

/** By which everything that was under way has ended. */
const DRAIN_DEADLINE_MS = 10_000;
const DONE = { code: 0, signal: null };

/** How each ends, by itself, when it is told to: Nest with the signal that it got. */
const APPLICATIONS = [
  { name: 'Express', file: 'applications/express.js', args: [], end: DONE },
  { name: 'Koa', file: 'applications/koa.js', args: [], end: DONE },
  { name: 'Nest on Express', file: 'applications/nest.js', args: ['express'], end: { code: null, signal: 'SIGTERM' } },
  { name: 'Nest on Fastify', file: 'applications/nest.js', args: ['fastify'], end: { code: null, signal: 'SIGTERM' } },
] as const;

describe('F42: SIGTERM under load', () => {
  test.each(APPLICATIONS)(
    '$name: answers what it was asked, then asks eGain for nothing more, and ends',
    async (application) => {
      await using emulator = await createEgainEmulator({
        users: Array.from({ length: 200 }, (_, index) => ({ username: `u${index}` })),
      }).listen();
      const options = JSON.stringify(emulator.config());
      await using child = startChild(application.file, options, ...application.args);
      await using load = startLoad(`http://127.0.0.1:${await child.hears('port')}`);
      await child.hears('received', 200);

      const underWay = load.underWay();
      // Again while they are answered: somebody is impatient.
      for (let attempt = 0; attempt < 3; attempt += 1) {
        child.signal('SIGTERM');
        await sleep(10);
      }
      await child.hears('closed');
      const tokenRequests = emulator.journal('token').length;
      const ending = await child.ended(DRAIN_DEADLINE_MS);
      await load.stop();

      expect(underWay).toBeGreaterThan(5);
      // Whatever it did not receive, on a connection that just ended, is not answered, and can be sent again.
      const outcomes = child.told('received').map((id) => [id, load.outcomes.get(id)]);
      expect(outcomes.filter(([id, outcome]) => outcome !== `200 ${id}`)).toEqual([]);
      expect(child.told('afterwards')).toEqual(Array.from({ length: 10 }, () => 'instance_closed'));
      expect(emulator.journal('token')).toHaveLength(tokenRequests);
      expect(ending).toEqual({ ...application.end, stderr: '' });
    },
    60_000,
  );
});
