import { describe, expect, test } from '@jest/globals';
import { compile } from '../compiler.ts';
import { ACTORS, PUBLISHED, samplePath } from './published-operations.ts';

const PREAMBLE = `
import type { CheckedPath, OperationActor } from '../../src/index.ts';
type Equal<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
type Checked<A extends OperationActor, P extends string> = CheckedPath<A, 'GET', P>;
type Refusal<A extends string> = \`egain: actor '\${A}' is not accepted by this operation\`;
declare function holds<_T extends true>(): void;
interface Api<A extends OperationActor> {
  get<const P extends string, T = unknown>(path: CheckedPath<A, 'GET', P>, options?: { query?: object }): Promise<T>;
  post<const P extends string, T = unknown>(path: CheckedPath<A, 'POST', P>): Promise<T>;
}
declare const onBehalf: Api<'on-behalf-of-user'>;
declare const customer: Api<'customer'>;
declare const either: Api<'client' | 'customer'>;
declare const id: string;
declare const pattern: \`/knowledge/portalmgr/v4/portals/\${string}/userprofiles\`;
`;

const PORTALS = '/knowledge/portalmgr/v4/portals';
const USER = `${PORTALS}/user`;

/** Each says of two types that they are equal. */
const EQUAL: Readonly<Record<string, readonly [type: string, expected: string]>> = {
  'an accepted path': [`Checked<'user', '${USER}'>`, `'${USER}'`],
  'a refused one': [`Checked<'customer', '${USER}'>`, `"egain: actor 'customer' is not accepted by this operation"`],
  'a refused one on behalf of somebody': [
    `CheckedPath<'on-behalf-of-user', 'POST', '/core/aiservices/v4/1/answers'>`,
    `"egain: actor 'on-behalf-of-user' is not accepted by this operation"`,
  ],
  'a string': [`Checked<'client', string>`, 'string'],
  'a template': [`Checked<'customer', typeof pattern>`, 'typeof pattern'],
  'a literal that any would be': [`Checked<'customer', any>`, 'any'],
  'a union of actors of whom one is accepted': [`Checked<'client' | 'user', '${USER}'>`, `'${USER}'`],
  'a union of actors of whom none is': [
    `Checked<'client' | 'customer', '${USER}'>`,
    `Refusal<'client'> | Refusal<'customer'>`,
  ],
  'a union of paths of which one is accepted': [
    `Checked<'customer', '${USER}' | '${PORTALS}'>`,
    `Refusal<'customer'> | '${PORTALS}'`,
  ],
  'a union of a path and a template': [
    `Checked<'customer', '/knowledge/portalmgr/v4/myportals' | typeof pattern>`,
    `Refusal<'customer'> | typeof pattern`,
  ],
  'a union of methods of which one is accepted': [
    `CheckedPath<'anonymous-customer', 'GET' | 'POST', '${PORTALS}/1/suggestions'>`,
    `'${PORTALS}/1/suggestions'`,
  ],
  'a union of methods of which none is': [
    `CheckedPath<'client', 'GET' | 'PUT', '${PORTALS}/1/suggestions'>`,
    `Refusal<'client'>`,
  ],
  'a method that no operation has': [`CheckedPath<'client', 'PATCH', '${USER}'>`, `'${USER}'`],
  'a method that this operation has not': [`CheckedPath<'client', 'DELETE', '${USER}'>`, `'${USER}'`],
  'an unknown path': [`Checked<'client', '${PORTALS}/1/unheard-of'>`, `'${PORTALS}/1/unheard-of'`],
  'another path of the same beginning': [`Checked<'client', '${USER}s'>`, `'${USER}s'`],
  'a literal that leads nowhere': [`Checked<'user', '${PORTALS}/1/articles/compliance/breadcrumb'>`, `Refusal<'user'>`],
  'a literal before a parameter': [
    `Checked<'anonymous-customer', '${PORTALS}/1/articles/subscribed'>`,
    `Refusal<'anonymous-customer'>`,
  ],
  'an ID that is a word elsewhere': [`Checked<'client', '${PORTALS}/1/articles/user'>`, `Refusal<'client'>`],
  'a query': [`Checked<'client', '${USER}?$lang=en-US'>`, `Refusal<'client'>`],
  'a query with a path in it': [`Checked<'customer', '${PORTALS}?next=/../%2F'>`, `'${PORTALS}?next=/../%2F'`],
  'a query with another one in it': [`Checked<'client', '${USER}?a=b?c=d'>`, `Refusal<'client'>`],
  'a fragment': [`Checked<'client', '${USER}#top'>`, `Refusal<'client'>`],
  'a fragment with a query in it': [`Checked<'client', '${USER}#a?b/c'>`, `Refusal<'client'>`],
  'a query with a fragment after it': [`Checked<'client', '${USER}?a#b/c'>`, `Refusal<'client'>`],
  'a slash at the end': [`Checked<'client', '${USER}/?x'>`, `Refusal<'client'>`],
  'two slashes at the end': [`Checked<'client', '${USER}//'>`, `'${USER}//'`],
  'an empty segment': [`Checked<'client', '${PORTALS}//articles/1'>`, `'${PORTALS}//articles/1'`],
  'an encoded literal': [
    `Checked<'client', '${PORTALS}/1/articles/%73ubscribed'>`,
    `'${PORTALS}/1/articles/%73ubscribed'`,
  ],
  'a dot segment': [`Checked<'client', '${PORTALS}/../articles/2'>`, `'${PORTALS}/../articles/2'`],
  'a dot segment at the end': [`Checked<'client', '${PORTALS}/1/articles/..'>`, `'${PORTALS}/1/articles/..'`],
  'a backslash': [`Checked<'client', '${PORTALS}/1\\\\x/bookmarks'>`, `'${PORTALS}/1\\\\x/bookmarks'`],
  'a whole URL': [`Checked<'client', 'https://api.example.com${USER}'>`, `'https://api.example.com${USER}'`],
  'no path': [`Checked<'client', ''>`, `''`],
  'the root': [`Checked<'client', '/'>`, `'/'`],
  'names that every object has': [`Checked<'client', '/__proto__/constructor'>`, `'/__proto__/constructor'`],
  'more segments than any path has': [
    `Checked<'client', '${USER}${'/x'.repeat(200)}'>`,
    `'${USER}${'/x'.repeat(200)}'`,
  ],
};

/** What a caller writes. */
const COMPILES: Readonly<Record<string, string>> = {
  'a literal, and one with a query': `
    await onBehalf.get('${USER}');
    await onBehalf.get('${USER}?$lang=en-US', { query: {} });`,
  'the type of the answer, from where it goes': `
    const portals: { portal: unknown[] } = await onBehalf.get('${USER}');
    holds<Equal<Awaited<ReturnType<typeof onBehalf.get>>, unknown>>();`,
  'what is put together': `
    await customer.get(\`${PORTALS}/\${id}\`);
    await customer.get('${PORTALS}/' + id);
    await customer.get(id);`,
  'one of several actors': `await either.get('${PORTALS}/1/articles/subscribed');`,
  'an actor that is not known yet': `
    async function read<A extends OperationActor>(api: Api<A>, path: string) { return await api.get(path); }`,
};

/** With the words that the compiler must say. */
const DOES_NOT: Readonly<Record<string, readonly [code: string, words: string]>> = {
  'a refused actor': [
    `await customer.get('${USER}');`,
    `'"${USER}"' is not assignable to parameter of type '"egain: actor 'customer' is not accepted by this operation"'`,
  ],
  'a refused actor, with a query': [
    `await customer.get('${USER}?$lang=en-US', { query: {} });`,
    `"egain: actor 'customer' is not accepted by this operation"`,
  ],
  'a constant': [
    `const path = '/core/aiservices/v4/PROD-1000/retrieve'; await onBehalf.post(path);`,
    `"egain: actor 'on-behalf-of-user' is not accepted by this operation"`,
  ],
  'a template without anything in it': [`await customer.get(\`${USER}\`);`, `"egain: actor 'customer' is not`],
  'several actors': [
    `await either.get('${USER}');`,
    `"egain: actor 'client' is not accepted by this operation" | "egain: actor 'customer' is not accepted`,
  ],
  'an unknown actor': [
    `declare const api: Api<'agent'>;`,
    `'"agent"' does not satisfy the constraint 'OperationActor'`,
  ],
  'what the check of equality would overlook': [`holds<Equal<'/a', string>>();`, `'false' does not satisfy`],
};

const file = (code: string): string => `${PREAMBLE}${code}\nexport {};\n`;
const numbered = (kind: string, codes: readonly string[]): Record<string, string> =>
  Object.fromEntries(codes.map((code, index) => [`${kind}-${index}`, file(code)]));
const holds = (type: string, expected: string): string => `holds<Equal<${type}, ${expected}>>();`;

/** Every operation with every actor, as the data have it. */
const TABLE = PUBLISHED.flatMap(({ method, path, isDeclared, scopes }) =>
  ACTORS.map((actor) => {
    const sample = `'${samplePath(path)}?$lang=en-US'`;
    const isAccepted = !isDeclared || scopes[actor] !== undefined;
    return holds(`CheckedPath<'${actor}', '${method}', ${sample}>`, isAccepted ? sample : `Refusal<'${actor}'>`);
  }),
);

const errorsIn = compile('operations', {
  table: file(TABLE.join('\n')),
  ...numbered(
    'equal',
    Object.values(EQUAL).map(([type, expected]) => holds(type, expected)),
  ),
  ...numbered('good', Object.values(COMPILES)),
  ...numbered(
    'bad',
    Object.values(DOES_NOT).map(([code]) => code),
  ),
});

test('the compiler knows who is accepted by each of the operations', () => {
  expect(TABLE).toHaveLength(263 * 6);
  expect(errorsIn('table')).toBe('');
});

describe('a checked path', () => {
  test.each(Object.keys(EQUAL).map((name, index) => [name, index] as const))('%s', (_name, index) => {
    expect(errorsIn(`equal-${index}`)).toBe('');
  });
});

describe('what compiles', () => {
  test.each(Object.keys(COMPILES).map((name, index) => [name, index] as const))('%s', (_name, index) => {
    expect(errorsIn(`good-${index}`)).toBe('');
  });
});

describe('what does not, and what the compiler says', () => {
  test.each(Object.entries(DOES_NOT).map(([name, [, words]], index) => [name, index, words] as const))(
    '%s',
    (_name, index, words) => {
      expect(errorsIn(`bad-${index}`)).toContain(words);
    },
  );
});
