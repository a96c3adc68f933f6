import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import { createSealer } from '../../src/seal.ts';
import { packTexts } from '../../src/session/packed-texts.ts';
import { createSealedSessions } from '../../src/session/sealed-sessions.ts';
import { createSessionRecord, type SessionRecord } from '../../src/session/session.ts';
import { parseSession, serializeSession } from '../../src/session/session-format.ts';
import { createSessionSealer } from '../../src/session/session-sealer.ts';
import { BINDINGS } from '../session-sealer.ts';

const BINDING = BINDINGS.user ?? '';
const VALUE: readonly unknown[] = [1, 'user', { name: 'Pat' }, ['a'], null, 1000, 0, 0, 5000];
const TEXTS: readonly string[] = ['id', BINDING, 'access', 'refresh'];

const at = (index: number, value: unknown) => VALUE.with(index, value);
const withText = (index: number, text: string) => TEXTS.with(index, text);

test('the values that the tests below break are a session', () => {
  expect(parseSession(packTexts(VALUE, TEXTS))).toMatchObject({ fields: { id: 'id', startedAt: 1000 } });
});

/** Sealed with our secret, under our name, and not a session. */
const NOT_SESSIONS: readonly [name: string, plaintext: string | Buffer][] = [
  ...['', 'null', '[]', '{}', '"x"', '5', 'true', '{', '\0', 'null\0', '[]\0', '[null]\0', '[null,null]\0', '\0\0'].map(
    (text): [string, string] => [`the text ${JSON.stringify(text)}`, text],
  ),
  ['an object of before the format', '{"format":1,"id":"x","tokens":{"accessToken":"a"}}'],
  ['F32: another format', packTexts(at(0, 2), TEXTS)],
  ['the format as text', packTexts(at(0, '1'), TEXTS)],
  ...[null, [], 'x', 5, {}].map((value): [string, Buffer] => [
    `the record ${JSON.stringify(value)}`,
    packTexts(value, TEXTS),
  ]),
  ['no texts', packTexts(VALUE, [])],
  ['no access token', packTexts(VALUE, TEXTS.slice(0, 2))],
  ['an empty access token', packTexts(VALUE, withText(2, ''))],
  ['an empty id', packTexts(VALUE, withText(0, ''))],
  ['another persona', packTexts(at(1, 'admin'), TEXTS)],
  ['a persona from the prototype', packTexts(at(1, 'constructor'), TEXTS)],
  ...[null, [], 'x', 5].map((value): [string, Buffer] => [
    `the identity ${JSON.stringify(value)}`,
    packTexts(at(2, value), TEXTS),
  ]),
  ...[null, {}, 'a', [5], [null]].map((value): [string, Buffer] => [
    `the requested scope ${JSON.stringify(value)}`,
    packTexts(at(3, value), TEXTS),
  ]),
  ...[{}, 'a', 5, [5]].map((value): [string, Buffer] => [
    `the scope ${JSON.stringify(value)}`,
    packTexts(at(4, value), TEXTS),
  ]),
  // T105: a time that no clock shows would decide when a session ends.
  ...['null', 'true', '"1000"', '-1', '1.5', '1e999', '9007199254740993', '[]', '{}'].flatMap((time) =>
    [5, 6, 7].map((index): [string, string] => [
      `T105: the time ${time} as member ${index}`,
      `[${JSON.stringify(at(index, 'TIME')).replace('"TIME"', index === 5 || time !== '-1' ? time : '-1001')},${JSON.stringify(TEXTS.map((text) => [`${text}!`]))}]\0`,
    ]),
  ),
  ...['null', '"x"', '-1', '1e999', '[]'].map((time): [string, string] => [
    `T105: the expiry ${time}`,
    `[${JSON.stringify(at(8, 'TIME')).replace('"TIME"', time)},${JSON.stringify(TEXTS.map((text) => [`${text}!`]))}]\0`,
  ]),
  ['a byte too many', Buffer.concat([packTexts(VALUE, TEXTS), Buffer.of(0)])],
  ['a byte too few', packTexts(VALUE, TEXTS).subarray(0, -1)],
  ...[-1, 1.5, 1e9, null, {}, true].map((part): [string, string] => [
    `a text with the part ${JSON.stringify(part)}`,
    `[${JSON.stringify(VALUE)},[[${JSON.stringify(part)}],["b!"],["c!"]]]\0`,
  ]),
];

describe('F69: a value that is sealed with our secret and is not a session', () => {
  const sealer = createSealer(['a secret of more than thirty-two bytes'], 'session', 'https://desk.example.com/');
  const settings = { cookieName: 'sid', secure: true, absoluteMs: 1000 };
  const sessions = createSealedSessions(settings, createSessionSealer(sealer, BINDINGS));

  test.each(NOT_SESSIONS)('is unreadable: %s', (_name, plaintext) => {
    const cookie = `sid=${sealer.seal('sid', plaintext)}`;
    expect(sessions.read({ headers: { cookie } })).toBe('unreadable');
  });

  test('whatever its bytes are', () => {
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.json().map((json) => Buffer.from(json)),
      fc.json().map((json) => Buffer.from(`${json}\0`)),
      fc.tuple(fc.jsonValue(), fc.array(fc.string())).map(([value, texts]) => packTexts(value, texts)),
    );
    fc.assert(fc.property(anything, (bytes) => parseSession(Buffer.from(bytes)) === undefined));
  });
});

describe('F72: a session is read back exactly', () => {
  const time = fc.integer({ min: 0, max: 8e15 });
  const text = fc.string({ unit: 'binary', minLength: 1 });
  const scopes = fc.uniqueArray(fc.stringMatching(/^[a-z.]{1,12}$/), { maxLength: 4 });
  const persona = fc.constantFrom('user' as const, 'customer' as const);
  const identity = fc.record({ persona, id: text, name: text, roles: fc.array(text) }, { requiredKeys: ['persona'] });
  const session = fc.record({
    ...{ id: text, persona, identity, requestedScope: scopes },
    ...{ startedAt: time, touchedAt: time, obtainedAt: time, accessToken: text, scope: scopes },
    refreshToken: fc.option(text, { nil: undefined }),
    isAsRequested: fc.boolean(),
    // `expires_in` may have decimal places.
    expiresAt: fc.oneof(time, fc.double({ min: 0, max: 1e13, noNaN: true, noDefaultInfinity: true })),
  });

  const visible = ({ tokens, ...record }: SessionRecord) => ({
    ...record,
    scope: [...tokens.scope],
    tokens: [tokens.accessToken, tokens.refreshToken, tokens.expiresAt],
  });

  test('for every session', () => {
    fc.assert(
      fc.property(session, ({ accessToken, refreshToken, expiresAt, isAsRequested, ...fields }) => {
        const scope = isAsRequested ? fields.requestedScope : fields.scope;
        const tokens = createTokenSet({ accessToken, refreshToken, expiresAt, scope, source: 'memory' });
        const record = createSessionRecord({ ...fields, tokens });
        const parsed = parseSession(serializeSession(record, BINDING));
        expect(parsed?.binding).toBe(BINDING);
        expect(parsed && visible(createSessionRecord(parsed.fields))).toEqual(visible(record));
      }),
    );
  });

  test('what was granted is left out only if it is what was requested, in the same order', () => {
    const granted = (scope: string[], requestedScope: string[]) => {
      const tokens = createTokenSet({ accessToken: 'a', expiresAt: 1, scope, source: 'issuer' });
      const times = { startedAt: 0, touchedAt: 0, obtainedAt: 0 };
      const fields = { id: 'i', persona: 'user', identity: { persona: 'user' }, requestedScope, ...times } as const;
      const parsed = parseSession(serializeSession(createSessionRecord({ ...fields, tokens }), BINDING));
      return [...(parsed?.fields.tokens.scope ?? [])];
    };
    for (const [scope, requested] of [
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      [['a', 'b'], ['a b']],
      [['a'], ['a', 'b']],
      [['a', 'b'], ['a']],
      [[], ['a']],
      [['a'], []],
    ] as [string[], string[]][]) {
      expect(granted(scope, requested)).toEqual(scope);
    }
  });
});
