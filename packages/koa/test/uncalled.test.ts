import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { Middleware } from 'koa';
import { egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '../src/index.ts';
import { KOA } from './versions.ts';

const uncalled = (factory: unknown) => factory as Middleware;

describe.each(KOA)('%s', (_name, Application) => {
  test.each<[name: string, call: string, factory: unknown]>([
    ['egainAuth', 'egainAuth()', egainAuth],
    ['requiresAuth', 'requiresAuth()', requiresAuth],
    ['onBehalfOf', 'onBehalfOf((ctx) => user({ username }))', onBehalfOf],
    ['egainErrorHandler', 'egainErrorHandler()', egainErrorHandler],
  ])(
    'F76: %s that was not called fails the request with a sentence that says to call it',
    async (name, call, factory) => {
      const app = new Application();
      const errors: unknown[] = [];
      app.on('error', (error) => errors.push(error));
      app.use(uncalled(factory));
      const server = app.listen(0, '127.0.0.1');
      await once(server, 'listening');
      try {
        expect((await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`)).status).toBe(500);
      } finally {
        server.close();
        server.closeAllConnections();
      }
      expect(errors).toEqual([new TypeError(`${name} was registered without calling it. Call it: ${call}`)]);
    },
  );
});

test('T117: a guard whose option is wrong is refused when it is created', () => {
  expect(() => requiresAuth('user' as never)).toThrow('requiresAuth() takes an object');
  expect(() => requiresAuth({ scopes: ['a'] } as never)).toThrow('requiresAuth() has no option "scopes"');
});

test('F76: onBehalfOf() without a function fails when it is called', () => {
  const message = 'onBehalfOf() takes a function of the request. Write onBehalfOf((ctx) => user({ username }))';
  expect(() => onBehalfOf(...([] as unknown as [() => never]))).toThrow(message);
  expect(() => onBehalfOf(user({ username: 'pa' }) as unknown as () => never)).toThrow(message);
});
