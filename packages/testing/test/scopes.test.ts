import { describe, expect, test } from '@jest/globals';
import { resolveScope, SCOPE_RULES } from '../src/scopes.ts';

const client = { name: 'Desk', permissions: ['core.aiservices.read', 'app.core.usermgr.read'] };
const context = { client, scopePrefix: '', behaviour: { ungrantableScopes: 'dropped' } } as const;

describe('scopes that cannot be granted', () => {
  test('are dropped beside one that can, when the emulator is told to', () => {
    const scope = 'core.everything.read core.aiservices.read app.core.usermgr.read';
    expect(resolveScope(scope, SCOPE_RULES.login, context)).toEqual(['core.aiservices.read']);
  });

  test('are refused when nothing would be left', () => {
    expect(() => resolveScope('core.everything.read', SCOPE_RULES.login, context)).toThrow('invalid_scope');
  });

  test('are refused otherwise, for the first of them', () => {
    const strict = { ...context, behaviour: { ungrantableScopes: 'refused' } } as const;
    const scope = 'core.aiservices.read core.everything.read app.core.usermgr.read';
    expect(() => resolveScope(scope, SCOPE_RULES.login, strict)).toThrow("'core.everything.read' is not assigned");
  });
});

test('a scope without the prefix of the URL is refused even where scopes are dropped', () => {
  const prefixed = { ...context, scopePrefix: 'https://api/auth/' };
  const both = 'https://api/auth/core.aiservices.read core.aiservices.manage';
  expect(() => resolveScope(both, SCOPE_RULES.login, prefixed)).toThrow(
    "send 'https://api/auth/core.aiservices.manage'",
  );
  const [first = ''] = both.split(' ');
  expect(resolveScope(first, SCOPE_RULES.login, prefixed)).toEqual(['core.aiservices.read']);
});
