import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/actor.ts';
import { customer, user } from '../../src/subject.ts';
import { type CachedRequest, createTokenContexts } from '../../src/tokens/token-context.ts';
import { failureOf } from '../failure.ts';
import { alike, isOneKey, type KeyParts, keyParts, mixed, requestOf } from './key-parts.ts';

const createContexts = (onCleared = () => {}) => createTokenContexts<string>(onCleared);
const contextRequest = (parts: KeyParts) => requestOf(parts) as CachedRequest;
const pa: Actor = { type: 'on-behalf-of', subject: user({ username: 'pa' }) };

describe('R1: the context of a request', () => {
  test('is one and the same, whatever the order and repetition of scopes and the order of parameters', () => {
    fc.assert(
      fc.property(alike, ([parts, same]) => {
        const contexts = createContexts();
        const context = contexts.of(contextRequest(parts));
        expect(contexts.of(contextRequest(same))).toBe(context);
        // Found by a shorter way the second time.
        expect(contexts.of(contextRequest(same))).toBe(context);
        expect([...contexts]).toEqual([context]);
      }),
    );
  });

  test('is another one if anything differs but for whom the token is', () => {
    const withoutSubject = (parts: KeyParts): KeyParts => ({ ...parts, subject: 'x', externalToken: 'x', instance: 0 });
    fc.assert(
      fc.property(mixed, ([parts, other]) => {
        const contexts = createContexts();
        const [first, second] = [contexts.of(contextRequest(parts)), contexts.of(contextRequest(other))];
        expect(first === second).toBe(isOneKey(withoutSubject(parts), withoutSubject(other)));
      }),
      { numRuns: 1000 },
    );
  });

  test('says what the request said, sorted, and cannot be changed', () => {
    fc.assert(
      fc.property(keyParts, (parts) => {
        const context = createContexts().of(contextRequest(parts));
        expect(context).toMatchObject({ actor: parts.actor, scope: [...new Set(parts.scope)].sort() });
        expect(new Map(context.parameters)).toEqual(new Map(parts.parameters));
        expect([context, context.scope, context.parameters].map((each) => Object.isFrozen(each))).toEqual([
          true,
          true,
          true,
        ]);
      }),
    );
  });

  test('does not change when the caller’s list does', () => {
    const contexts = createContexts();
    const scope = ['a'];
    const context = contexts.of({ actor: pa, scope } as CachedRequest);
    scope.push('b');
    expect(context.scope).toEqual(['a']);
    expect(contexts.of({ actor: pa, scope } as CachedRequest)).not.toBe(context);
    expect(contexts.of({ actor: pa, scope: ['a'] } as CachedRequest)).toBe(context);
  });

  test.each([
    ['no parameters at all', undefined],
    ['no parameter', {}],
    ['inherited ones', Object.create({ audience: 'x' })],
  ])('is the same for %s', (_name, parameters) => {
    const contexts = createContexts();
    const context = contexts.of({ actor: pa, scope: ['a'] } as CachedRequest);
    expect(contexts.of({ actor: pa, scope: ['a'], parameters } as CachedRequest)).toBe(context);
  });
});

describe('there is none', () => {
  test.each<[name: string, scope: unknown]>([
    ['no scopes', []],
    ['undefined', undefined],
    ['text', 'a b'],
    ['a scope that is two', ['a b']],
    ['an empty scope', ['a', '']],
    ['a scope that is no string', [['a']]],
    ['something that looks like a list', { 0: 'a', length: 1 }],
  ])('for %s: invalid_scope', (_name, scope) => {
    const contexts = createContexts();
    contexts.of({ actor: pa, scope: ['a'] } as CachedRequest);
    const request = { actor: pa, scope } as CachedRequest;
    expect(failureOf(() => contexts.of(request)).code).toBe('invalid_scope');
  });

  test('but an exchange may do without scopes', () => {
    const actor: Actor = { type: 'exchanged', registrationId: 'okta', subjectToken: () => 'x' };
    expect(createContexts().of({ actor, scope: [] })).toMatchObject({ scope: [] });
  });
});

describe('R8: contexts have an end', () => {
  test('when there are thousands, all are forgotten, with what they held', () => {
    const onCleared = jest.fn();
    const contexts = createContexts(onCleared);
    const actor: Actor = { type: 'on-behalf-of', subject: customer({ email: 'jane@example.com' }) };
    const first = contexts.of({ actor, scope: ['first'] });
    first.entries.set('jane@example.com', 'an entry');
    let largest = 0;
    for (let number = 0; number < 25_000; number += 1) {
      contexts.of({ actor, scope: [`scope-${number}`], parameters: { resource: `${number % 3}` } });
      largest = Math.max(largest, number % 1000 === 0 ? [...contexts].length : 0);
    }
    expect(largest).toBeLessThanOrEqual(10_000);
    expect(onCleared.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(first.entries.size).toBe(0);
    expect(contexts.of({ actor, scope: ['first'] })).not.toBe(first);
  });
});
