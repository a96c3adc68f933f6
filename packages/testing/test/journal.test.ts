import { describe, expect, test } from '@jest/globals';
import { createJournal } from '../src/journal.ts';
import {
  apply,
  authorizationUrl,
  CALLBACK,
  CHALLENGE,
  credentials,
  logIn,
  obtainCode,
  postForm,
  requestToken,
  signIn,
  startEmulator,
  tokenUrl,
  VERIFIER,
} from './emulator-client.ts';

describe('the journal', () => {
  test('lists what happened in the order of the answers', async () => {
    const emulator = await startEmulator();
    await fetch(authorizationUrl(emulator));
    const { access_token } = await logIn(emulator);
    const headers = { authorization: `Bearer ${access_token}`, 'accept-language': 'de-DE' };
    await fetch(`${emulator.apiUrl}/knowledge/portalmgr/v4/portals/user`, { headers });
    await fetch(`${emulator.loginUrl}/favicon.ico`);
    const kinds = ['authorize', 'sign-in', 'token', 'api', 'unknown'];
    expect(emulator.journal().map(({ kind }) => kind)).toEqual(kinds);
    expect(emulator.journal('api')).toEqual([
      {
        at: expect.any(Number),
        kind: 'api',
        method: 'GET',
        path: '/knowledge/portalmgr/v4/portals/user',
        parameters: {},
        status: 200,
        client: credentials(emulator)['client_id'],
        actor: 'user',
        subject: 'pa',
        scope: ['knowledge.portalmgr.read'],
        acceptLanguage: 'de-DE',
      },
    ]);
    expect(Math.abs(Date.now() - Number(emulator.journal()[0]?.at))).toBeLessThan(10_000);
  });

  test('has the entry before the answer arrives', async () => {
    const emulator = await startEmulator();
    for (let count = 1; count <= 25; count += 1) {
      await requestToken(tokenUrl(emulator), apply({}, {}));
      expect(emulator.journal('token')).toHaveLength(count);
    }
  });

  test('shows harmless parameters and redacts the others, unknown ones included', async () => {
    const emulator = await startEmulator();
    await postForm(
      tokenUrl(emulator),
      apply({ grant_type: 'password', subject_username: 'pa', api_key: 'x', state: 's' }, {}),
    );
    expect(emulator.journal('token')[0]?.parameters).toEqual({
      grant_type: 'password',
      subject_username: 'pa',
      state: '[redacted]',
      '[unknown]': '[redacted]',
    });
  });

  test('cannot be changed by its readers', async () => {
    const emulator = await startEmulator();
    await fetch(authorizationUrl(emulator));
    const entries = emulator.journal();
    expect(Object.isFrozen(entries[0]) && Object.isFrozen(entries[0]?.parameters)).toBe(true);
    (entries as unknown[]).length = 0;
    expect(emulator.journal()).toHaveLength(1);
  });

  test('keeps the last 10 000 entries', () => {
    const journal = createJournal();
    const entry = { at: 0, kind: 'api', method: 'GET', parameters: {}, status: 200 } as const;
    for (let number = 0; number < 10_005; number += 1) journal.add({ ...entry, path: `/${number}` });
    expect(journal.entries()).toHaveLength(10_000);
    expect(journal.entries()[0]?.path).toBe('/5');
  });

  test('holds no secret, code, verifier, state, password or token of any flow', async () => {
    const emulator = await startEmulator({
      refreshTokens: 'rotating',
      client: { clientSecret: 'canary-client-secret' },
      users: [{ username: 'pa', password: 'canary-password', email: 'pa@example.com' }],
    });
    const client = credentials(emulator);
    const secrets = ['canary', VERIFIER];

    // A login with PKCE, a wrong password first, a replay after, and a refresh.
    const login = { state: 'canary-state', code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    await signIn(authorizationUrl(emulator, login), emulator, { password: 'canary-wrong-password' });
    const code = await obtainCode(emulator, login);
    const redeem = {
      grant_type: 'authorization_code',
      redirect_uri: CALLBACK,
      code,
      code_verifier: VERIFIER,
      ...client,
    };
    const { body } = await requestToken(tokenUrl(emulator), apply(redeem, {}));
    await requestToken(tokenUrl(emulator), apply(redeem, {}));
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'], ...client };
    const refreshed = await requestToken(tokenUrl(emulator), apply(refresh, {}));
    secrets.push(code, body['access_token']!, body['refresh_token']!, refreshed.body['refresh_token']!);

    // An exchange, an API call with a token in the query too, wrong and misplaced credentials.
    const external = await emulator.identityProvider.issueToken({ email: 'pa@example.com' });
    secrets.push(external);
    const exchange = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: external,
      ...client,
    };
    await requestToken(tokenUrl(emulator), apply(exchange, {}));
    const headers = { authorization: `Bearer ${body['access_token']}`, cookie: 'a=canary-cookie' };
    await fetch(`${emulator.apiUrl}/knowledge/portalmgr/v4/portals/user?access_token=${body['access_token']}`, {
      headers,
    });
    await requestToken(tokenUrl(emulator), apply({ ...client, client_secret: 'canary-wrong', password: 'canary' }, {}));
    await postForm(`${tokenUrl(emulator)}?client_secret=canary-query`, apply({}, {}), {
      authorization: 'Basic canary',
    });
    const jsonAsForm = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', body: '{"client_secret":"canary-json"}', headers: jsonAsForm };
    await fetch(tokenUrl(emulator), init);
    await fetch(`${emulator.identityProvider.url}/token`, { ...init, body: 'email=pa%40example.com&password=canary' });

    const journal = JSON.stringify(emulator.journal());
    expect(emulator.journal().length).toBeGreaterThanOrEqual(10);
    expect(secrets.every((secret) => typeof secret === 'string' && secret.length > 5)).toBe(true);
    expect(secrets.filter((secret) => journal.includes(secret))).toEqual([]);
  });
});
