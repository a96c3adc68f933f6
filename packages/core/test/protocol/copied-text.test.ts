import { describe, expect, test } from '@jest/globals';
import { resolveOptions } from '../../src/configuration/resolve-options.ts';
import { createEgainAuth, type EgainAuthOptions, optionsFromEnv } from '../../src/index.ts';
import { copyingMistakeIn, withoutSpaceAround } from '../../src/protocol/copied-text.ts';
import { failureOf, rejectionOf } from '../failure.ts';
import { json, listen } from '../loopback.ts';
import { LOGIN_OPTIONS, OPTIONS } from '../options.ts';

/** What becomes of a value on its way into a configuration: never what anybody meant. */
const MISTAKES: [name: string, spoil: (value: string) => string, words: RegExp][] = [
  ['double quotes', (value) => `"${value}"`, /quotes around it/],
  ['single quotes', (value) => `'${value}'`, /quotes around it/],
  ['typographic quotes', (value) => `\u201c${value}\u201d`, /quotes around it/],
  ['backticks', (value) => `\`${value}\``, /quotes around it/],
  ['a line feed inside', (value) => `${value}\n${value}`, /line break/],
  ['a carriage return inside', (value) => `${value}\r\n${value}`, /line break/],
  ['a zero-width space', (value) => `${value}\u200b`, /invisible/],
  ['a zero-width joiner inside', (value) => `${value}\u200d${value}`, /invisible/],
  ['a byte order mark', (value) => `\ufeff${value}`, /invisible/],
  ['a no-break space', (value) => `${value}\u00a0`, /invisible/],
  ['a narrow no-break space inside', (value) => `${value}\u202f${value}`, /invisible/],
  ['a soft hyphen', (value) => `${value}\u00ad${value}`, /invisible/],
  ['a line separator', (value) => `${value}\u2028`, /invisible/],
  ['a direction mark', (value) => `\u202e${value}`, /invisible/],
  ['NUL', (value) => `${value}\0`, /invisible/],
  ['bytes that were not text', (value) => `${value}\ufffd`, /invisible/],
  ['half a character', (value) => `${value}\ud800`, /invisible/],
  ['a variable that the shell did not fill in', () => '\u0024{EGAIN_CANARY}', /placeholder/],
  ['a variable inside', (value) => `${value}\${EGAIN_CANARY}`, /placeholder/],
  ['a variable with a default', () => '\u0024{EGAIN_CANARY:-canary}', /placeholder/],
  ['a variable of a template', () => '{{ canary }}', /placeholder/],
  ['what a guide leaves to the reader', () => '<your-canary>', /placeholder/],
  ['undefined', () => 'undefined', /undefined, null or \[object/],
  ['null', () => 'null', /undefined, null or \[object/],
  ['NaN', () => 'NaN', /undefined, null or \[object/],
  ['an object', () => '[object Object]', /undefined, null or \[object/],
  ['a promise', () => '[object Promise]', /undefined, null or \[object/],
  ['nothing', () => '', /empty|shorter/],
  ['space', () => ' \t ', /empty|shorter/],
];

const CANARY = 'canary-5f0c1e-of-thirty-two-bytes-and-more';

/** Options that are texts, and how each is given. */
const PLACES: [option: string, give: (value: string) => object][] = [
  ['clientId', (clientId) => ({ clientId })],
  ['clientSecret', (clientSecret) => ({ clientSecret })],
  ['clients.user.clientId', (clientId) => ({ clients: { user: { clientId } } })],
  ['clients.client.clientSecret', (clientSecret) => ({ clients: { client: { clientId: 'a', clientSecret } } })],
  ['tenantId', (tenantId) => ({ tenantId })],
  ['session.secret', (secret) => ({ session: { secret } })],
  ['session.secret', (secret) => ({ session: { secret: [CANARY, secret] } })],
  ['session.cookieName', (cookieName) => ({ session: { ...LOGIN_OPTIONS.session, cookieName } })],
  ['tokens.encryptionKeys', (key) => ({ tokens: { encryptionKeys: [key] } })],
  ['domainUrl', (domainUrl) => ({ domainUrl })],
  ['apiUrl', (apiUrl) => ({ apiUrl })],
  ['baseUrl', (baseUrl) => ({ baseUrl })],
  ['endpoints.client.tokenUrl', (tokenUrl) => ({ endpoints: { client: { tokenUrl } } })],
  ['endpoints.user.issuer', (issuer) => ({ endpoints: { user: { issuer } } })],
  ['login.postLogoutUrl', (postLogoutUrl) => ({ login: { ...LOGIN_OPTIONS.login, postLogoutUrl } })],
  ['scopePrefix.user', (user) => ({ scopePrefix: { user } })],
  ['login.user.scope', (scope) => ({ login: { user: { scope: [scope] } } })],
  ['defaultClientScope', (scope) => ({ defaultClientScope: [scope] })],
];

describe('F77: a value that was copied wrongly is refused at start-up, by its option and without itself', () => {
  // An empty prefix is the default. A key may hold any character.
  const isAllowed = (option: string, value: string, words: RegExp) =>
    (option === 'scopePrefix.user' && value === '') ||
    (/^session\.secret|^tokens\./.test(option) && /line break|invisible/.test(words.source));
  const sound = (option: string) => (/Url$|issuer/.test(option) ? `https://${CANARY}.example.com` : CANARY);

  test.each(PLACES)('F77: %s', (option, give) => {
    for (const [name, spoil, words] of MISTAKES) {
      const value = spoil(sound(option));
      if (isAllowed(option, value, words)) continue;
      const given = { ...LOGIN_OPTIONS, ...give(value) } as unknown as EgainAuthOptions;
      const { message, problems } = failureOf(() => resolveOptions(given, false));
      expect({ name, options: problems?.map((problem) => problem.option) }).toEqual({
        name,
        options: expect.arrayContaining([option]),
      });
      expect(message).not.toContain('canary');
      expect(message).not.toContain('CANARY');
    }
  });

  test.each(MISTAKES)('F77: a client secret with %s, and what to do', (_name, spoil, words) => {
    const given = { ...OPTIONS, clientSecret: spoil(CANARY) };
    const [problem] = failureOf(() => resolveOptions(given, false)).problems ?? [];
    expect(problem?.problem).toMatch(words);
    expect(problem?.remedy).toMatch(/^[A-Z].*\.$/);
  });

  test.each(MISTAKES.filter(([name]) => name !== 'nothing' && name !== 'space'))(
    'F77: %s, also in the environment',
    (_name, spoil, words) => {
      const env = { EGAIN_CLIENT_ID: spoil(CANARY), EGAIN_CLIENT_SECRET: spoil(CANARY), EGAIN_TENANT_ID: 'T' };
      const given = { ...optionsFromEnv(env), domainUrl: 'https://ai.egain.cloud' };
      const { problems } = failureOf(() => resolveOptions(given, false));
      expect(problems).toMatchObject([
        { option: 'clientId', problem: expect.stringMatching(words) },
        { option: 'clientSecret', problem: expect.stringMatching(words) },
      ]);
    },
  );

  test.each([
    'https://undefined',
    'https://undefined:443/',
    'https://ai.egain.cloud/system/auth/undefined-U/oauth2/token',
    'https://ai.egain.cloud/undefined/token',
    'https://ai.egain.cloud/token?domain_hint=undefined',
    'https://null/token',
    'https://[object Object]/token',
    'https://\u0024{HOST}/token',
    'https://ai.egain.cloud/system/auth/\u0024{TENANT}-U/oauth2/token',
    'https://ai.egain.cloud/{{tenant}}/token',
    'https://ai.egain.cloud/token?domain_hint=<DOMAIN_NAME>',
    'https://ai.egain\u200b.cloud/token',
    'https://ai.egain.cloud/token\ufeff',
    'https://ai.egain.cloud/token?domain_hint=undefined&prompt=login',
  ])('F77: a URL in which something was left out: %s', (tokenUrl) => {
    const given = { ...OPTIONS, endpoints: { client: { tokenUrl } } };
    const [problem, more] = failureOf(() => resolveOptions(given, false)).problems ?? [];
    expect(problem).toMatchObject({ option: 'endpoints.client.tokenUrl' });
    expect(more).toBeUndefined();
  });

  test.each([
    'https://null.example.com/token',
    'https://undefined.example.com:443/token',
    'https://login.null.example.com/token',
    'https://ai.egain.cloud/null-safety/undefined.html',
    'https://ai.egain.cloud/token?domain_hint=null-object',
    'https://ai.egain.cloud/NaNny/nullable',
  ])('F77: a URL in which such a word is a part of a name is none of them: %s', (tokenUrl) => {
    const given = { ...OPTIONS, endpoints: { client: { tokenUrl } } };
    expect(resolveOptions(given, false).endpoints.client.tokenUrl?.href).toBe(tokenUrl.replace(':443', ''));
  });

  test.each([
    ['a byte order mark in front', '\ufeffhttps://ai.egain.cloud/token', /invisible/],
    ['a byte order mark behind', 'https://ai.egain.cloud/token\ufeff', /invisible/],
    ['a byte order mark inside', 'https://ai.egain\ufeff.cloud/token', /invisible/],
    ['a no-break space in front', '\u00a0https://ai.egain.cloud/token', /invisible/],
    ['a no-break space alone', '\u00a0', /invisible/],
    ['a space in front', ' https://ai.egain.cloud/token', /space around/],
    ['a line feed behind', 'https://ai.egain.cloud/token\n', /space around/],
    ['a space inside', 'https://ai.egain.cloud/token https://ai.egain.cloud', /space in it/],
  ])('F77: a URL with %s is told what it has', (_name, tokenUrl, words) => {
    const given = { ...OPTIONS, endpoints: { client: { tokenUrl } } };
    const { problems } = failureOf(() => resolveOptions(given, false));
    expect(problems).toMatchObject([{ option: 'endpoints.client.tokenUrl', problem: expect.stringMatching(words) }]);
  });

  test.each([
    ['as a member', { login: { user: { scope: ['a.read,b.read'] } } }, 'login.user.scope'],
    ['at the end of members', { login: { user: { scope: ['a.read,', 'b.read'] } } }, 'login.user.scope'],
    ['as text', { login: { user: { scope: 'a.read,b.read' } } }, 'login.user.scope'],
    ['in the default of the client', { defaultClientScope: ['app.a.read,app.b.read'] }, 'defaultClientScope'],
    ['in the environment', optionsFromEnv({ EGAIN_LOGIN_USER_SCOPE: 'a.read, b.read' }), 'login.user.scope'],
  ])('F77: scopes with commas %s are told apart', (_where, change, option) => {
    const given = { ...LOGIN_OPTIONS, ...change } as EgainAuthOptions;
    const { problems } = failureOf(() => resolveOptions(given, false));
    expect(problems).toMatchObject([{ option, remedy: expect.stringMatching(/comma/) }]);
  });

  test('F77: scopes with commas, where a call gives them', async () => {
    const egain = createEgainAuth(OPTIONS);
    const scope = ['app.core.aiservices.read,app.core.usermgr.read'] as never;
    const error = await rejectionOf(egain.clientCredentials({ scope }));
    expect(error).toMatchObject({ code: 'invalid_scope', message: expect.stringContaining('comma') });
  });
});

describe('F77: what is not surely wrong stays as it is', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
  test.each([
    ['all bytes as text', bytes.toString('latin1')],
    ['control characters and 32 bytes', `${'\u0001\u200b\u00a0\ufeff\ufffd'}${CANARY}`],
    ['base64 in two lines', `${'QUJD'.repeat(16)}\n${'REVG'.repeat(16)}`],
    ['base64 in two lines of Windows', `${'QUJD'.repeat(16)}\r\n${'REVG'.repeat(16)}`],
    ['a PEM', `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(16)}\n-----END PRIVATE KEY-----`],
    ['a quote at one end', `"${CANARY}`],
  ])('F77: a session secret and an encryption key may be %s', (_name, key) => {
    const given = { ...LOGIN_OPTIONS, session: { secret: key }, tokens: { encryptionKeys: [key] } };
    const { login, tokens } = resolveOptions(given, false);
    expect([login?.session.secrets(), tokens.encryptionKeys()]).toEqual([[key], [key]]);
  });

  test.each([
    'x',
    "it's",
    'a "b" c',
    '$5',
    '{a}',
    'a,b',
    'undefined-1',
    'nullable',
    'é'.repeat(16),
    'a b',
    '日本語',
    '~c!<&"5',
  ])('F77: %s', (value) => {
    expect(copyingMistakeIn(value)).toBeUndefined();
    expect(withoutSpaceAround(` \t${value}\r\n\n`)).toBe(value);
  });
});

describe('F77: a line feed at the end of a secret is treated alike, wherever the secret comes from', () => {
  const sent = async (options: EgainAuthOptions) => {
    const server = await listen(json({ access_token: 'a.b.c', token_type: 'Bearer', expires_in: 3600 }));
    const endpoints = { client: { tokenUrl: `${server.origin}/token` } };
    const egain = createEgainAuth({ clientId: 'client-1', ...options, endpoints, silenceWarnings: 'all' });
    const outcome = await egain.clientCredentials({ scope: ['app.core.aiservices.read'] }).then(
      () => new URLSearchParams(server.received[0]?.body).get('client_secret'),
      (error: Error) => error,
    );
    await egain.close();
    await server.close();
    return { outcome, requests: server.received.length };
  };
  const SOURCES: [source: string, give: (secret: string) => EgainAuthOptions][] = [
    ['the environment', (secret) => optionsFromEnv({ EGAIN_CLIENT_SECRET: secret })],
    ['an option', (clientSecret) => ({ clientSecret })],
    ['a function', (clientSecret) => ({ clientSecret: () => clientSecret })],
    ['an asynchronous function', (clientSecret) => ({ clientSecret: async () => clientSecret })],
  ];

  test.each(SOURCES)('F77: %s', async (_source, give) => {
    for (const end of ['\n', '\r\n', '\n\n', ' \n']) {
      expect(await sent(give(`${CANARY}${end}`))).toEqual({ outcome: CANARY, requests: 1 });
    }
  });

  test.each(MISTAKES.slice(0, -2))(
    'F77: a function that returns %s asks eGain nothing',
    async (_name, spoil, words) => {
      const { outcome, requests } = await sent({ clientSecret: () => spoil(CANARY) });
      expect(requests).toBe(0);
      expect(outcome).toMatchObject({ code: 'client_secret_unavailable', message: expect.stringMatching(words) });
      expect((outcome as Error).message).not.toContain('canary');
    },
  );

  test('F77: session secrets and keys open with and without it', () => {
    const of = (session: object, tokens: object) => {
      const resolved = resolveOptions({ ...LOGIN_OPTIONS, session, tokens } as EgainAuthOptions, false);
      return [resolved.login?.session.secrets(), resolved.tokens.encryptionKeys()];
    };
    expect(of({ secret: `${CANARY}\n` }, { encryptionKeys: `${CANARY}\r\n` })).toEqual([[CANARY], [CANARY]]);
    expect(of({ secret: [`${CANARY}\n`] }, { encryptionKeys: [`${CANARY}\n`] })).toEqual([[CANARY], [CANARY]]);
  });
});
