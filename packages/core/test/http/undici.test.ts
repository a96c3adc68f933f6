import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, MockAgent } from 'undici';
import undici6 from 'undici-6';
import { resolveOptions } from '../../src/configuration/resolve-options.ts';
import { createEgainAuth, type EgainAuthOptions } from '../../src/index.ts';
import { failureOf, rejectionOf } from '../failure.ts';
import { json, serversToClose } from '../loopback.ts';
import { OPTIONS } from '../options.ts';
import { runAlone } from '../own-process.ts';

const { serve, closeAll } = serversToClose();
afterEach(closeAll);

const SCOPE = { scope: ['app.core.aiservices.read'] } as const;
const TOKEN = { access_token: 'a.b.c', token_type: 'Bearer', expires_in: 3600 };
type Given = NonNullable<NonNullable<EgainAuthOptions['http']>['dispatcher']>;

const egainAt = (origin: string, dispatcher: unknown) =>
  createEgainAuth({
    ...{ clientId: 'client-1', clientSecret: 'canary-secret', apiUrl: origin, silenceWarnings: 'all' },
    endpoints: { client: { tokenUrl: `${origin}/token` } },
    http: { dispatcher: dispatcher as Given },
  });

const { Agent: OldAgent, Pool: OldPool, RetryAgent, MockAgent: OldMockAgent, interceptors } = undici6;

describe('F78: a dispatcher of another major of undici is named as such, and nothing is sent on it', () => {
  test.each<[name: string, create: (origin: string) => unknown]>([
    ['an Agent', () => new OldAgent()],
    ['a Pool', (origin) => new OldPool(origin)],
    ['a RetryAgent', () => new RetryAgent(new OldAgent())],
    ['an Agent behind an interceptor', () => new OldAgent().compose(interceptors.dump())],
    ['an Agent that follows redirects', () => new OldAgent().compose(interceptors.redirect({ maxRedirections: 1 }))],
    ['a MockAgent', () => new OldMockAgent()],
  ])('F78: %s of undici 6', async (_name, create) => {
    const server = await serve(json(TOKEN));
    const egain = egainAt(server.origin, create(server.origin));
    for (const call of [egain.clientCredentials(SCOPE), egain.fetch({ type: 'client' }, SCOPE)('/unpublished')]) {
      const error = await rejectionOf(call);
      expect(error).toMatchObject({ code: 'invalid_configuration', retryable: false });
      expect(error.message).toContain('undici 6');
      expect(error.remedy).toContain('undici 7');
    }
    expect(server.received).toEqual([]);
    await egain.close();
  });

  test.each([
    ['MockPool', new MockAgent()],
    ['MockClient', new MockAgent({ connections: 1 })],
  ])(
    'F78: a %s of undici 7, which calls handlers as undici 6 does, is told to be its MockAgent',
    async (name, mock) => {
      const server = await serve(json(TOKEN));
      const mocked = mock.get(server.origin);
      expect(mocked.constructor.name).toBe(name);
      mocked.intercept({ path: '/token', method: 'POST' }).reply(200, TOKEN);
      const error = await rejectionOf(egainAt(server.origin, mocked).clientCredentials(SCOPE));
      expect(error.code).toBe('invalid_configuration');
      expect(error.remedy).toMatch(/pass its MockAgent/);
      expect(server.received).toEqual([]);
    },
  );

  test('F78: also where it cannot connect', async () => {
    const server = await serve(json(TOKEN));
    await server.close();
    const egain = egainAt(server.origin, new OldAgent());
    expect((await rejectionOf(egain.clientCredentials(SCOPE))).code).toBe('invalid_configuration');
  });

  test('F78: one of the same major serves, also behind what answers for it', async () => {
    const server = await serve(json(TOKEN));
    const mock = new MockAgent();
    mock.get(server.origin).intercept({ path: '/token', method: 'POST' }).reply(200, TOKEN);
    for (const dispatcher of [new Agent(), mock]) {
      const egain = egainAt(server.origin, dispatcher);
      expect((await egain.clientCredentials(SCOPE)).accessToken).toBe('a.b.c');
      await egain.close();
    }
    expect(server.received).toHaveLength(1);
  });
});

class BunDispatcher {}
class BunAgent extends BunDispatcher {}

test.each([[new BunAgent()], [{}], [null], ['http://proxy.example.com'], [{ dispatch: true }], [() => {}]])(
  'F78: what cannot dispatch is no dispatcher: %p',
  (dispatcher) => {
    const given = { ...OPTIONS, http: { dispatcher: dispatcher as unknown as Given } };
    expect(failureOf(() => resolveOptions(given, false)).problems).toMatchObject([
      { option: 'http.dispatcher', code: 'not_a_dispatcher', remedy: expect.stringMatching(/undici 7.*Bun/) },
    ]);
  },
);

/** What Bun answers `import 'undici'` with: classes that hold options and do nothing. */
const STUB = `
  class Dispatcher {} class Agent extends Dispatcher {} class Pool extends Dispatcher { request() {} }
  class Client extends Dispatcher {} const buildConnector = () => () => {};
  export default { Dispatcher, Agent, Pool, Client, buildConnector };
`;

describe('F78: where a runtime has a stub in place of undici', () => {
  const run = (stubbed: readonly string[], origin: string) =>
    runAlone(
      `
        import { register } from 'node:module';
        const stub = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(STUB)});
        register('data:text/javascript,' + encodeURIComponent(\`
          export const resolve = (name, context, next) =>
            \${JSON.stringify(${JSON.stringify(stubbed)})}.includes(name)
              ? { url: \${JSON.stringify(stub)}, shortCircuit: true } : next(name, context);
        \`));
        const { createEgainAuth } = await import('./index.ts');
        const egain = createEgainAuth({
          clientId: 'client-1', clientSecret: 'canary-secret', silenceWarnings: 'all',
          endpoints: { client: { tokenUrl: '${origin}/token' } },
        });
        const outcome = await egain.clientCredentials({ scope: ['app.core.aiservices.read'] })
          .then(({ accessToken }) => accessToken, ({ code, message }) => code + ' ' + message);
        await egain.close();
        console.log(outcome);
      `,
      { folder: resolve(import.meta.dirname, '../../src') },
    );

  test('F78: the installed package is used', async () => {
    const server = await serve(json(TOKEN));
    expect(await run(['undici'], server.origin)).toEqual({ code: 0, stdout: 'a.b.c\n', stderr: '' });
  });

  test('F78: without an installed package the stub is named', async () => {
    const server = await serve(json(TOKEN));
    const { code, stdout, stderr } = await run(['undici', 'undici/index.js'], server.origin);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^invalid_configuration .*stub in place of undici/);
    expect(server.received).toEqual([]);
  });
});
