import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { asyncHandler, egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '../src/index.ts';
import { EXPRESS } from './hosts.ts';

/** What the application's own error handler was told of one request. */
async function failureOf(app: Express): Promise<unknown> {
  const errors: unknown[] = [];
  const tell: ErrorRequestHandler = (error, _req, res, _next) => {
    errors.push(error);
    res.sendStatus(500);
  };
  app.use(tell);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect((await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`)).status).toBe(500);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  expect(errors).toHaveLength(1);
  return errors[0];
}

// JavaScript takes them all, and so does TypeScript for some.
const uncalled = (factory: unknown) => factory as RequestHandler;
const handler: RequestHandler = (_req, res) => void res.send('reached');

describe.each(EXPRESS)('%s', (_name, express) => {
  test.each<[name: string, call: string, register: (app: Express) => unknown]>([
    ['egainAuth', 'egainAuth()', (app) => app.use(uncalled(egainAuth))],
    ['requiresAuth', 'requiresAuth()', (app) => app.get('/x', uncalled(requiresAuth), handler)],
    ['requiresAuth', 'requiresAuth()', (app) => app.use(express.Router().use('/x', uncalled(requiresAuth), handler))],
    ['onBehalfOf', 'onBehalfOf((req) => user({ username }))', (app) => app.get('/x', uncalled(onBehalfOf), handler)],
    ['asyncHandler', 'asyncHandler(async (req, res) => { … })', (app) => app.get('/x', uncalled(asyncHandler))],
    ['egainErrorHandler', 'egainErrorHandler()', (app) => app.use(uncalled(egainErrorHandler))],
  ])(
    'F76: %s that was not called fails the request with a sentence that says to call it',
    async (name, call, register) => {
      const app = express();
      register(app);
      expect(await failureOf(app)).toEqual(
        new TypeError(`${name} was registered without calling it. Call it: ${call}`),
      );
    },
  );
});

test('T117: a guard whose option is wrong is refused when it is created', () => {
  expect(() => requiresAuth('user' as never)).toThrow('requiresAuth() takes an object');
  expect(() => requiresAuth({ scopes: ['a'] } as never)).toThrow('requiresAuth() has no option "scopes"');
});

test('F76: onBehalfOf() without a function fails when it is called', () => {
  const message = 'onBehalfOf() takes a function of the request. Write onBehalfOf((req) => user({ username }))';
  expect(() => onBehalfOf(...([] as unknown as [() => never]))).toThrow(message);
  expect(() => onBehalfOf(user({ username: 'pa' }) as unknown as () => never)).toThrow(message);
});
