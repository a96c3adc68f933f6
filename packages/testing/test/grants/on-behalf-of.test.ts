import { describe, expect, test } from '@jest/globals';
import type { EgainEmulator, Persona } from '../../src/index.ts';
import { callApi, USER as DETAILS } from '../api-client.ts';
import {
  apply,
  type Changes,
  credentials,
  decodeClaims,
  requestToken,
  startEmulator,
  tokenUrl,
} from '../emulator-client.ts';

const FORM = { grant_type: 'password', scope: 'knowledge.portalmgr.onbehalfof.read' };
const USER = { subject_username: 'pa' };
const CUSTOMER = { subject_email: 'jane.doe@example.com' };

describe('the on-behalf-of grant', () => {
  test.each<[name: string, persona: Persona, subject: Changes, expected: string]>([
    ['a user by username', 'user', USER, 'pa'],
    ['a user by id', 'user', { subject_userid: '1068' }, 'maria.agent'],
    ['a customer by email', 'customer', CUSTOMER, 'jane.doe@example.com'],
  ])('acts for %s', async (_name, persona, subject, expected) => {
    const emulator = await startEmulator({ refreshTokens: 'kept' });
    const form = apply({ ...FORM, ...subject }, credentials(emulator));
    const { status, body } = await requestToken(tokenUrl(emulator, persona), form);
    expect([status, body['scope']]).toEqual([200, FORM.scope]);
    expect(body).not.toHaveProperty('refresh_token');
    expect(decodeClaims(body['access_token'])['sub']).toBe(expected);
    const entry = { grant: 'password', persona, actor: `on-behalf-of-${persona}`, subject: expected };
    expect(emulator.journal('token')).toMatchObject([entry]);
  });

  test.each<[name: string, persona: Persona, changes: Changes, error: string]>([
    ['no subject', 'user', {}, 'invalid_request'],
    ['no subject at -C', 'customer', {}, 'invalid_request'],
    ['an empty subject', 'user', { subject_username: '' }, 'invalid_request'],
    ['two subjects', 'user', { ...USER, subject_userid: '1067' }, 'invalid_request'],
    ['a user and a customer', 'user', { ...USER, ...CUSTOMER }, 'invalid_request'],
    ['a user and a customer at -C', 'customer', { ...USER, ...CUSTOMER }, 'invalid_request'],
    ['a customer at -U', 'user', CUSTOMER, 'invalid_request'],
    ['a user at -C', 'customer', USER, 'invalid_request'],
    ['a user id at -C', 'customer', { subject_userid: '1067' }, 'invalid_request'],
    ['an unknown username', 'user', { subject_username: 'nobody' }, 'invalid_grant'],
    ['an unknown user id', 'user', { subject_userid: '9' }, 'invalid_grant'],
    ['a user id as username', 'user', { subject_username: '1067' }, 'invalid_grant'],
    ['an unknown customer', 'customer', { subject_email: 'nobody@example.com' }, 'invalid_grant'],
    ["a user's email at -C", 'customer', { subject_email: 'pa@example.com' }, 'invalid_grant'],
    ['a username parameter', 'user', { ...USER, username: 'pa' }, 'invalid_request'],
    ['a password parameter', 'user', { ...USER, password: 'emulator-password' }, 'invalid_request'],
    ['no scope', 'user', { ...USER, scope: undefined }, 'invalid_scope'],
    ['a delegated scope', 'user', { ...USER, scope: 'knowledge.portalmgr.read' }, 'invalid_scope'],
    ['a mixture of scopes', 'user', { ...USER, scope: `${FORM.scope} knowledge.portalmgr.read` }, 'invalid_scope'],
    ['an application scope', 'user', { ...USER, scope: 'app.knowledge.portalmgr.read' }, 'invalid_scope'],
    ['a scope not assigned', 'user', { ...USER, scope: 'knowledge.contentmgr.onbehalfof.read' }, 'invalid_scope'],
  ])('refuses %s', async (_name, persona, changes, error) => {
    const emulator = await startEmulator();
    const form = apply({ ...FORM, ...credentials(emulator) }, changes);
    const { status, body } = await requestToken(tokenUrl(emulator, persona), form);
    expect([status, body['error']]).toEqual([400, error]);
    expect(body).not.toHaveProperty('access_token');
  });

  test('refuses a client application without the checkbox', async () => {
    const emulator = await startEmulator({ client: { onBehalfOf: false } });
    const { status, body } = await requestToken(tokenUrl(emulator), apply({ ...FORM, ...USER }, credentials(emulator)));
    expect([status, body['error']]).toEqual([400, 'unauthorized_client']);
  });

  test('refuses a public client, whatever its checkbox says', async () => {
    const clients = [{ clientId: 'public', platform: 'spa' as const, onBehalfOf: true, permissions: [FORM.scope] }];
    const emulator = await startEmulator({ clients });
    const { body } = await requestToken(tokenUrl(emulator), apply({ ...FORM, ...USER }, { client_id: 'public' }));
    expect(body['error']).toBe('unauthorized_client');
  });
});

describe('subject_userid', () => {
  const ask = async (emulator: EgainEmulator, subject: Changes) =>
    (await requestToken(tokenUrl(emulator), apply({ ...FORM, ...subject }, credentials(emulator)))).status;

  test('takes longer than subject_username, by what the emulator is told', async () => {
    const emulator = await startEmulator({ subjectUserIdDelayMs: 60_000 });
    const slow = ask(emulator, { subject_userid: '1067' }).catch(() => 'closed');
    expect(await ask(emulator, USER)).toBe(200);
    expect(await ask(emulator, { subject_userid: '1067', scope: 'core.x' })).toBe(400);
    // An entry is there once its answer is.
    expect(emulator.journal('token')).toMatchObject([{ subject: 'pa' }, { error: 'invalid_scope' }]);
    await emulator.close(); // waits for no delay
    expect(await slow).toBe('closed');
  });

  test.each([
    ['somebody', '1067', 200],
    ['nobody', '9', 400],
  ])('is answered in the end for %s', async (_name, subject_userid, status) => {
    const emulator = await startEmulator({ subjectUserIdDelayMs: 100 });
    const startedAt = performance.now();
    expect(await ask(emulator, { subject_userid })).toBe(status);
    expect(performance.now() - startedAt).toBeGreaterThan(98);
  });
});

describe('where eGain might be milder, the on-behalf-of grant', () => {
  test.each<[name: string, persona: Persona, subjects: Changes, expected: string | number]>([
    ['the username before the user id', 'user', { subject_userid: '1068', ...USER }, 'pa'],
    ['the user of a user and a customer', 'user', { ...CUSTOMER, ...USER }, 'pa'],
    ['the customer of a user and a customer', 'customer', { ...USER, ...CUSTOMER }, 'jane.doe@example.com'],
    ['nobody where none fits the URL', 'customer', { ...USER, subject_userid: '1067' }, 400],
  ])('takes %s', async (_name, persona, subjects, expected) => {
    const emulator = await startEmulator({ behaviour: { ambiguousSubject: 'first' } });
    const form = apply({ ...FORM, ...subjects }, credentials(emulator));
    const { status, body } = await requestToken(tokenUrl(emulator, persona), form);
    expect(status === 200 ? decodeClaims(body['access_token'])['sub'] : status).toBe(expected);
  });

  test('calls an unknown subject an invalid request', async () => {
    const emulator = await startEmulator({ behaviour: { unknownSubject: 'invalid_request' } });
    const form = apply({ ...FORM, subject_username: 'nobody' }, credentials(emulator));
    expect((await requestToken(tokenUrl(emulator), form)).body['error']).toBe('invalid_request');
  });

  test('issues a token for an unknown subject, who has no details', async () => {
    const emulator = await startEmulator({ behaviour: { unknownSubject: 'issued' } });
    const form = apply({ ...FORM, subject_username: 'nobody' }, credentials(emulator));
    const { body } = await requestToken(tokenUrl(emulator), form);
    expect((await callApi(emulator, DETAILS, body['access_token'])).status).toBe(204);
  });

  test('drops a delegated scope beside one of its own', async () => {
    const emulator = await startEmulator({ behaviour: { ungrantableScopes: 'dropped' } });
    const scope = `knowledge.portalmgr.read ${FORM.scope}`;
    const { body } = await requestToken(tokenUrl(emulator), apply({ ...FORM, ...USER, scope }, credentials(emulator)));
    expect(body['scope']).toBe(FORM.scope);
  });
});
