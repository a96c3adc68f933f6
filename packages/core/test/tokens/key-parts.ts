import fc from 'fast-check';
import type { Actor } from '../../src/actor.ts';
import type { EgainAuthOptions } from '../../src/options.ts';
import { customer, user } from '../../src/subject.ts';
import type { TokenRequest } from '../../src/tokens/token-source.ts';

/** Everything a key is made of, each part on its own: what an actor has no use for is simply not used. */
export interface KeyParts {
  /** Which of {@link INSTANCES} is asked: tenant, token URL, client, prefix. */
  readonly instance: number;
  readonly actor: Exclude<Actor['type'], 'session'>;
  /** Persona and kind of the subject. */
  readonly named: 'username' | 'userId' | 'email';
  readonly subject: string;
  readonly registrationId: string;
  readonly externalToken: string;
  readonly scope: readonly string[];
  /** Each name once. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const tokenUrl = 'https://login.example.com/token';
const endpointsAt = (url: string): NonNullable<EgainAuthOptions['endpoints']> => ({
  client: { tokenUrl: url },
  anonymousCustomer: { tokenUrl: `${url}?user_type=customer&domain_hint=x` },
  onBehalfOf: { user: { tokenUrl: url }, customer: { tokenUrl: url } },
  tokenExchange: { tokenUrl: url },
});
const prefixed = (prefix: string): NonNullable<EgainAuthOptions['scopePrefix']> => ({
  ...{ client: prefix, anonymousCustomer: prefix, onBehalfOf: prefix, tokenExchange: prefix },
});
const INSTANCE = {
  tenantId: 'TMPRODB88619984',
  endpoints: endpointsAt(tokenUrl),
  apiUrl: 'https://api.example.com',
  scopePrefix: prefixed(''),
} satisfies Partial<EgainAuthOptions>;

/** Each differs from the first in one thing. */
export const INSTANCES: Readonly<Record<string, Partial<EgainAuthOptions>>> = {
  first: INSTANCE,
  tenant: { ...INSTANCE, tenantId: 'TMPRODB88619985' },
  'token URL': { ...INSTANCE, endpoints: endpointsAt('https://login.example.com/token2') },
  'host of the token URL': { ...INSTANCE, endpoints: endpointsAt('https://login2.example.com/token') },
  'client application': { ...INSTANCE, clientId: 'client-2' },
  'scope prefix': { ...INSTANCE, scopePrefix: prefixed('https://api.example.com/auth/') },
};

/** What looks like something else, once it is folded, trimmed, joined, parsed or looked up. */
const LOOKALIKES = [
  ...[
    'pa',
    'PA',
    'Pa',
    ' pa',
    'pa ',
    'pa\0',
    '\0pa',
    'pa\t',
    'pa\r\n',
    'pa\u00a0',
    'pa\u2028',
    'p\u200ba',
    'pa\ufeff',
    'p\u0430',
  ],
  ...['42', '042', '42.0', '4.2e1', '0x2a', '\u0664\u0662', 'a@b.c', 'A@b.c', 'a@B.c', 'a\uff20b.c', 'a@b.c.'],
  ...['Jos\u00e9', 'Jose\u0301', '\u017f', 's', '\ufb01', 'fi', 'K', '\u212a', '\u0130', 'i\u0307', '\u00df', 'ss'],
  ...['"', ',', '|', '\n', ']', '[', '\\', '"]', '","', '|pa', 'pa|', 'pa,pa', 'pa","pa', '["pa"]', '"a"@b.c'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'undefined', 'true', 'NaN'],
  ...['user', 'customer', 'username', 'userid', 'email', 'client', 'on-behalf-of', 'first', '\u{1f4a5}', '%20'],
];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...LOOKALIKES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }) },
);

const scopeName = fc.constantFrom(
  ...['a', 'b', 'ab', 'A', 'a;b', 'a|b', '[a]', 'a]', '[a', 'a.b', 'a/b', '__proto__', 'constructor', 'pa', '42'],
  ...['on-behalf-of', 'user', 'username', 'https://api.example.com/auth/a'],
);
/** None of them reserved, whatever else may be refused. */
const parameterName = fc.constantFrom('resource', 'audience', 'Audience', 'x', '__proto__', 'constructor', 'toString');

export const keyParts: fc.Arbitrary<KeyParts> = fc.record({
  instance: fc.nat(Object.keys(INSTANCES).length - 1),
  actor: fc.constantFrom('client', 'anonymous-customer', 'on-behalf-of', 'on-behalf-of', 'on-behalf-of', 'exchanged'),
  named: fc.constantFrom('username', 'userId', 'email'),
  // Blank, or with a control character, it is refused before there is a key (R11, T102).
  subject: text.filter((value) => value.trim() !== '' && !/\p{Cc}/u.test(value)),
  registrationId: text,
  externalToken: text,
  scope: fc.uniqueArray(scopeName, { minLength: 1, maxLength: 4 }),
  parameters: fc.uniqueArray(fc.tuple(parameterName, text), { selector: ([name]) => name, maxLength: 3 }),
});

const NAMES = [
  ...(['instance', 'actor', 'named', 'subject', 'registrationId', 'externalToken', 'scope', 'parameters'] as const),
];

/** Two that differ in some parts, mostly in one. */
export const mixed: fc.Arbitrary<[KeyParts, KeyParts]> = fc
  .tuple(keyParts, keyParts, fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }))
  .map(([parts, other, taken]) => [
    parts,
    { ...parts, ...Object.fromEntries(taken.map((name) => [name, other[name]])) },
  ]);

/** Two that are the same, written in another way. */
export const alike: fc.Arbitrary<[KeyParts, KeyParts]> = keyParts.chain((parts) =>
  fc
    .tuple(
      fc.shuffledSubarray([...parts.scope], { minLength: parts.scope.length }),
      fc.subarray([...parts.scope]),
      fc.shuffledSubarray([...parts.parameters], { minLength: parts.parameters.length }),
    )
    .map(([scope, repeated, parameters]) => [parts, { ...parts, scope: [...scope, ...repeated], parameters }]),
);

function subjectOf({ named, subject }: KeyParts) {
  if (named === 'username') return user({ username: subject });
  return named === 'userId' ? user({ userId: subject }) : customer({ email: subject });
}

function actorOf(parts: KeyParts): Actor {
  const { actor: type, registrationId, externalToken } = parts;
  if (type === 'on-behalf-of') return { type, subject: subjectOf(parts) };
  if (type === 'exchanged') return { type, registrationId, subjectToken: () => externalToken };
  return { type };
}

export function requestOf(parts: KeyParts): TokenRequest {
  const { scope, parameters } = parts;
  return {
    actor: actorOf(parts),
    scope: [...scope],
    parameters: parameters.length === 0 ? undefined : Object.fromEntries(parameters),
  };
}

/** Whether two are one key, by rules of this file's own: part for part, byte for byte. */
export function isOneKey(a: KeyParts, b: KeyParts): boolean {
  const used = ({ actor, named, subject, registrationId, externalToken, instance, scope, parameters }: KeyParts) => [
    ...[instance, actor, [...new Set(scope)].sort(), [...parameters].sort(([x], [y]) => (x < y ? -1 : 1))],
    ...(actor === 'on-behalf-of' ? [named, Buffer.from(subject)] : []),
    ...(actor === 'exchanged' ? [Buffer.from(registrationId), Buffer.from(externalToken)] : []),
  ];
  return JSON.stringify(used(a)) === JSON.stringify(used(b));
}
