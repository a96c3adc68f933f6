import { describe, expect, test } from '@jest/globals';
import { createClientRegistry } from '../src/client-applications.ts';
import type { ClientSecret, EgainEmulator } from '../src/index.ts';
import { apply, credentials, findClient, requestToken, startEmulator, tokenUrl } from './emulator-client.ts';

const FORM = { grant_type: 'client_credentials', scope: 'app.core.usermgr.read' };
const HOUR_MS = 3_600_000;

/** What each secret brings: a status, or how it is refused. */
async function answersTo(emulator: EgainEmulator, ...secrets: string[]): Promise<unknown[]> {
  const answers = secrets.map(async (client_secret) => {
    const form = apply({ ...FORM, ...credentials(emulator) }, { client_secret });
    const { status, body } = await requestToken(tokenUrl(emulator), form);
    return status === 200 ? 200 : `${body['error']}: ${body['error_description']}`;
  });
  return Promise.all(answers);
}

const EXPIRED = expect.stringMatching(/^invalid_client: The client_secret expired at \d{4}-\d\d-\d\dT[\d:.]+Z\. /);
const WRONG = expect.stringMatching(/^invalid_client: The client_secret is wrong\. /);

describe('two secrets of a client application', () => {
  test('are both good, each until it expires', async () => {
    const expiresAt = Date.now() + HOUR_MS;
    const secrets = [{ value: 'new' }, { value: 'old', expiresAt }];
    const emulator = await startEmulator({ client: { secrets } });
    expect(emulator.config().clientSecret).toBe('new');
    expect(await answersTo(emulator, 'new', 'old', 'other')).toEqual([200, 200, WRONG]);
    emulator.clock.advance('59m');
    expect(await answersTo(emulator, 'new', 'old')).toEqual([200, 200]);
    emulator.clock.advance('1m');
    expect(await answersTo(emulator, 'new', 'old')).toEqual([200, EXPIRED]);
    expect((await answersTo(emulator, 'old'))[0]).toContain(new Date(expiresAt).toISOString());
    expect(emulator.journal('token').at(-1)).toMatchObject({ error: 'invalid_client', status: 401 });
  });

  test('may both be expired', async () => {
    const secrets = [
      { value: 'new', expiresAt: Date.now() },
      { value: 'old', expiresAt: 0 },
    ];
    expect(await answersTo(await startEmulator({ client: { secrets } }), 'new', 'old')).toEqual([EXPIRED, EXPIRED]);
  });
});

describe('the secrets of a client application', () => {
  const secretsOf = (clientSecret: string | undefined, secrets: readonly ClientSecret[]) => {
    const client = { secrets, ...(clientSecret !== undefined && { clientSecret }) };
    return createClientRegistry(client, []).all()[0];
  };

  test.each<[string, string | undefined, readonly ClientSecret[], readonly ClientSecret[]]>([
    ['clientSecret alone', 'a', [], [{ value: 'a' }]],
    ['clientSecret before another', 'a', [{ value: 'b' }], [{ value: 'a' }, { value: 'b' }]],
    [
      'clientSecret with its own expiry',
      'b',
      [{ value: 'a' }, { value: 'b', expiresAt: 1 }],
      [{ value: 'b', expiresAt: 1 }, { value: 'a' }],
    ],
    ['the first without clientSecret', undefined, [{ value: 'b' }, { value: 'a' }], [{ value: 'b' }, { value: 'a' }]],
  ])('are %s', (_name, clientSecret, secrets, expected) => {
    expect(secretsOf(clientSecret, secrets)).toMatchObject({ clientSecret: expected[0]?.value, secrets: expected });
  });

  test('are a random one where none is given', () => {
    const client = secretsOf(undefined, []);
    expect(client?.secrets).toEqual([{ value: client?.clientSecret }]);
    expect(client?.clientSecret).toMatch(/^[\w-]{43}$/);
  });

  test.each<[string, string | undefined, readonly ClientSecret[], string]>([
    ['three', undefined, [{ value: 'a' }, { value: 'b' }, { value: 'c' }], "3 secrets; eGain's console takes 2"],
    ['two beside clientSecret', 'a', [{ value: 'b' }, { value: 'c' }], "3 secrets; eGain's console takes 2"],
    ['an empty one', undefined, [{ value: '' }], 'not empty'],
    ['one that is no text', undefined, ['a' as unknown as ClientSecret], 'not empty'],
    ['the same one twice', undefined, [{ value: 'a' }, { value: 'a', expiresAt: 1 }], 'the same secret twice'],
    ['an expiry that is no time', undefined, [{ value: 'a', expiresAt: Number.NaN }], 'not epoch milliseconds'],
    ['an expiry that no date can be', undefined, [{ value: 'a', expiresAt: 9e15 }], 'not epoch milliseconds'],
  ])('are not %s', (_name, clientSecret, secrets, message) => {
    const create = () => secretsOf(clientSecret, secrets);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });
});

describe('a secret that is rotated', () => {
  test('leaves the one before good until it is removed, while the emulator runs', async () => {
    const emulator = await startEmulator({ client: { clientSecret: 'first' } });
    const { clientId } = findClient(emulator, 'web');
    emulator.rotateSecret(clientId, 'second');
    expect(emulator.config().clientSecret).toBe('second');
    expect(await answersTo(emulator, 'first', 'second')).toEqual([200, 200]);
    emulator.removeSecret(clientId, 'first');
    expect(await answersTo(emulator, 'first', 'second')).toEqual([WRONG, 200]);
  });

  test('leaves two at most, of which the one before ends when it did anyway', async () => {
    const emulator = await startEmulator({ client: { clientSecret: 'first' } });
    const { clientId } = findClient(emulator, 'web');
    emulator.rotateSecret(clientId, { value: 'second', expiresAt: Date.now() + HOUR_MS });
    emulator.rotateSecret(clientId, 'third');
    expect(findClient(emulator, 'web').secrets.map(({ value }) => value)).toEqual(['third', 'second']);
    expect(await answersTo(emulator, 'first', 'second', 'third')).toEqual([WRONG, 200, 200]);
    emulator.clock.advance('1h');
    expect(await answersTo(emulator, 'second', 'third')).toEqual([EXPIRED, 200]);
  });

  test('keeps everything else of its client application', async () => {
    const emulator = await startEmulator();
    const { clientSecret: _, secrets: __, ...before } = findClient(emulator, 'web');
    emulator.rotateSecret(before.clientId, 'next');
    expect(findClient(emulator, 'web')).toMatchObject(before);
  });

  test('belongs to one emulator', async () => {
    const [one, other] = [await startEmulator(), await startEmulator()];
    one.rotateSecret(findClient(one, 'web').clientId, 'next');
    expect(await answersTo(other, 'next')).toEqual([WRONG]);
  });

  test('can be removed although it is the last: nothing works then', async () => {
    const emulator = await startEmulator({ client: { clientSecret: 'only' } });
    const { clientId } = findClient(emulator, 'web');
    emulator.removeSecret(clientId, 'only');
    expect(findClient(emulator, 'web')).not.toHaveProperty('clientSecret');
    expect(await answersTo(emulator, 'only')).toEqual([WRONG]);
    emulator.rotateSecret(clientId, 'again');
    expect(await answersTo(emulator, 'again')).toEqual([200]);
  });

  test.each<[string, (emulator: EgainEmulator, web: string, spa: string) => void, string]>([
    ['of nobody', (emulator) => emulator.rotateSecret('nobody', 's'), "client_id 'nobody'"],
    ['of an SPA', (emulator, _web, spa) => emulator.rotateSecret(spa, 's'), 'has no client secret'],
    ['that is the same', (emulator, web) => emulator.rotateSecret(web, 'only'), 'the same secret twice'],
    ['that is empty', (emulator, web) => emulator.rotateSecret(web, ''), 'not empty'],
    ['that is unknown', (emulator, web) => emulator.removeSecret(web, 'unknown'), 'has no such secret'],
  ])('is none %s', async (_name, change, message) => {
    const emulator = await startEmulator({ client: { clientSecret: 'only' } });
    const [web, spa] = [findClient(emulator, 'web').clientId, findClient(emulator, 'spa').clientId];
    const run = () => change(emulator, web, spa);
    expect(run).toThrow(TypeError);
    expect(run).toThrow(message);
    expect(await answersTo(emulator, 'only')).toEqual([200]);
  });
});
