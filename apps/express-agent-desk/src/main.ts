// The application against a real tenant: everything comes from the EGAIN_* variables of the README.
import { createEgainAuth, optionsFromEnv } from '@egain-auth/express';
import { createApp } from './app.ts';
import { EMPLOYEES } from './crm.ts';

const egain = createEgainAuth({
  ...optionsFromEnv(),
  // The CRM may act for its own employees and for nobody else.
  authorizeSubject: (subject) => EMPLOYEES.includes(subject.value),
});
const port = Number(process.env['PORT'] ?? 3000);
createApp(egain).listen(port, () => {
  process.stdout.write(`Agent desk on port ${port}\n`);
});
