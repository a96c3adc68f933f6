// npm run demo -- --app koa: the application beside an eGain of its own.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainAuth } from '@egain-auth/koa';
import { createEgainEmulator } from '@egain-auth/testing';
import { createApp } from './app.ts';

const emulator = await createEgainEmulator().listen();
const server = createServer();
const listen = (port: number) => once(server.listen(port, 'localhost'), 'listening');
await listen(Number(process.env['PORT'] ?? 3000)).catch(() => listen(0));
// `localhost`, while the emulator is on 127.0.0.1: cookies ignore ports, so two hosts keep them apart.
const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
const egain = createEgainAuth({
  ...emulator.config({ baseUrl }),
  // Nobody but customers signs in here.
  login: { customer: { scope: ['knowledge.portalmgr.read'] } },
});
const answer = createApp(egain).callback();
server.on('request', (request, response) => void answer(request, response));

process.stdout.write(`
  Self-service     ${baseUrl}
  eGain, sign-in   ${emulator.loginUrl}
  eGain, APIs      ${emulator.apiUrl}

  Sign in as
${emulator.customers.map(({ email, password }) => `    ${email.padEnd(26)} ${password}`).join('\n')}

  Ctrl+C ends it.

`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    void Promise.all([egain.close(), emulator.close()]);
  });
}
