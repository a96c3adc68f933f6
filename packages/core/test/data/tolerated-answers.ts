import type { WholeAnswer } from '../whole-answer.ts';

export interface ToleratedAnswer {
  readonly name: string;
  readonly answer: WholeAnswer;
  /** Why it is accepted although oauth4webapi refuses it. */
  readonly rule?: string;
}

const GOOD = { access_token: 'a.b.c', token_type: 'Bearer', expires_in: 3600 };
const JSON_TYPE = { 'content-type': 'application/json' };

const ABSENT = 'no eGain page shows an answer, and its own clients read access_token and expires_in alone';
const NULL = 'null is absent';
const EMPTY = 'an empty refresh token is none';
const ID_TOKEN = 'an id_token is not read, for it could not be verified';

function text(name: string, body: string | Buffer, headers: WholeAnswer['headers'] = JSON_TYPE, rule?: string) {
  return { name, answer: { status: 200, headers, body }, ...(rule !== undefined && { rule }) };
}
const members = (name: string, given: object, rule?: string): ToleratedAnswer =>
  text(name, JSON.stringify({ ...GOOD, ...given }), JSON_TYPE, rule);
const good = JSON.stringify(GOOD);
const jwt = (header: object, claims: object): string =>
  [header, claims, 'x'].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

/** Answers that are odd, and must be accepted. */
export const TOLERATED_ANSWERS: readonly ToleratedAnswer[] = [
  members('nothing odd', {}),
  members('no token_type', { token_type: undefined }, ABSENT),
  members('nothing but an access token', { token_type: undefined, expires_in: undefined }, ABSENT),
  members('no expires_in', { expires_in: undefined }),
  members('expires_in as decimal text', { expires_in: '3600' }),
  members('expires_in as decimal text with zeros', { expires_in: '0003600' }),
  members('a lifetime of half a second', { expires_in: 0.5 }),
  members('a lifetime with a fraction', { expires_in: 3600.5 }),
  members('a lifetime of the universe', { expires_in: 1e21 }),
  members('a lifetime beyond safe integers', { expires_in: 2 ** 60 }),
  members('token_type in small letters', { token_type: 'bearer' }),
  members('token_type in capitals', { token_type: 'BEARER' }),
  members('token_type null', { token_type: null }, NULL),
  members('expires_in null', { expires_in: null }, NULL),
  members('refresh_token null', { refresh_token: null }, NULL),
  members('scope null', { scope: null }, NULL),
  members('error null', { error: null, error_description: null }),
  members('a refresh token', { refresh_token: 'r' }),
  members('an empty refresh token', { refresh_token: '' }, EMPTY),
  members('an empty scope', { scope: '' }),
  members('a scope with spaces too many', { scope: '  app.x.read   app.y.read ' }),
  members('the type of an access token', { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }),
  members('no issued_token_type', { issued_token_type: null }),
  members('an id_token that is none', { id_token: 'x' }, ID_TOKEN),
  members('an id_token that is a number', { id_token: 5 }, ID_TOKEN),
  members('an id_token that is null', { id_token: null }, ID_TOKEN),
  members('an id_token that nobody signed', { id_token: jwt({ alg: 'none' }, { sub: 'x' }) }, ID_TOKEN),
  members(
    'an id_token of another issuer',
    { id_token: jwt({ alg: 'RS256' }, { iss: 'https://evil.example', aud: 'client-1', sub: 'x', exp: 1, iat: 0 }) },
    ID_TOKEN,
  ),
  members('an access token of 64 KiB', { access_token: 'A'.repeat(65_536) }),
  members('an access token of every character there is', {
    access_token: String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index)),
  }),
  members('members that nobody knows', { not_before: '1', profile_info: { a: [1, { b: null }] }, '': 0 }),
  members('a member of members without end, almost', {
    x: Array.from({ length: 500 }).reduce<unknown>((inner) => [inner], []),
  }),
  text('a member that nobody knows, twice', good.replace('}', ',"x":1,"x":2}')),
  text('the names of members as values', good.replace('}', ',"x":"access_token","y":["access_token","scope"]}')),
  text('the names of members further down', good.replace('}', ',"x":{"access_token":1,"scope":[{"access_token":2}]}}')),
  text('a prototype that nobody asked for', good.replace('}', ',"__proto__":{"polluted":true}}')),
  text('spaces around', `\r\n\t ${good} \r\n`),
  text('the mark of UTF-8', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(good)])),
  text(
    'letters outside ASCII in a member that nobody reads',
    good.replace('}', ',"x":"J\u00fcrgen \ud83d\ude00 \ufffd"}'),
  ),
  text('escapes in a name', good.replace('access_token', 'access\\u005ftoken')),
  text('no type', good, {}),
  text('a type of text', good, { 'content-type': 'text/plain' }),
  text('a type of bytes', good, { 'content-type': 'application/octet-stream' }),
  text('a type of its own', good, { 'content-type': 'application/vnd.egain+json; charset=utf-8' }),
  text('the character set that servlets say', good, { 'content-type': 'application/json;charset=ISO-8859-1' }),
  text('a content type that is none', good, { 'content-type': ';;;' }),
  text('a header that refreshes', good, { ...JSON_TYPE, refresh: '0;url=https://evil.example' }),
  text('a place that nobody goes to', good, { ...JSON_TYPE, location: 'https://evil.example' }),
];
