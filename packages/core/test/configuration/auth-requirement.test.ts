import { describe, expect, test } from '@jest/globals';
import { checkRequirement } from '../../src/configuration/auth-requirement.ts';
import type { AuthRequirement } from '../../src/outbound/request-context.ts';

/** JavaScript takes anything, and so does a configuration that was read from a file. */
const check = (given: unknown) => checkRequirement(given as AuthRequirement, 'requiresAuth()', ['name']);

describe('T117: a guard whose option is wrong', () => {
  test.each<[given: unknown, message: RegExp]>([
    ['user', /takes an object, such as requiresAuth\(\{ as: 'user' \}\)/],
    [['knowledge.portalmgr.read'], /takes an object/],
    [null, /takes an object/],
    [() => ({ as: 'user' }), /takes an object/],
    [{ scopes: ['knowledge.portalmgr.read'] }, /has no option "scopes"\. Did you mean "scope"\?/],
    [{ persona: 'user' }, /has no option "persona"\. It takes as, scope, unauthenticated, name\./],
    [{ role: 'admin' }, /has no option "role"/],
    [{ as: 'agent' }, /"as" must be "user" or "customer"/],
    [{ as: null }, /"as" must be/],
    [{ as: ['user'] }, /"as" must be/],
    [{ scope: 'knowledge.portalmgr.read' }, /"scope" must be a list of scopes/],
    [{ scope: [undefined] }, /"scope" must be a list of scopes/],
    [{ scope: null }, /"scope" must be a list of scopes/],
    [{ unauthenticated: '401' }, /"unauthenticated" must be "redirect" or "json"/],
    [{ unauthenticated: false }, /"unauthenticated" must be/],
  ])('is refused when it is created: %j', (given, message) => {
    expect(() => check(given)).toThrow(TypeError);
    expect(() => check(given)).toThrow(message);
  });

  test.each([
    [undefined, {}],
    [{}, {}],
    [
      { as: undefined, scope: undefined },
      { as: undefined, scope: undefined },
    ],
    [
      { as: 'customer', scope: ['knowledge.portalmgr.read'], unauthenticated: 'json', name: 'second' },
      { as: 'customer', scope: ['knowledge.portalmgr.read'], unauthenticated: 'json', name: 'second' },
    ],
  ])('but a correct one stays as it is: %j', (given, expected) => {
    expect(check(given)).toEqual(expected);
  });
});
