import assert from 'node:assert/strict';
import { NAME_HEADER, ON_BEHALF_OF } from '../application.ts';
import type { AdapterRule } from '../rule.ts';
import type { World } from '../world.ts';
import { errorCodeOf } from './expect.ts';

const as = (name: string) => ({ [NAME_HEADER]: name });

/** A real user of the emulator. */
const nameOf = ({ emulator }: World, index: number): string => {
  const name = emulator.users[index]?.username;
  assert(name !== undefined, 'the emulator has not enough users');
  return name;
};

export const ON_BEHALF_OF_RULES: readonly AdapterRule[] = [
  {
    id: 'OB01',
    text: 'each request MUST act on behalf of whom it names',
    async check(start) {
      const world = await start();
      for (const name of [nameOf(world, 0), nameOf(world, 1), nameOf(world, 0)]) {
        assert.equal((await world.send({ path: '/crm', headers: as(name) })).status, 200);
        const [call] = world.emulator.journal('api').slice(-1);
        assert.deepEqual([call?.actor, call?.subject], ['on-behalf-of-user', name]);
      }
    },
  },
  {
    id: 'OB02',
    text: 'a request that names nobody MUST be 403, and MUST NOT use another token instead',
    async check(start) {
      const world = await start();
      await world.signIn();
      const before = world.emulator.journal().length;
      const answer = await world.send({ path: '/crm' });
      assert.deepEqual([answer.status, errorCodeOf(answer)], [403, 'invalid_subject']);
      assert.equal(world.emulator.journal().length, before);
    },
  },
  {
    id: 'OB03',
    text: 'a subject that authorizeSubject does not allow MUST be 403, and eGain MUST NOT be asked',
    async check(start) {
      const world = await start({ options: { authorizeSubject: (subject) => subject.value !== 'pa' } });
      const answer = await world.send({ path: '/crm', headers: as('pa') });
      assert.deepEqual([answer.status, errorCodeOf(answer)], [403, 'subject_refused']);
      assert.deepEqual(world.emulator.journal(), []);
      assert.equal((await world.send({ path: '/crm', headers: as(nameOf(world, 1)) })).status, 200);
    },
  },
  {
    id: 'OB04',
    text: 'eager: a refusal MUST come before the handler runs',
    async check(start) {
      const world = await start({ options: { authorizeSubject: () => false } });
      const answer = await world.send({ path: '/crm/eager', headers: as('pa') });
      assert.deepEqual([answer.status, world.log], [403, []]);
    },
  },
  {
    id: 'OB05',
    text: 'a token that the handler does not use MUST NOT be asked for',
    async check(start) {
      const world = await start();
      const { json } = await world.send({ path: '/crm/idle', headers: as('pa') });
      assert.equal((json as { actor: string }).actor, 'on-behalf-of');
      assert.deepEqual(world.emulator.journal('token'), []);
      await world.send({ path: '/crm/eager', headers: as('pa') });
      assert.equal(world.emulator.journal('token').length, 1);
    },
  },
  {
    id: 'OB06',
    text: 'many requests for one subject MUST make one token request',
    async check(start) {
      const world = await start();
      const headers = as(nameOf(world, 0));
      await Promise.all(Array.from({ length: 20 }, () => world.send({ path: '/crm', headers })));
      assert.equal(world.emulator.journal('token').length, 1);
      assert.equal(world.emulator.journal('api').length, 20);
    },
  },
  {
    id: 'OB07',
    text: 'the scopes of the middleware MUST be the ones that are asked for',
    async check(start) {
      const world = await start();
      await world.send({ path: '/crm', headers: as(nameOf(world, 0)) });
      const [request] = world.emulator.journal('token');
      assert.deepEqual(request?.parameters['scope']?.split(' ').sort(), [...ON_BEHALF_OF]);
    },
  },
  {
    id: 'OB08',
    text: 'acting on behalf of somebody MUST leave the session whose it was',
    async check(start) {
      const world = await start();
      await world.signIn('user');
      const other = nameOf(world, 1);
      assert.equal((await world.send({ path: '/crm/guarded', headers: as(other) })).status, 200);
      assert.equal(world.emulator.journal('api').at(-1)?.subject, other);
      await world.send({ path: '/me' });
      assert.equal(world.emulator.journal('api').at(-1)?.subject, nameOf(world, 0));
    },
  },
  {
    id: 'OB09',
    text: 'a guard in front MUST come first: no subject is asked for while nobody is signed in',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/crm/guarded', headers: as('pa') });
      assert.deepEqual([answer.status, errorCodeOf(answer)], [401, 'login_required']);
      assert.deepEqual(world.emulator.journal(), []);
    },
  },
];
