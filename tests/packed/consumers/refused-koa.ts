// What must not compile: a comment of these without an error in the line below it is an error itself.
import { egainAuth, onBehalfOf, requiresAuth, user } from '@egain-auth/koa';
import Koa from 'koa';

const app = new Koa();
// @ts-expect-error an option of another type
app.use(egainAuth({ clientId: 1 }));
// @ts-expect-error nobody is neither a user nor a customer
app.use(requiresAuth({ as: 'nobody' }));
// @ts-expect-error a scope of the application itself
app.use(onBehalfOf(() => user({ username: 'pa' }), { scope: ['app.knowledge.portalmgr.read'] }));
// @ts-expect-error a name alone does not say whose it is
app.use(onBehalfOf(() => 'pa', { scope: ['knowledge.portalmgr.onbehalfof.read'] }));
app.use(async (ctx) => {
  // @ts-expect-error misspelt
  ctx.body = ctx.egain.identty?.name;
  // @ts-expect-error anything would be a number, if it were any
  Math.abs(ctx.egain);
  const answer = await ctx.egain.api.get('/knowledge/portalmgr/v4/myportals');
  // @ts-expect-error likewise
  Math.abs(answer);
});
