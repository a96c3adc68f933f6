const { createEgainAuth, EgainAuthError } = require('@egain-auth/core');
const adapter = require('@egain-auth/express');
const { createEgainEmulator } = require('@egain-auth/testing');

void (async () => {
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
})();
