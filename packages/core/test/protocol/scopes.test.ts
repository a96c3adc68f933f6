import { describe, expect, test } from '@jest/globals';
import { assertScopes, parseScopes, serializeScopes } from '../../src/protocol/scopes.ts';
import { failureOf } from '../failure.ts';

const PREFIX = 'https://api.ai.egain.cloud/auth/';

describe('scopes that may be requested', () => {
  test.each([
    [['knowledge.portalmgr.read']],
    [['core.aiservices.read', 'core.aiservices.manage']],
    [['https://api.ai.egain.cloud/auth/knowledge.portalmgr.read']],
    [['.default', '!#[]~']],
  ])('%j', (scopes) => {
    expect(() => assertScopes(scopes)).not.toThrow();
  });

  test.each<[name: string, scopes: unknown[]]>([
    ['an empty list', []],
    ['an empty scope', ['']],
    ['two scopes in one', ['a b']],
    ['a space behind', ['a ']],
    ['a quote', ['a"']],
    ['a backslash', ['a\\']],
    ['a tab', ['a\tb']],
    ['a line break', ['a\nb']],
    ['a null character', ['a\u0000']],
    ['a delete character', ['a\u007f']],
    ['a letter outside ASCII', ['caf\u00e9']],
    ['a no-break space', ['a\u00a0b']],
    ['undefined', [undefined]],
    ['null', [null]],
    ['a number', [5]],
    ['a nested list', [['a']]],
    ['one wrong scope among good ones', ['a', 'b c', 'd']],
  ])('T081: are not %s', (_name, scopes) => {
    const error = failureOf(() => assertScopes(scopes as string[]));
    expect(error).toMatchObject({ code: 'invalid_scope', retryable: false });
  });
});

describe('the scope parameter', () => {
  test.each<[scopes: string[], prefix: string, parameter: string]>([
    [['a'], '', 'a'],
    [['a', 'b'], '', 'a b'],
    [['b', 'a'], '', 'b a'],
    [['a', 'b'], PREFIX, `${PREFIX}a ${PREFIX}b`],
    [[`${PREFIX}a`, 'b'], PREFIX, `${PREFIX}a ${PREFIX}b`],
    [['https://other.example/auth/a'], PREFIX, `${PREFIX}https://other.example/auth/a`],
  ])('of %j with the prefix %j is %s', (scopes, prefix, parameter) => {
    expect(serializeScopes(scopes, prefix)).toBe(parameter);
  });

  test.each<[parameter: string, prefix: string, scopes: string[]]>([
    ['a', '', ['a']],
    ['a b', '', ['a', 'b']],
    [' a  b ', '', ['a', 'b']],
    ['', '', []],
    [' ', PREFIX, []],
    [`${PREFIX}a b`, PREFIX, ['a', 'b']],
    [`${PREFIX}${PREFIX}a`, PREFIX, [`${PREFIX}a`]],
    ['a\tb', '', ['a\tb']],
  ])('T068: %j with the prefix %j means %j', (parameter, prefix, scopes) => {
    expect(parseScopes(parameter, prefix)).toEqual(scopes);
  });

  test('T068: what was requested and granted is the same once the prefix is gone', () => {
    const requested = ['core.aiservices.read', 'core.aiservices.manage'];
    expect(parseScopes(serializeScopes(requested, PREFIX), PREFIX)).toEqual(requested);
  });
});

test.each([
  ['https://api.ai.egain.cloud/auth/a.b.read app.x.read', '', ['a.b.read', 'app.x.read']],
  ['https://api.ai.egain.cloud/auth/a.b.read', 'https://other.example/auth/', ['a.b.read']],
  ['api://internal/a.b.read https://t.onmicrosoft.com/5f0c/.default', '', ['a.b.read', '.default']],
])('T068: an answer with a prefix that was not asked with is read all the same: %s', (scope, prefix, names) => {
  expect(parseScopes(scope, prefix)).toEqual(names);
});
