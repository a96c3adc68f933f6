import { describe, expect, test } from '@jest/globals';
import { assertSubject, customer, user } from '../src/subject.ts';
import { failureOf } from './failure.ts';

const BRAND = Symbol.for('egain-auth.subject');
const makeUser = user as (subject?: unknown) => unknown;
const makeCustomer = customer as (subject?: unknown) => unknown;

const NO_SUBJECTS: [name: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a string', 'pa'],
  ['a number', 5],
  ['true', true],
  ['a symbol', Symbol('pa')],
  ['a function', () => 'pa'],
  ['an empty array', []],
  ['an array', ['pa']],
  ['no key', {}],
  ['an unknown key', { login: 'pa' }],
  ['a key in another case', { userName: 'pa', Email: 'pa@example.com' }],
];

const NO_VALUES: [name: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['true', true],
  ['an array', ['pa']],
  ['an object', { toString: () => 'pa' }],
  ['a String object', Object('pa')],
  ['a function', () => 'pa'],
  ['empty', ''],
  ['a space', ' '],
  ['tabs and line breaks', '\t\r\n'],
  ['a no-break space', '\u00a0'],
  ['a byte order mark', '\ufeff'],
  ['a lone high surrogate', 'pa\ud83d'],
  ['a lone low surrogate', '\ude00pa'],
  ['surrogates the wrong way round', '\ude00\ud83d'],
  ['T102: NUL', 'pa\u0000'],
  ['T102: line breaks', 'pa\r\nx: y'],
  ['T102: an escape', '\u001b[31mpa'],
  ['T102: DEL', 'p\u007fa'],
  ['T102: a C1 control', 'p\u0085a'],
  ['T102: longer than any name', 'a'.repeat(1025)],
  ['T102: a hundred kilobytes', 'é'.repeat(100_000)],
];

describe('R11, T080: a subject that names nobody is an error before anything else happens', () => {
  test.each(NO_SUBJECTS)('user and customer refuse %s', (_name, value) => {
    expect(failureOf(() => makeUser(value)).code).toBe('invalid_subject');
    expect(failureOf(() => makeCustomer(value)).code).toBe('invalid_subject');
  });

  test.each(NO_VALUES)('a username, user id or e-mail address that is %s is refused', (_name, value) => {
    expect(failureOf(() => makeUser({ username: value })).code).toBe('invalid_subject');
    expect(failureOf(() => makeUser({ userId: value })).code).toBe('invalid_subject');
    expect(failureOf(() => makeCustomer({ email: value })).code).toBe('invalid_subject');
  });

  test.each<[name: string, value: object]>([
    ['both keys', { username: 'pa', userId: '1001' }],
    ['both keys, one of them undefined', { username: 'pa', userId: undefined }],
    ['an extra key', { username: 'pa', scope: 'app.all' }],
    ['the key of a customer', { email: 'pa@example.com' }],
    ['an inherited key', Object.create({ username: 'pa' })],
    ['a key that is not enumerable', Object.defineProperty({}, 'username', { value: 'pa' })],
  ])('user refuses %s', (_name, value) => {
    expect(failureOf(() => makeUser(value)).code).toBe('invalid_subject');
  });

  test('customer refuses the keys of a user, and an extra key', () => {
    expect(failureOf(() => makeCustomer({ username: 'pa' })).code).toBe('invalid_subject');
    expect(failureOf(() => makeCustomer({ email: 'a@example.com', userId: '1' })).code).toBe('invalid_subject');
  });

  test('a refusal does not repeat the value', () => {
    const error = failureOf(() => makeCustomer({ email: 'canary@example.com\ud800' }));
    expect(error.message + error.remedy).not.toContain('canary');
  });
});

describe('T078: a subject is kept exactly', () => {
  test.each<[name: string, value: string]>([
    ['plain', 'pa'],
    ['a space behind', 'pa '],
    ['a space before', ' pa'],
    ['upper case', 'PA'],
    ['composed (NFC)', 'Jos\u00e9'],
    ['decomposed (NFD)', 'Jose\u0301'],
    ['a fullwidth at sign', 'pa\uff20example.com'],
    ['a dotless i', 'p\u0131'],
    ['outside the BMP', 'pa\u{1f600}'],
    ['what looks like parameters', 'pa&scope=app.all&client_id=other'],
    ['a comma list', 'pa,admin'],
    ['of the longest length', 'a'.repeat(1024)],
  ])('%s', (_name, value) => {
    expect(user({ username: value }).value).toBe(value);
    expect(user({ userId: value }).value).toBe(value);
    expect(customer({ email: value }).value).toBe(value);
  });
});

describe('T081: a subject stands for exactly one parameter', () => {
  test.each([
    ['a username', user({ username: 'pa' }), { persona: 'user', kind: 'username', value: 'pa' }],
    ['a user id', user({ userId: 'pa' }), { persona: 'user', kind: 'userid', value: 'pa' }],
    ['an e-mail address', customer({ email: 'pa' }), { persona: 'customer', kind: 'email', value: 'pa' }],
  ])('%s', (_name, subject, members) => {
    expect(Object.fromEntries(Object.entries(subject))).toEqual(members);
  });

  test('it cannot be changed afterwards', () => {
    for (const subject of [user({ username: 'pa' }), user({ userId: '1' }), customer({ email: 'a@example.com' })]) {
      expect(Object.isFrozen(subject)).toBe(true);
    }
  });
});

describe('T079: only user() and customer() make a subject', () => {
  test('theirs pass the gate, and so do those of another installed copy', () => {
    const brandOfOtherCopy = { [BRAND]: true };
    const ofOtherCopy = Object.freeze({
      ...{ persona: 'user', kind: 'username', value: 'pa' },
      __proto__: brandOfOtherCopy,
    });
    for (const subject of [user({ username: 'pa' }), customer({ email: 'a@example.com' }), ofOtherCopy]) {
      expect(() => assertSubject(subject)).not.toThrow();
    }
  });

  test.each<[name: string, value: unknown]>([
    ...NO_SUBJECTS,
    ['what user() takes', { username: 'pa' }],
    ['an object of the same shape', { persona: 'user', kind: 'username', value: 'pa' }],
    ['a subject that was JSON', JSON.parse(JSON.stringify(user({ username: 'pa' })))],
    ['JSON that states the brand', JSON.parse('{"egain-auth.subject":true,"persona":"user","value":"pa"}')],
    ['a structured clone', structuredClone(user({ username: 'pa' }))],
    ['an object that inherits from a subject', Object.create(user({ username: 'pa' }))],
  ])('the gate refuses %s', (_name, value) => {
    expect(failureOf(() => assertSubject(value)).code).toBe('invalid_subject');
  });
});

test('T079: a copy of a subject with another value is no subject', () => {
  const made = user({ username: 'pa' });
  for (const copy of [
    { ...made, value: 'admin' },
    Object.assign({}, made),
    structuredClone(made),
    JSON.parse(JSON.stringify(made)),
    // What libraries that clone "deeply" do.
    Object.assign(Object.create(Object.getPrototypeOf(made)), made),
    Object.create(null),
  ]) {
    expect(failureOf(() => assertSubject(copy)).code).toBe('invalid_subject');
  }
});
