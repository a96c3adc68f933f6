import { afterEach, expect, jest, test } from '@jest/globals';
import { createMemorySessionStore, type HttpResponse } from '../../src/index.ts';
import { sized } from '../load-size.ts';
import { heapInUse } from '../measure.ts';
import { hostsToClose } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

const HITS = sized({ sample: 1000, full: 3000 });

test('T013, F49: a flood of logins and callbacks, also of logins that the same client started, leaves nothing behind, in no store and at no server of eGain’s', async () => {
  const store = createMemorySessionStore();
  const calls = (['get', 'set', 'replace', 'claim', 'release', 'delete'] as const).map((name) =>
    jest.spyOn(store, name),
  );
  const { egain, emulator } = await start({ session: { secret: 'a session secret of more than 32 bytes', store } });
  const reply = { headersSent: false, appendHeader: () => {}, send: () => {} };
  const hit = (url: string, cookie = '') =>
    egain.handle({ method: 'GET', url, headers: { cookie } }, reply).catch((error: Error) => error);

  const flood = async () => {
    for (let index = 0; index < HITS; index += 1) {
      const login = await hit('/auth/login?returnTo=/desk');
      expect(login).toMatchObject({ status: 303 });
      const { location, 'set-cookie': cookies } = (login as HttpResponse).headers;
      const state = new URL(String(location)).searchParams.get('state');
      const own = [cookies]
        .flat()
        .map((line) => String(line).split(';', 1).join(''))
        .join('; ');
      expect(await hit(`/auth/callback?error=access_denied&state=${state}`, own)).toMatchObject({
        code: 'login_refused',
      });
      expect(await hit(`/auth/callback?code=c${index}&state=s${index}`)).toMatchObject({ code: 'login_expired' });
    }
  };
  await flood();
  const before = heapInUse();
  await flood();
  // Each round has three hits; a kilobyte that is kept for each hit would be twice this.
  expect(heapInUse() - before).toBeLessThan(HITS * 1024);
  for (const call of calls) expect(call).not.toHaveBeenCalled();
  expect(emulator.journal()).toEqual([]);
});
