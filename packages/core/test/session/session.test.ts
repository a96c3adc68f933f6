import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import { createSessionRecord, type SessionRecord } from '../../src/session/session.ts';
import { parseSession, serializeSession } from '../../src/session/session-format.ts';

/** Written down and read again. */
function readBack(session: SessionRecord): SessionRecord {
  const parsed = parseSession(serializeSession(session, 'its binding'));
  if (!parsed) throw new Error('not read back');
  expect(parsed.binding).toBe('its binding');
  return createSessionRecord(parsed.fields);
}

const record = (refreshToken?: string) =>
  createSessionRecord({
    id: 'session-1',
    persona: 'customer',
    identity: { persona: 'customer', id: '1067', name: 'Jos\u00e9', roles: ['a', 'b'] },
    requestedScope: ['knowledge.portalmgr.read'],
    startedAt: 1000,
    touchedAt: 2000,
    obtainedAt: 1000,
    tokens: createTokenSet({
      accessToken: 'canary-access',
      refreshToken,
      expiresAt: 3000,
      scope: ['knowledge.portalmgr.read', 'core.aiservices.read'],
      source: 'issuer',
    }),
  });

describe('a session', () => {
  test.each([undefined, 'canary-refresh'])('is read back as it was written (refresh token %s)', (refreshToken) => {
    const session = record(refreshToken);
    const parsed = readBack(session);
    expect(parsed).toEqual(session);
    expect([parsed.tokens.accessToken, parsed.tokens.refreshToken]).toEqual(['canary-access', refreshToken]);
    expect(parsed.tokens.expiresAt).toBe(3000);
    expect([...parsed.tokens.scope]).toEqual(['knowledge.portalmgr.read', 'core.aiservices.read']);
  });

  test('that was read back has its tokens from memory, not from the issuer', () => {
    expect(readBack(record()).tokens.source).toBe('memory');
  });

  test('says what the login was granted', () => {
    expect([...record().scope]).toEqual(['knowledge.portalmgr.read', 'core.aiservices.read']);
  });

  test('T095: shows its tokens in no listing, no JSON and no print', () => {
    for (const session of [record('canary-refresh'), readBack(record('canary-refresh'))]) {
      expect(Object.keys(session).sort()).toEqual([
        ...['id', 'identity', 'obtainedAt', 'persona', 'requestedScope', 'scope', 'startedAt', 'touchedAt'],
      ]);
      const shown = [
        JSON.stringify(session),
        JSON.stringify({ ...session }),
        inspect(session),
        inspect(session, { depth: null, showHidden: true }),
        inspect({ session }, { depth: null, getters: true, customInspect: false }),
        inspect(structuredClone(session), { showHidden: true }),
      ];
      for (const text of shown) expect(text).not.toContain('canary');
    }
  });
});
