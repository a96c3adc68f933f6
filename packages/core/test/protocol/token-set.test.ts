import { format, type InspectOptions, inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createTokenSet, withoutRefreshToken } from '../../src/protocol/token-set.ts';

const ACCESS_TOKEN = 'canary.access.5f0c1e';
const REFRESH_TOKEN = 'canary.refresh.9b1d7a';
const tokens = createTokenSet({
  accessToken: ACCESS_TOKEN,
  refreshToken: REFRESH_TOKEN,
  expiresAt: 1000,
  scope: ['a', 'b'],
  source: 'issuer',
});
const holder = { list: [{ tokens }], map: new Map([['tokens', tokens]]) };

describe('a token set', () => {
  test('tells its token to whoever asks for it by name', () => {
    expect(tokens.accessToken).toBe(ACCESS_TOKEN);
    expect(tokens.refreshToken).toBe(REFRESH_TOKEN);
    expect(tokens).toMatchObject({ expiresAt: 1000, source: 'issuer' });
    expect([...tokens.scope]).toEqual(['a', 'b']);
  });

  test('loses its refresh token where it leaves the session layer', () => {
    const published = withoutRefreshToken(tokens);
    expect(published.accessToken).toBe(ACCESS_TOKEN);
    expect('refreshToken' in published || Reflect.get(published, 'refreshToken')).toBeFalsy();
  });

  test('has no refresh token where none was issued', () => {
    const { refreshToken } = createTokenSet({ accessToken: 'a', expiresAt: 1, scope: [], source: 'memory' });
    expect(refreshToken).toBeUndefined();
  });

  test('cannot be changed, nor by changing the scopes it was made of', () => {
    const scope = ['a'];
    const made = createTokenSet({ accessToken: 'a', expiresAt: 1, scope, source: 'issuer' });
    scope.push('admin');
    expect([...made.scope]).toEqual(['a']);
    expect(() => Object.assign(made, { accessToken: 'b' })).toThrow(TypeError);
    expect(() => Object.assign(made, { expiresAt: Number.POSITIVE_INFINITY })).toThrow(TypeError);
    expect(() => Object.defineProperty(made, 'accessToken', { value: 'b' })).toThrow(TypeError);
  });
});

describe('T095: the tokens are not in', () => {
  test.each<[name: string, shown: () => unknown]>([
    ['JSON', () => JSON.stringify(tokens)],
    ['JSON of what holds it', () => JSON.stringify(holder)],
    ['indented JSON', () => JSON.stringify(tokens, null, 2)],
    ['JSON of its members by name', () => JSON.stringify(tokens, ['accessToken', 'refreshToken', 'expiresAt'])],
    ['JSON of a copy', () => JSON.stringify({ ...tokens })],
    ['its entries', () => JSON.stringify(Object.entries(tokens))],
    ['its values', () => JSON.stringify(Object.values(tokens))],
    ['an assigned copy', () => inspect(Object.assign({}, tokens), { showHidden: true })],
    ['a for-in loop', () => JSON.stringify(namesInLoop(tokens))],
    ['its text', () => String(tokens as unknown)],
    ['%s', () => format('%s', tokens)],
    ['%j', () => format('%j', tokens)],
    ['%o', () => format('%o', tokens)],
    ['%O', () => format('%O', holder)],
    ['an error that has it as a cause', () => inspect(new Error('x', { cause: tokens }), { showHidden: true })],
    ['an aggregate error', () => inspect(new AggregateError([tokens], 'x'), { showHidden: true, depth: null })],
  ])('%s', (_name, shown) => {
    expect(shown()).not.toMatch(/canary/);
  });

  test.each<[options: InspectOptions]>([
    [{}],
    [{ showHidden: true }],
    [{ getters: true }],
    [{ getters: 'get' }],
    [{ customInspect: false }],
    [{ showHidden: true, getters: true }],
    [{ showHidden: true, customInspect: false }],
    [{ getters: true, customInspect: false }],
    [{ showHidden: true, getters: true, customInspect: false }],
    [{ showHidden: true, getters: true, customInspect: false, showProxy: true }],
    [{ showHidden: true, showProxy: true, sorted: true, compact: false, breakLength: 1 }],
  ])('what util.inspect prints with %j', (options) => {
    expect(inspect(tokens, options)).not.toContain('canary');
    expect(inspect(holder, { ...options, depth: null })).not.toContain('canary');
  });

  test('a structured clone: none can be made', () => {
    expect(() => structuredClone(tokens)).toThrow('could not be cloned');
  });

  test('but everything else is', () => {
    expect(JSON.parse(JSON.stringify(tokens))).toEqual({ expiresAt: 1000, scope: ['a', 'b'], source: 'issuer' });
    expect(inspect(tokens)).toMatch(/expiresAt: 1000.*source: 'issuer'/s);
  });
});

function namesInLoop(value: object): unknown[] {
  const values: unknown[] = [];
  for (const name in value) values.push(name, value[name as keyof typeof value]);
  return values;
}
