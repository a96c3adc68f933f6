import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/actor.ts';
import { createEgainAuth, type EgainAuth } from '../../src/index.ts';
import { parseParameters } from '../../src/protocol/token-parameters.ts';
import { customer, user } from '../../src/subject.ts';
import { failureOf, rejectionOf } from '../failure.ts';
import { json, serversToClose } from '../loopback.ts';

const { serve, closeAll } = serversToClose();
afterEach(closeAll);

/** What the flows say themselves, and what other grants and extensions say of subject, client and secret. */
const RESERVED = [
  ...['grant_type', 'scope', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
  ...['subject_username', 'subject_userid', 'subject_email', 'subject_token', 'subject_token_type', 'subject_anything'],
  ...['actor_token', 'actor_token_type', 'registration_id', 'requested_token_type', 'requested_subject'],
  ...['username', 'password', 'code', 'code_verifier', 'redirect_uri', 'refresh_token', 'assertion'],
];
const anyCase = fc.constantFrom(...RESERVED).chain((name) => fc.mixedCase(fc.constant(name)));

describe('T081: a reserved parameter', () => {
  test.each(RESERVED)('%s is refused, whatever it says', (name) => {
    for (const value of ['', 'x', 'client_credentials']) {
      const error = failureOf(() => parseParameters({ audience: 'x', [name]: value }));
      expect(error).toMatchObject({ code: 'reserved_parameter', retryable: false });
    }
  });

  test('is refused in any letter case', () => {
    fc.assert(
      fc.property(anyCase, fc.string(), (name, value) => {
        expect(failureOf(() => parseParameters({ [name]: value })).code).toBe('reserved_parameter');
      }),
    );
  });

  test('names itself in the error, and nothing of its value', () => {
    const { message, remedy } = failureOf(() => parseParameters({ Client_Secret: 'canary' }));
    expect(message).toContain('"Client_Secret"');
    expect(message + remedy).not.toContain('canary');
  });

  test('is also one without a name', () => {
    expect(failureOf(() => parseParameters({ '': 'x' })).code).toBe('reserved_parameter');
  });
});

describe('further parameters', () => {
  test.each([
    ...['resource', 'audience', 'Audience', 'scopes', 'my_scope', 'my_client_id', 'usernames', 'tenant', 'prompt'],
    ...['__proto__', 'constructor', 'toString'],
  ])('%s may be sent', (name) => {
    const parameters = JSON.parse(`{${JSON.stringify(name)}:"value"}`) as Record<string, string>;
    expect(parseParameters(parameters)).toEqual([[name, 'value']]);
  });

  test('are the own ones, in one order, and cannot be changed', () => {
    const given = Object.assign(Object.create({ inherited: 'x' }), { b: '2', a: '1', B: '3' });
    const parameters = parseParameters(given);
    expect(parameters).toEqual([
      ['B', '3'],
      ['a', '1'],
      ['b', '2'],
    ]);
    expect([parameters, ...parameters].every((each) => Object.isFrozen(each))).toBe(true);
    given.a = 'changed';
    expect(parameters[1]).toEqual(['a', '1']);
  });

  test.each([[undefined], [{}]])('of %j are none', (given) => {
    expect(parseParameters(given)).toEqual([]);
  });

  test.each([[5], [true], [null], [undefined], [['a', 'b']], [{ toString: () => 'x' }]])(
    'are strings: %j is a TypeError',
    (value) => {
      expect(() => parseParameters({ audience: value as never })).toThrow(TypeError);
    },
  );
});

describe('T092: on the wire', () => {
  const egainAt = (origin: string): EgainAuth =>
    createEgainAuth({
      ...{ clientId: 'client-1', clientSecret: 'a-secret', apiUrl: origin, authorizeSubject: () => true },
      endpoints: {
        client: { tokenUrl: `${origin}/c` },
        anonymousCustomer: { tokenUrl: `${origin}/a?user_type=customer&domain_hint=x` },
        onBehalfOf: { user: { tokenUrl: `${origin}/u` }, customer: { tokenUrl: `${origin}/k` } },
        tokenExchange: { tokenUrl: `${origin}/e` },
      },
    });

  test.each<[name: string, actor: Actor, scope: string, form: readonly string[]]>([
    ['a client', { type: 'client' }, 'app.a.b.read', ['grant_type']],
    ['an anonymous customer', { type: 'anonymous-customer' }, 'a.b.read', ['grant_type']],
    [
      'a user',
      { type: 'on-behalf-of', subject: user({ username: 'pa' }) },
      'a.b.onbehalfof.read',
      ['grant_type', 'subject_username'],
    ],
    [
      'a customer',
      { type: 'on-behalf-of', subject: customer({ email: 'a@b.c' }) },
      'a.b.onbehalfof.read',
      ['grant_type', 'subject_email'],
    ],
    [
      'an exchange',
      { type: 'exchanged', registrationId: 'okta', subjectToken: () => 'e.x.t' },
      'a.b.read',
      ['grant_type', 'subject_token', 'subject_token_type', 'registration_id'],
    ],
  ])('%s: what was given, byte for byte, once, and beside what the flow says', async (_name, actor, scope, own) => {
    const server = await serve(json({ access_token: 'a.b.c', token_type: 'Bearer', expires_in: 3600 }));
    const egain = egainAt(server.origin);
    const parameters = { resource: 'https://api.example.com/é?a=1&b=2#c', audience: ' a|"b"\n+%20 ' };
    await egain.getToken(actor, { scope: [scope as never], parameters });
    const form = [...new URLSearchParams(server.received[0]?.body)];
    expect(Object.fromEntries(form)).toMatchObject(parameters);
    const names = ['client_id', 'client_secret', 'scope', 'audience', 'resource', ...own].sort();
    expect(form.map(([name]) => name).sort()).toEqual(names);
    await egain.close();
  });

  test('nothing is sent at all with a reserved one', async () => {
    const server = await serve(json({ access_token: 'a.b.c', expires_in: 3600 }));
    const egain = egainAt(server.origin);
    for (const name of ['Scope', 'subject_userid', 'PASSWORD']) {
      const request = egain.onBehalfOf(user({ username: 'pa' }), {
        scope: ['a.b.onbehalfof.read' as never],
        parameters: { [name]: 'admin' },
      });
      expect((await rejectionOf(request)).code).toBe('reserved_parameter');
    }
    expect(server.received).toHaveLength(0);
    await egain.close();
  });

  test('another value is another token', async () => {
    const server = await serve((response, { body }) =>
      json({ access_token: new URLSearchParams(body).get('audience') ?? 'none', expires_in: 3600 })(
        response,
        {} as never,
      ),
    );
    const egain = egainAt(server.origin);
    const tokens = ['x', 'y', undefined, 'x', undefined].map((audience) =>
      egain.clientCredentials({ scope: ['app.a.b.read' as never], ...(audience && { parameters: { audience } }) }),
    );
    const given = (await Promise.all(tokens)).map(({ accessToken }) => accessToken);
    expect(given).toEqual(['x', 'y', 'none', 'x', 'none']);
    expect(server.received).toHaveLength(3);
    await egain.close();
  });
});
