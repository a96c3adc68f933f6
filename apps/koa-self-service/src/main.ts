// The application against a real tenant: everything comes from the EGAIN_* variables of the README.
import { createEgainAuth, optionsFromEnv } from '@egain-auth/koa';
import { createApp } from './app.ts';

const port = Number(process.env['PORT'] ?? 3000);
createApp(createEgainAuth(optionsFromEnv())).listen(port, () => {
  process.stdout.write(`Self-service on port ${port}\n`);
});
