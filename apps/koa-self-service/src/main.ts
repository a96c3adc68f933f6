// The application against a real tenant: everything comes from the EGAIN_* variables of the README.
import { optionsFromEnv } from '@egain-auth/koa';
import { start } from './start.ts';

const port = Number(process.env['PORT'] ?? 3000);
const { server, egain } = await start(optionsFromEnv(), port, process.env['HOST']);
process.stdout.write(`Self-service on port ${port}\n`);
process.on('SIGTERM', () => {
  // Connections that browsers and proxies keep end with their next answer, or when there is none.
  server.maxRequestsPerSocket = 1;
  server.keepAliveTimeout = 1;
  server.close(() => void egain.close());
});
