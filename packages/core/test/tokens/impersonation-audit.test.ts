import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createEgainAuth, customer, type ImpersonationEvent, type TokenEvent, user } from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { json, serversToClose } from '../loopback.ts';
import { soon } from '../soon.ts';

const { serve, closeAll } = serversToClose();
afterEach(closeAll);

const seen: { readonly token: TokenEvent[]; readonly audit: ImpersonationEvent[] } = { token: [], audit: [] };
const onToken = (event: unknown) => seen.token.push(event as TokenEvent);
const onAudit = (event: unknown) => seen.audit.push(event as ImpersonationEvent);
beforeEach(() => {
  seen.token.length = 0;
  seen.audit.length = 0;
  subscribe('egain-auth:token', onToken);
  subscribe('egain-auth:on-behalf-of', onAudit);
});
afterEach(() => {
  unsubscribe('egain-auth:token', onToken);
  unsubscribe('egain-auth:on-behalf-of', onAudit);
});

const PA = 'canary-pa';
const SCOPE = { scope: ['knowledge.portalmgr.onbehalfof.read'] as const };
let answer = json({ access_token: 'canary.token', expires_in: 3600 });
beforeEach(() => {
  answer = json({ access_token: 'canary.token', expires_in: 3600 });
});

async function egainWith(more: object = {}) {
  const { origin } = await serve((response, request) => answer(response, request));
  return createEgainAuth({
    clientId: 'client-1',
    clientSecret: 'canary-secret',
    tenantId: 'TM1',
    domainUrl: origin,
    apiUrl: origin,
    endpoints: { tokenExchange: { tokenUrl: `${origin}/exchange` } },
    authorizeSubject: ({ value }) => value !== 'canary-nobody',
    ...more,
  });
}
const nothingIsTold = () => expect(inspect(seen, { depth: null, showHidden: true })).not.toContain('canary');

describe('T082: an impersonation leaves a trace', () => {
  test('when a token was obtained: when, where, for whom as a hash, with which scopes', async () => {
    stopClock();
    const egain = await egainWith();
    await egain.onBehalfOf(user({ username: PA }), SCOPE);
    const [event] = seen.audit;
    expect(seen.audit).toEqual([
      {
        at: Date.now(),
        outcome: 'granted',
        actor: 'on-behalf-of',
        tenantId: 'TM1',
        persona: 'user',
        subject: expect.stringMatching(/^[\w-]{43}$/),
        scope: SCOPE.scope,
      },
    ]);
    // Once: what came from memory is no new token.
    await egain.onBehalfOf(user({ username: PA }), SCOPE);
    expect(seen.audit).toHaveLength(1);
    await egain.onBehalfOf(user({ username: 'canary-qa' }), SCOPE);
    expect(seen.audit[1]?.subject).not.toBe(event?.subject);
    nothingIsTold();
  });

  test('when eGain refused, when the policy refused, and when there was no answer', async () => {
    const egain = await egainWith();
    answer = json({ error: 'invalid_grant' }, 400);
    await egain.onBehalfOf(customer({ email: 'canary@example.com' }), SCOPE).catch(() => {});
    await egain.onBehalfOf(user({ username: 'canary-nobody' }), SCOPE).catch(() => {});
    answer = json({ access_token: '' });
    await egain.onBehalfOf(user({ username: PA }), SCOPE).catch(() => {});
    expect(seen.audit).toMatchObject([
      { outcome: 'refused', persona: 'customer', code: 'token_request_failed' },
      { outcome: 'refused', persona: 'user', code: 'subject_refused' },
      { outcome: 'failed', persona: 'user', code: 'invalid_token_response' },
    ]);
    nothingIsTold();
  });

  test('of an exchange too, with a hash of the external token', async () => {
    const egain = await egainWith();
    await egain.tokenExchange({ registrationId: 'okta', subjectToken: () => 'canary.external.token' });
    expect(seen.audit).toMatchObject([{ outcome: 'granted', actor: 'exchanged', subject: expect.any(String) }]);
    expect(seen.audit[0]).not.toHaveProperty('persona');
    nothingIsTold();
  });

  test('of nobody, for actors that are nobody else', async () => {
    const egain = await egainWith();
    await egain.clientCredentials({ scope: ['app.core.aiservices.read'] });
    expect(seen.audit).toEqual([]);
  });

  test('with the same hash in processes that share a key, and only there', async () => {
    const key = { tokens: { encryptionKeys: 'an encryption key of more than 32 bytes' } };
    const other = { tokens: { encryptionKeys: 'another encryption key of more than 32' } };
    for (const options of [key, key, other, {}, {}]) {
      await (await egainWith(options)).onBehalfOf(user({ username: PA }), SCOPE);
    }
    const hashes = seen.audit.map(({ subject }) => subject);
    expect(hashes[0]).toBe(hashes[1]);
    expect(new Set(hashes).size).toBe(4);
  });
});

describe('the events of tokens', () => {
  test('say what the cache did, and nothing of whom for', async () => {
    stopClock();
    const egain = await egainWith();
    const pa = () => egain.onBehalfOf(user({ username: PA }), SCOPE);
    await Promise.all([pa(), pa(), pa()]);
    await pa();
    passTime(58 * 60_000);
    await pa();
    await soon(() => expect(seen.token).toHaveLength(4));
    expect(seen.token.map(({ type, source }) => [type, source])).toEqual([
      ['miss', 'issuer'],
      ['hit', 'memory'],
      ['hit', 'memory'],
      ['renew', 'issuer'],
    ]);
    expect(seen.token[0]).toEqual({
      type: 'miss',
      actor: 'on-behalf-of',
      scope: SCOPE.scope,
      source: 'issuer',
      durationMs: expect.any(Number),
      key: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(new Set(seen.token.map(({ key }) => key)).size).toBe(1);
    nothingIsTold();
  });

  test('tell of failures and of tokens that are used in spite of them', async () => {
    stopClock();
    const egain = await egainWith();
    const pa = () => egain.onBehalfOf(user({ username: PA }), SCOPE);
    await pa();
    answer = (response) => response.writeHead(503).end();
    passTime(59 * 60_000 + 45_000);
    const { source, accessToken } = await pa();
    expect([source, accessToken]).toEqual(['stale', 'canary.token']);
    expect(seen.token.map(({ type }) => type)).toEqual(['miss', 'fail', 'stale']);
    expect(seen.token[1]).toMatchObject({ code: 'token_endpoint_unavailable' });
    expect(seen.token[1]).not.toHaveProperty('source');
    nothingIsTold();
  });

  test('are not made for nobody', async () => {
    stopClock();
    unsubscribe('egain-auth:token', onToken);
    const stringify = jest.spyOn(JSON, 'stringify');
    const egain = await egainWith();
    const pa = () => egain.onBehalfOf(user({ username: PA }), SCOPE);
    await pa();
    stringify.mockClear();
    await pa();
    expect(stringify).not.toHaveBeenCalled();

    answer = (response) => response.writeHead(503).end();
    passTime(59 * 60_000 + 45_000);
    await pa();
    stringify.mockClear();
    expect((await pa()).source).toBe('stale');
    expect(stringify).not.toHaveBeenCalled();
    stringify.mockRestore();
  });
});
