import { createServer } from 'node:http';
import { createEgainAuth, egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '@egain-auth/koa';
import { createEgainEmulator } from '@egain-auth/testing';
import Koa from 'koa';

const emulator = await createEgainEmulator().listen();
const server = createServer();
await new Promise((resolve) => server.listen(0, 'localhost', resolve));
const baseUrl = `http://localhost:${server.address().port}`;
const egain = createEgainAuth({ ...emulator.config({ baseUrl }), authorizeSubject: () => true });
const app = new Koa();
app.use(egainErrorHandler());
app.use(egainAuth(egain));
const asPat = onBehalfOf(() => user({ username: 'pa' }), { scope: ['knowledge.portalmgr.onbehalfof.read'] });
app.use((ctx, next) => (ctx.path === '/desk' ? requiresAuth()(ctx, next) : asPat(ctx, next)));
app.use(async (ctx) => {
  ctx.body = { scope: [...(await ctx.egain.getToken()).scope] };
});
const listener = app.callback();
server.on('request', (request, response) => void listener(request, response));
const answers = [];
for (const path of ['/desk', '/crm']) {
  const answer = await fetch(`${baseUrl}${path}`);
  const { error, scope } = await answer.json();
  answers.push([path, answer.status, error?.code ?? scope]);
}
console.log(JSON.stringify(answers));
server.close();
server.closeAllConnections();
await egain.close();
await emulator.close();
