import type { RequestListener } from 'node:http';
import Koa, { type Context, type Middleware } from 'koa';

export interface Pages {
  readonly use?: (app: Koa) => readonly Middleware[];
  readonly signIn: Middleware;
  readonly home: readonly Middleware[];
}

/** The same Koa for everybody, as it comes, which is without a router. */
export function createApplication({ use = () => [], signIn, home }: Pages): RequestListener {
  const app = new Koa();
  for (const middleware of use(app)) app.use(middleware);
  app.use((ctx, next) => (ctx.path === '/sign-in' ? signIn(ctx, async () => answerSignedIn(ctx)) : next()));
  for (const middleware of home) app.use(middleware);
  const answer = app.callback();
  return (request, response) => void answer(request, response);
}

/** Nobody else than whom the load generator expects gets away with it. */
export function greet(ctx: Context, name: string | undefined): void {
  if (name === undefined) ctx.status = 401;
  else ctx.body = name;
}

function answerSignedIn(ctx: Context): void {
  ctx.body = 'signed in';
}
