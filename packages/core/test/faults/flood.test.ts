import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, jest, test } from '@jest/globals';
import { createMemorySessionStore } from '../../src/index.ts';
import { sized } from '../load-size.ts';
import { hostsToClose } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

const HITS = sized({ sample: 1000, full: 3000 });

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('F49: a flood of logins and callbacks of nobody leaves nothing behind, in no store and at no server of eGain’s', async () => {
  const store = createMemorySessionStore();
  const calls = (['get', 'set', 'update', 'claim', 'delete'] as const).map((name) => jest.spyOn(store, name));
  const { egain, emulator } = await start({ session: { secret: 'a session secret of more than 32 bytes', store } });
  const reply = { headersSent: false, appendHeader: () => {}, send: () => {} };
  const hit = (url: string) => egain.handle({ method: 'GET', url, headers: {} }, reply).catch((error: Error) => error);

  const flood = async () => {
    for (let index = 0; index < HITS; index += 1) {
      expect(await hit('/auth/login?returnTo=/desk')).toMatchObject({ status: 303 });
      expect(await hit(`/auth/callback?code=c${index}&state=s${index}`)).toMatchObject({ code: 'login_expired' });
    }
  };
  await flood();
  const before = heapInUse();
  await flood();
  // Each round has two hits; a kilobyte that is kept for each hit would be twice this.
  expect(heapInUse() - before).toBeLessThan(HITS * 1024);
  for (const call of calls) expect(call).not.toHaveBeenCalled();
  expect(emulator.journal()).toEqual([]);
});
