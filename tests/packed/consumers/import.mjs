import { createEgainAuth, EgainAuthError } from '@egain-auth/core';
import * as adapter from '@egain-auth/express';
import { createEgainEmulator } from '@egain-auth/testing';

const emulator = await createEgainEmulator().listen();
const egain = createEgainAuth({ ...emulator.config(), authorizeSubject: () => true });
const token = await egain.getToken({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] });
const refusal = await egain.onBehalfOf(adapter.user({ username: 'nobody' }), { scope: [] }).catch((error) => error);
console.log(
  JSON.stringify({
    scope: [...token.scope],
    refusal: [refusal.code, refusal instanceof EgainAuthError, refusal instanceof adapter.EgainAuthError],
    middleware: typeof adapter.egainAuth(egain),
  }),
);
await egain.close();
await emulator.close();
