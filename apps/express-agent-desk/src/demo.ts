// npm run demo: the application beside an eGain of its own. With --check: every flow once, without a browser.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainAuth } from '@egain-auth/express';
import { createEgainEmulator, type EgainEmulator } from '@egain-auth/testing';
import { createApp } from './app.ts';
import { checkFlows } from './check.ts';
import { EMPLOYEES } from './crm.ts';

const emulator = await createEgainEmulator({ refreshTokens: 'rotating' }).listen();
if (process.argv.includes('--check')) {
  process.exitCode = (await checkFlows(emulator, (line) => process.stdout.write(`${line}\n`))) ? 0 : 1;
  await emulator.close();
} else {
  const server = await listen(Number(process.env['PORT'] ?? 3000));
  // `localhost`, while the emulator is on 127.0.0.1: cookies ignore ports, so two hosts keep them apart.
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
  const egain = createEgainAuth({
    ...emulator.config({ baseUrl }),
    authorizeSubject: (subject) => EMPLOYEES.includes(subject.value),
  });
  server.on('request', createApp(egain, { employees: EMPLOYEES }));
  process.stdout.write(describe(emulator, baseUrl));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
      void Promise.all([egain.close(), emulator.close()]);
    });
  }
}

/** On this port, or on any free one when it is taken. */
async function listen(port: number): Promise<Server> {
  const server = createServer();
  const attempt = (on: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(on, 'localhost', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await attempt(port).catch(() => attempt(0));
  return server;
}

function describe({ loginUrl, apiUrl, users, customers }: EgainEmulator, baseUrl: string): string {
  const people = [...users.map(({ username, password }) => ['agent', username, password])].concat(
    customers.map(({ email, password }) => ['customer', email, password]),
  );
  return `
  Agent desk       ${baseUrl}
  eGain, sign-in   ${loginUrl}
  eGain, APIs      ${apiUrl}

  Sign in as
${people.map(([kind = '', name = '', password]) => `    ${kind.padEnd(9)} ${name.padEnd(26)} ${password}`).join('\n')}

  Ctrl+C ends it. Every flow without a browser: npm run demo -- --check

`;
}
