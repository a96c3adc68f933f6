import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContractApplication, ContractHost, ContractRoute } from '@egain-auth/testing';
import type Koa from 'koa';
import type { Context, Middleware } from 'koa';
import { createEgainAuth, egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '../src/index.ts';

/** The contract's application in Koa's words. */
export const startContractHost =
  (Application: typeof Koa) =>
  async ({ mount, options, routes, errors, onError }: ContractApplication): Promise<ContractHost> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const egain = createEgainAuth(options(origin));

    const app = new Application();
    app.silent = true;
    app.use(below(mount));
    if (errors === 'adapter') app.use(egainErrorHandler({ onError }));
    app.use(egainAuth(egain));
    for (const route of routes) app.use(routeOf(route));
    const answer = app.callback();
    server.on('request', (request, response) => void answer(request, response));

    let closing: Promise<void> | undefined;
    async function close(): Promise<void> {
      await new Promise((resolve) => server.close(resolve));
      await egain.close();
    }
    return {
      origin,
      egain,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  };

/** Lets pass what is below a path, without it, as koa-mount does. */
const below =
  (mount: string): Middleware =>
  async (ctx, next) => {
    if (ctx.path !== mount && !ctx.path.startsWith(`${mount}/`)) return;
    ctx.path = ctx.path.slice(mount.length) || '/';
    await next();
  };

/** A router of one route. */
function routeOf(route: ContractRoute): Middleware {
  const chain = [...guardsOf(route), handlerOf(route)];
  return async (ctx, next) => {
    const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
    if (method !== route.method || ctx.path !== route.path) return next();
    const run = async (index: number): Promise<unknown> => chain[index]?.(ctx, () => run(index + 1));
    await run(0);
  };
}

function guardsOf({ guard, onBehalfOf: named }: ContractRoute): Middleware[] {
  const guards = guard ? [requiresAuth(guard)] : [];
  if (!named) return guards;
  const { header, scope, eager } = named;
  return [...guards, onBehalfOf((ctx) => user({ username: ctx.get(header) }), { scope, eager })];
}

const handlerOf =
  ({ handle }: ContractRoute): Middleware =>
  async (ctx: Context) => {
    const answer = await handle({
      get egain() {
        return ctx.egain;
      },
      header: (name) => ctx.get(name) || undefined,
      setCookie: (name, value) => ctx.cookies.set(name, value),
      setHeader: (name, value) => ctx.set(name, value),
      flush: (text) => ctx.res.writeHead(200).write(text),
      takeOver() {
        ctx.respond = false;
        return ctx.res;
      },
    });
    if (!answer) return;
    if (ctx.headerSent) {
      ctx.respond = false;
      ctx.res.end(JSON.stringify(answer.body));
      return;
    }
    ctx.status = answer.status ?? 200;
    ctx.body = answer.body;
  };
