import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { resolveOptions } from '../src/configuration/resolve-options.ts';
import type { EgainAuthOptions } from '../src/options.ts';
import { failureOf } from './failure.ts';
import { OPTIONS } from './options.ts';
import { type AloneOptions, runAlone } from './own-process.ts';

const SOURCES = { folder: resolve(import.meta.dirname, '../src') };

const IMPORTS = `
  import { subscribe } from 'node:diagnostics_channel';
  import { createEgainAuth, user } from './index.ts';
  let published = 0;
  subscribe('egain-auth:warning', () => { published += 1; });
  process.on('exit', () => console.log('published', published));
  const OPTIONS = {
    clientId: 'client-1',
    clientSecret: 'canary-secret',
    endpoints: { client: { tokenUrl: 'http://127.0.0.1:9/token' } },
  };
  const LOGIN = {
    ...OPTIONS,
    endpoints: { user: { authorizationUrl: 'http://127.0.0.1:9/a', tokenUrl: 'http://127.0.0.1:9/t' } },
    baseUrl: 'http://localhost:3000',
    login: { user: { scope: ['knowledge.portalmgr.read'] } },
  };
  const refuse = () => new Promise((done) => egain.onBehalfOf(user({ username: 'pa' }), {
    scope: ['knowledge.portalmgr.onbehalfof.read'],
  }).catch(done));
`;

/** The warnings that Node printed, without process ids and hints, and how many events the channel had. */
async function warningsOf(code: string, { env, flags }: Pick<AloneOptions, 'env' | 'flags'> = {}) {
  const { stdout, stderr } = await runAlone(`${IMPORTS}${code}`, {
    ...SOURCES,
    ...(env && { env }),
    ...(flags && { flags }),
  });
  expect(stderr).not.toContain('canary');
  return {
    printed: [...stderr.matchAll(/^\(node:\d+\) \[(\w+)\] (\w+): (.+)$/gm)].map(([, name, type]) => `${type} ${name}`),
    text: stderr,
    published: Number(/published (\d+)/.exec(stdout)?.[1]),
  };
}

describe('F75: a warning is printed once by Node, and stays on the channel', () => {
  test('F75: without a session secret, and with plain http on loopback', async () => {
    const { printed, published, text } = await warningsOf('createEgainAuth(LOGIN); createEgainAuth(LOGIN);');
    expect(printed).toEqual([
      'EgainAuthWarning EGAIN_AUTH_RANDOM_SESSION_SECRET',
      'EgainAuthWarning EGAIN_AUTH_INSECURE_LOOPBACK',
    ]);
    expect(published).toBe(4);
    expect(text).toContain('openssl rand');
  });

  test('F75: with apiUrl at the host that people sign in at', async () => {
    const { printed } = await warningsOf(`createEgainAuth({
      clientId: 'client-1', clientSecret: 'canary-secret', tenantId: 'T', domainUrl: 'https://egain.example.com',
      apiUrl: 'https://egain.example.com',
    });`);
    expect(printed).toEqual(['EgainAuthWarning EGAIN_AUTH_SAME_LOGIN_AND_API_HOST']);
  });

  test('F75: a warning that only a request causes', async () => {
    const { printed, published } = await warningsOf(`
      const egain = createEgainAuth({ ...OPTIONS, silenceWarnings: ['insecure_loopback'] });
      const ask = () => egain.clientCredentials({ scope: ['core.aiservices.read'], forceRenewal: true }).catch(() => {});
      await ask(); await ask();
    `);
    expect(printed).toEqual(['EgainAuthWarning EGAIN_AUTH_UNUSUAL_SCOPE_KIND']);
    expect(published).toBeGreaterThan(1);
  });

  test('F75: another message of the same code is another warning', async () => {
    const { printed } = await warningsOf(`
      const egain = createEgainAuth({ ...OPTIONS, silenceWarnings: ['insecure_loopback'] });
      for (const scope of ['core.aiservices.read', 'core.aiservices.manage']) {
        await egain.clientCredentials({ scope: [scope] }).catch(() => {});
      }
    `);
    expect(printed).toHaveLength(2);
  });
});

test('F75: many messages of one code are bounded, and silence no other code', async () => {
  const { printed, published } = await warningsOf(`
    const { publishWarning } = await import('./events.ts');
    for (let index = 0; index < 150; index += 1) {
      publishWarning({ code: 'unusual_scope_kind', message: 'scope ' + index });
    }
    publishWarning({ code: 'session_not_saved', message: 'not saved' });
    publishWarning({ code: 'session_not_saved', message: 'not saved' });
  `);
  expect(printed.filter((name) => name.endsWith('UNUSUAL_SCOPE_KIND'))).toHaveLength(100);
  expect(printed.slice(100)).toEqual(['EgainAuthWarning EGAIN_AUTH_SESSION_NOT_SAVED']);
  expect(published).toBe(152);
});

describe('F75: a warning can be silenced', () => {
  test.each<[way: string, code: string, settings: Pick<AloneOptions, 'env' | 'flags'>, left: string[]]>([
    [
      'by its code',
      `createEgainAuth({ ...LOGIN, silenceWarnings: ['insecure_loopback'] });`,
      {},
      ['RANDOM_SESSION_SECRET'],
    ],
    ['with all others', `createEgainAuth({ ...LOGIN, silenceWarnings: 'all' });`, {}, []],
    [
      'by --disable-warning with its code',
      'createEgainAuth(LOGIN);',
      { flags: ['--disable-warning=EGAIN_AUTH_INSECURE_LOOPBACK'] },
      ['RANDOM_SESSION_SECRET'],
    ],
    [
      'by --disable-warning with its type',
      'createEgainAuth(LOGIN);',
      { flags: ['--disable-warning=EgainAuthWarning'] },
      [],
    ],
    ['by NODE_NO_WARNINGS', 'createEgainAuth(LOGIN);', { env: { NODE_NO_WARNINGS: '1' } }, []],
  ])('F75: %s, and the channel has it all the same', async (_way, code, settings, left) => {
    const { printed, published } = await warningsOf(code, settings);
    expect(printed).toEqual(left.map((name) => `EgainAuthWarning EGAIN_AUTH_${name}`));
    expect(published).toBe(2);
  });

  test.each([
    ['[]', ['EgainAuthWarning EGAIN_AUTH_LARGE_COOKIES']],
    ["['large_cookies']", []],
    ["'all'", []],
  ])('F75: a warning that belongs to no instance, by any instance: %s', async (silenceWarnings, left) => {
    const { printed } = await warningsOf(`
      const { IncomingMessage, ServerResponse } = await import('node:http');
      const { setOwnCookies } = await import('./http/own-cookies.ts');
      createEgainAuth({ ...OPTIONS, silenceWarnings: ['insecure_loopback'] });
      createEgainAuth({ ...OPTIONS, endpoints: { client: { tokenUrl: 'https://a.example/t' } }, silenceWarnings: ${silenceWarnings} });
      setOwnCookies(new ServerResponse(new IncomingMessage(null)), ['a=' + 'x'.repeat(4000)]);
    `);
    expect(printed).toEqual(left);
  });

  test('F75: one instance silences no other', async () => {
    const { printed } = await warningsOf(
      `createEgainAuth({ ...OPTIONS, silenceWarnings: 'all' }); createEgainAuth(OPTIONS);`,
    );
    expect(printed).toEqual(['EgainAuthWarning EGAIN_AUTH_INSECURE_LOOPBACK']);
  });

  test.each([true, 'some', ['insecure'], [5], 'insecure_loopback'])(
    'F75: %p silences nothing and is refused',
    (value) => {
      const given = { ...OPTIONS, silenceWarnings: value } as EgainAuthOptions;
      const { problems } = failureOf(() => resolveOptions(given, false));
      expect(problems).toMatchObject([{ option: 'silenceWarnings', code: 'not_a_choice' }]);
    },
  );
});

describe('F75: a missing authorizeSubject is warned of where impersonation is in sight', () => {
  const OPEN = `{ ...OPTIONS, silenceWarnings: ['insecure_loopback'] }`;
  const URL_OF_USER = `{ user: { tokenUrl: 'http://127.0.0.1:9/token' } }`;

  test.each([
    [
      'clients.onBehalfOf',
      `createEgainAuth({ ...${OPEN}, clients: { onBehalfOf: { clientId: 'a', clientSecret: 'b' } } });`,
    ],
    ['endpoints.onBehalfOf', `createEgainAuth({ ...${OPEN}, endpoints: { onBehalfOf: ${URL_OF_USER} } });`],
    [
      'the first on-behalf-of token',
      `const egain = createEgainAuth(${OPEN});
       if (published > 1) throw new Error('too early');
       await refuse(); await refuse();`,
    ],
  ])('F75, T084: at %s', async (_where, code) => {
    const { printed, published, text } = await warningsOf(code);
    expect(printed).toEqual(['EgainAuthWarning EGAIN_AUTH_IMPERSONATION_UNRESTRICTED']);
    expect(text).toContain('authorizeSubject');
    expect(published).toBe(2);
  });

  test('F75: an application that impersonates nobody is not warned', async () => {
    const { printed, published } = await warningsOf(`createEgainAuth(${OPEN});`);
    expect({ printed, published }).toEqual({ printed: [], published: 1 });
  });
});
