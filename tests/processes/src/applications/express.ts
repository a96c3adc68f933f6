import type { AddressInfo } from 'node:net';
import { createEgainAuth, egainAuth, egainErrorHandler, onBehalfOf } from '@egain-auth/express';
import express from 'express';
import { tell } from '../tell.ts';
import { options, SCOPE, subjectOf, work, workAfterClose } from '../work.ts';

const egain = createEgainAuth(options());
const app = express();
app.use(egainAuth(egain));
app.get(
  '/jobs/:id',
  onBehalfOf(({ params }) => subjectOf(String(params['id'])), { scope: SCOPE }),
  async (req, res) => {
    res.send(await work(req.egain, String(req.params['id'])));
  },
);
app.use(egainErrorHandler());

const server = app.listen(0, '127.0.0.1', () => tell('port', (server.address() as AddressInfo).port));
process.on('SIGTERM', () => {
  server.maxRequestsPerSocket = 1;
  server.keepAliveTimeout = 1;
  server.close(() => void egain.close());
});
server.once('close', () => setImmediate(() => void workAfterClose(egain)));
