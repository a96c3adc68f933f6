import { afterAll, beforeAll, describe, test } from '@jest/globals';
import type { PlainHost } from '../plain-host.ts';
import { startGuardedHost } from './guarded-host.ts';
import { expectHarmless } from './harmless.ts';
import { METHODS, PATH_VARIANTS } from './paths.ts';
import { sendRaw } from './raw-client.ts';

let host: PlainHost;
beforeAll(async () => {
  host = await startGuardedHost();
});
afterAll(async () => host[Symbol.asyncDispose]());

describe.each(METHODS)('T053: %s of a guarded handler', (method) => {
  test.each(PATH_VARIANTS)('%s', async (target) => {
    expectHarmless(await sendRaw(host.baseUrl, { method, target }), host);
  });
});
