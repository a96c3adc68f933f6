// The application against a real tenant: everything comes from the EGAIN_* variables of the README.
import { createEgainAuth, optionsFromEnv } from '@egain-auth/koa';
import { createApp } from './app.ts';

const egain = createEgainAuth(optionsFromEnv());
const port = Number(process.env['PORT'] ?? 3000);
const server = createApp(egain).listen(port, () => {
  process.stdout.write(`Self-service on port ${port}\n`);
});
process.on('SIGTERM', () => {
  // Connections that browsers and proxies keep end with their next answer, or when there is none.
  server.maxRequestsPerSocket = 1;
  server.keepAliveTimeout = 1;
  server.close(() => void egain.close());
});
