import type { AddressInfo } from 'node:net';
import { createEgainAuth, egainAuth, egainErrorHandler, onBehalfOf } from '@egain-auth/koa';
import Koa from 'koa';
import { tell } from '../tell.ts';
import { options, SCOPE, subjectOf, work, workAfterClose } from '../work.ts';

const egain = createEgainAuth(options());
const idOf = (path: string) => path.replace('/jobs/', '');
const app = new Koa();
app.use(egainErrorHandler());
app.use(egainAuth(egain));
app.use(onBehalfOf(({ path }) => subjectOf(idOf(path)), { scope: SCOPE }));
app.use(async (ctx) => {
  ctx.body = await work(ctx.egain, idOf(ctx.path));
});

const server = app.listen(0, '127.0.0.1', () => tell('port', (server.address() as AddressInfo).port));
process.on('SIGTERM', () => {
  server.maxRequestsPerSocket = 1;
  server.keepAliveTimeout = 1;
  server.close(() => void egain.close());
});
server.once('close', () => setImmediate(() => void workAfterClose(egain)));
