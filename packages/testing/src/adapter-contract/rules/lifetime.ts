import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestContext } from '@egain-auth/core';
import { NAME_HEADER } from '../application.ts';
import type { AdapterRule } from '../rule.ts';
import type { World } from '../world.ts';

const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
const ENDED = { code: 'request_ended' };

/** Everything that acts for the request, also as an actor that is always there. */
const callsOf = (egain: RequestContext): (() => Promise<unknown>)[] => [
  () => egain.getToken(),
  () => egain.api.get(MY_DETAILS),
  () =>
    egain
      .apiAs({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] })
      .get('/knowledge/portalmgr/v4/portals/PROD-1000'),
  () => egain.apiAs(['user', 'anonymous-customer']).get(MY_DETAILS),
  () => egain.login(),
  () => egain.logout(),
];

async function assertOver(world: World): Promise<RequestContext> {
  const kept = world.contexts.at(-1);
  assert(kept);
  const asked = world.emulator.journal().length;
  for (const call of callsOf(kept)) await assert.rejects(call, ENDED);
  assert.equal(world.emulator.journal().length, asked);
  return kept;
}

/** Resolves when the text of an answer that goes on says so. */
async function readUntil(message: IncomingMessage, end: string): Promise<void> {
  let text = '';
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.endsWith(end)) return;
  }
  assert.fail(`the answer ended with ${text}`);
}

export const LIFETIME_RULES: readonly AdapterRule[] = [
  {
    id: 'LT01',
    text: 'after the response the context of its request MUST be over: every call rejects with request_ended, and eGain is not asked',
    async check(start) {
      const world = await start();
      await world.signIn();
      await world.send({ path: '/any' });
      const kept = await assertOver(world);
      assert.equal(kept.isAuthenticated, true);
      assert.equal(kept.actor?.type, 'session');
      await world.send({ path: '/crm/idle', headers: { [NAME_HEADER]: 'pa' } });
      assert.equal((await assertOver(world)).actor?.type, 'on-behalf-of');
    },
  },
  {
    id: 'LT02',
    text: 'a call that began before its response was over MUST go on',
    async check(start) {
      const world = await start();
      await world.signIn();
      assert.equal((await world.send({ path: '/late/started' })).text, 'accepted');
      const kept = world.contexts.at(-1);
      while (kept?.ledger.length === 0) await sleep(5);
      assert.equal(kept?.ledger[0]?.status, 200);
    },
  },
  {
    id: 'LT03',
    text: 'a stream’s context MUST last as long as the stream, and be over when the reader leaves',
    async check(start) {
      const world = await start();
      await world.signIn();
      const reader: ClientRequest = request(`${world.baseUrl}/late/events`, { headers: { cookie: world.cookie() } });
      const [message] = (await once(reader.end(), 'response')) as [IncomingMessage];
      await readUntil(message, ' called');
      const kept = world.contexts.at(-1);
      assert.equal((await kept?.getToken())?.scope.size !== 0, true);
      reader.destroy();
      // The server hears of it a moment later.
      const isOver = () =>
        kept?.getToken().then(
          () => false,
          () => true,
        );
      while (!(await isOver())) await sleep(5);
      await assertOver(world);
    },
  },
  {
    id: 'LT04',
    text: 'work after the response MUST be able to name its actor, also the person who was signed in',
    async check(start) {
      const world = await start();
      await world.signIn();
      await world.send({ path: '/any' });
      const actor = world.contexts.at(-1)?.actor;
      assert(actor);
      await world.host.egain.api(actor).get(MY_DETAILS);
      assert.equal(world.emulator.journal('api').at(-1)?.actor, 'user');
    },
  },
];
