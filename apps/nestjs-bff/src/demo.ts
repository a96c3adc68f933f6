// npm run demo -- --app nestjs: the application beside an eGain and a partner of its own.

import { PARTNER_PEOPLE } from './demo-partner.ts';
import { EMPLOYEES, startDemo } from './start-demo.ts';

const demo = await startDemo(Number(process.env['PORT'] ?? 3000));
const { baseUrl, partnerUrl, emulator } = demo;
process.stdout.write(`
  BFF              ${baseUrl}
  eGain, sign-in   ${emulator.loginUrl}
  eGain, APIs      ${emulator.apiUrl}
  Partner          ${partnerUrl}

  Sign in as
${emulator.users.map(({ username, password }) => `    agent     ${username.padEnd(26)} ${password}`).join('\n')}
    CRM       ${EMPLOYEES.join(', ')}
    partner   ${PARTNER_PEOPLE.join(', ')}

  Ctrl+C ends it.

`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void demo[Symbol.asyncDispose]());
}
