import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createEgainEmulator, type EgainEmulator } from '../src/index.ts';
import { MY_DETAILS } from './core-client.ts';

let emulator: EgainEmulator;
beforeAll(async () => {
  emulator = await createEgainEmulator().listen();
});
afterAll(() => emulator.close());

async function actorOf(token: string) {
  const headers = { authorization: `Bearer ${token}`, 'accept-language': 'en-US' };
  const { status } = await fetch(`${emulator.apiUrl}${MY_DETAILS}`, { headers });
  const { actor, subject } = emulator.journal('api').at(-1) ?? {};
  return { status, actor, subject };
}

test('is of the first user, or whom it names', async () => {
  expect(await actorOf(await emulator.issueToken())).toEqual({ status: 200, actor: 'user', subject: 'pa' });
  const named = await emulator.issueToken({ name: 'tom.agent' });
  expect(await actorOf(named)).toEqual({ status: 200, actor: 'user', subject: 'tom.agent' });
  const customer = await emulator.issueToken({ persona: 'customer' });
  expect(await actorOf(customer)).toMatchObject({ actor: 'customer', subject: 'jane.doe@example.com' });
});

test('has the scopes that it names', async () => {
  expect(await actorOf(await emulator.issueToken({ scope: ['core.casemgr.manage'] }))).toMatchObject({ status: 403 });
});

test('is of nobody who is not seeded', async () => {
  await expect(emulator.issueToken({ name: 'jane.doe@example.com' })).rejects.toThrow(TypeError);
  await expect(emulator.issueToken({ persona: 'customer', name: 'pa' })).rejects.toThrow('No customer pa is seeded.');
});
