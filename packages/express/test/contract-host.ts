import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContractApplication, ContractHost, ContractRoute } from '@egain-auth/testing';
import type express5 from 'express';
import type { Express, RequestHandler } from 'express';
import { createEgainAuth, egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '../src/index.ts';

/** The contract's application in Express's words. */
export const startContractHost =
  (express: typeof express5) =>
  async ({ mount, options, routes, errors, onError }: ContractApplication): Promise<ContractHost> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const egain = createEgainAuth(options(origin));

    const router = express.Router({ caseSensitive: true, strict: true });
    router.use(egainAuth(egain));
    for (const route of routes) {
      router[route.method === 'GET' ? 'get' : 'post'](route.path, ...guardsOf(route), handlerOf(route));
    }
    if (errors === 'adapter') router.use(egainErrorHandler({ onError }));
    const app: Express = express();
    // Express's own handler prints stacks outside of production.
    app.set('env', errors === 'framework' ? 'production' : 'test');
    app.use(mount || '/', router);
    server.on('request', app);

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

function guardsOf({ guard, onBehalfOf: named }: ContractRoute): RequestHandler[] {
  const guards = guard ? [requiresAuth(guard)] : [];
  if (!named) return guards;
  const { header, scope, eager } = named;
  return [...guards, onBehalfOf((req) => user({ username: req.get(header) ?? '' }), { scope, eager })];
}

function handlerOf({ handle }: ContractRoute): RequestHandler {
  return (req, res, next) => {
    const answered = handle({
      get egain() {
        return req.egain;
      },
      header: (name) => req.get(name),
      setCookie: (name, value) => res.cookie(name, value),
      setHeader: (name, value) => res.set(name, value),
      flush: (text) => res.write(text),
      takeOver: () => res,
    });
    answered.then((answer) => {
      if (!answer) return;
      if (res.headersSent) res.end(JSON.stringify(answer.body));
      else res.status(answer.status ?? 200).json(answer.body);
    }, next);
  };
}
