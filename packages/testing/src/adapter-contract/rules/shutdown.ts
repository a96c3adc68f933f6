import assert from 'node:assert/strict';
import { HOLD_HEADER, NAME_HEADER } from '../application.ts';
import type { AdapterRule } from '../rule.ts';

export const SHUTDOWN_RULES: readonly AdapterRule[] = [
  {
    id: 'SD01',
    text: 'requests under way when the application is closed MUST be answered',
    async check(start) {
      const world = await start();
      const headers = { [NAME_HEADER]: 'pa', [HOLD_HEADER]: 'yes' };
      const underWay = Array.from({ length: 20 }, () => world.send({ path: '/crm', headers }));
      await world.begun(underWay.length);
      const closed = world.host.close();
      world.release();
      const answers = await Promise.all(underWay);
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      await closed;
    },
  },
  {
    id: 'SD02',
    text: 'an application that is closed MUST NOT ask eGain for anything, and can be closed again',
    async check(start) {
      const world = await start();
      await world.send({ path: '/crm', headers: { [NAME_HEADER]: 'pa' } });
      await world.host.close();
      const before = world.emulator.journal().length;
      await assert.rejects(world.send({ path: '/crm', headers: { [NAME_HEADER]: 'pa' } }));
      await world.host.close();
      assert.equal(world.emulator.journal().length, before);
    },
  },
  {
    id: 'SD03',
    text: 'an application that is closed MUST have closed its instance: instance_closed for each further token, and eGain not asked',
    async check(start) {
      const world = await start();
      const { egain } = world.host;
      await world.host.close();
      await assert.rejects(egain.getToken({ type: 'anonymous-customer' }, { scope: ['knowledge.portalmgr.read'] }), {
        code: 'instance_closed',
      });
      assert.deepEqual(world.emulator.journal(), []);
    },
  },
];
