import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { EgainAuthErrorCode } from '../../src/errors.ts';

/** What must come out nowhere: the client's secret, and the token of an answer that is refused. */
export const SECRET = 'canary-secret-5f0c1e';
export const TOKEN = 'canary-token-9b1d7a';
/** In headers and bodies: the origin of a second server, which must see nothing. */
export const ELSEWHERE = 'http://elsewhere.invalid';

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface HostileAnswer {
  readonly name: string;
  /** The threat it belongs to. */
  readonly rule: string;
  readonly answer: WholeAnswer;
  /** What it becomes. */
  readonly code: EgainAuthErrorCode;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const GOOD = { access_token: TOKEN, token_type: 'Bearer', expires_in: 3600 };
const good = JSON.stringify(GOOD);

const ok = (body: string | Buffer, headers: WholeAnswer['headers'] = JSON_TYPE): WholeAnswer => ({
  status: 200,
  headers,
  body,
});
const withMembers = (members: object): WholeAnswer => ok(JSON.stringify({ ...GOOD, ...members }));
/** The good answer with one member as it is written here, not as JSON.stringify would. */
const withText = (name: string, text: string): WholeAnswer =>
  ok(JSON.stringify({ ...GOOD, [name]: '@' }).replace('"@"', text));

/** Rows of one rule that all become the same error. */
function rows(
  rule: string,
  answers: Readonly<Record<string, WholeAnswer>>,
  code: EgainAuthErrorCode = 'invalid_token_response',
): HostileAnswer[] {
  return Object.entries(answers).map(([name, answer]) => ({ name, rule, answer, code }));
}

/** One row for each value of a member. */
function values(rule: string, member: string, given: Readonly<Record<string, unknown>>): HostileAnswer[] {
  const entries = Object.entries(given).map(([name, value]) => [
    `${member} is ${name}`,
    withMembers({ [member]: value }),
  ]);
  return rows(rule, Object.fromEntries(entries) as Record<string, WholeAnswer>);
}

const types: HostileAnswer[] = [
  ...values('T059', 'access_token', {
    absent: undefined,
    null: null,
    empty: '',
    'a space': ' ',
    'a number': 5,
    true: true,
    'a list': [TOKEN],
    'an object': { value: TOKEN },
    'two words': `${TOKEN} ${TOKEN}`,
    'with a tab': `${TOKEN}\t`,
    'with a line break': `${TOKEN}\n`,
    'a header of its own': `${TOKEN}\r\nx-evil: 1`,
    'with a null character': `${TOKEN}\0`,
    'with a delete character': `${TOKEN}\x7f`,
    'with a Latin letter outside ASCII': `${TOKEN}é`,
    'with a replacement character': `${TOKEN}\ufffd`,
    'with a zero-width space': `${TOKEN}\u200b`,
    'in full-width letters': '\uff41\uff42\uff43',
    'with half a surrogate pair': `${TOKEN}\ud800`,
    'with a line separator': `${TOKEN}\u2028`,
  }),
  ...values('T059', 'refresh_token', {
    'a number': 5,
    false: false,
    'a list': [TOKEN],
    'two words': `${TOKEN} ${TOKEN}`,
    'a header of its own': `${TOKEN}\r\nx-evil: 1`,
    'with a null character': `${TOKEN}\0`,
  }),
  ...values('T060', 'token_type', {
    DPoP: 'DPoP',
    mac: 'mac',
    N_A: 'N_A',
    empty: '',
    'Bearer and a space': 'Bearer ',
    'a list of types': 'Bearer, DPoP',
    'Bearer with a null character': 'Bearer\0',
    'a number': 1,
    true: true,
    'a list': ['Bearer'],
    'an object': { type: 'Bearer' },
  }),
  ...values('T090', 'issued_token_type', {
    'a refresh token': 'urn:ietf:params:oauth:token-type:refresh_token',
    'an id token': 'urn:ietf:params:oauth:token-type:id_token',
    'a SAML 1.1 assertion': 'urn:ietf:params:oauth:token-type:saml1',
    'a SAML 2.0 assertion': 'urn:ietf:params:oauth:token-type:saml2',
    'any JWT': 'urn:ietf:params:oauth:token-type:jwt',
    'a short name': 'access_token',
    empty: '',
    'a list': ['urn:ietf:params:oauth:token-type:access_token'],
  }),
  ...values('T068', 'scope', {
    'a list': ['app.core.aiservices.read'],
    'a number': 5,
    true: true,
    'an object': { 'app.core.aiservices.read': true },
    'with a line break': 'app.x.read\nall',
    'with a tab': 'app.x.read\tall',
    'with a null character': 'app.x.read\0',
    'with a quote': 'app.x.read"',
    'with a backslash': 'app.x.read\\',
    'outside ASCII': 'app.x.réad',
    'with a no-break space': 'app.x.read\u00a0all',
  }),
  ...values('T063', 'error', {
    'a code beside the token': 'invalid_client',
    'empty beside the token': '',
    'false beside the token': false,
    'a number beside the token': 0,
    'an object beside the token': {},
  }),
  ...rows('T059', {
    'an empty body': ok(''),
    'nothing but spaces': ok('  \r\n '),
    'a list': ok(`[${good}]`),
    'a string': ok(JSON.stringify(TOKEN)),
    'a string with JSON in it': ok(JSON.stringify(good)),
    'a number': ok('3600'),
    null: ok('null'),
    true: ok('true'),
    'an empty object': ok('{}'),
    'the token one level down': ok(`{"data":${good}}`),
    'a form': ok(`access_token=${TOKEN}&token_type=Bearer&expires_in=3600`),
    'a form of its own type': ok(`access_token=${TOKEN}`, { 'content-type': 'application/x-www-form-urlencoded' }),
    XML: ok(`<token>${TOKEN}</token>`, { 'content-type': 'application/xml' }),
    'a bare token': ok(TOKEN, { 'content-type': 'application/jwt' }),
    'JSON with a comment': ok(`/* */${good}`),
    'JSON with a comma too many': ok(good.replace('}', ',}')),
    'JSON in single quotes': ok(good.replaceAll('"', "'")),
    'JSON without quotes': ok(`{access_token:"${TOKEN}"}`),
    'JSON as a call': ok(`callback(${good})`),
    'JSON behind a guard': ok(`)]}',\n${good}`),
    'two objects': ok(`${good}\n${good}`),
    'JSON with something behind it': ok(`${good}x`),
    'JSON cut short': ok(good.slice(0, -1)),
  }),
  ...rows('T063', {
    'a sign-in page': ok(`<h1>${TOKEN}</h1>`, { 'content-type': 'text/html' }),
    'a page without type': ok(`<!doctype html><p>${TOKEN}`, {}),
    'a page that reads as JSON': ok(good, { 'content-type': 'text/html; charset=utf-8' }),
    'a page that reads as JSON, in capitals': ok(good, { 'content-type': 'TEXT/HTML' }),
    'a page of XHTML that reads as JSON': ok(good, { 'content-type': 'application/xhtml+xml' }),
    'a page among other types': ok(good, { 'content-type': 'application/json, text/html' }),
    'an error and nothing else': ok('{"error":"invalid_client","error_description":"no"}'),
    'a token with status 201': { ...ok(good), status: 201 },
    'a token with status 202': { ...ok(good), status: 202 },
    'a token with status 203': { ...ok(good), status: 203 },
    'a token with status 206': { ...ok(good), status: 206 },
    'status 204': { status: 204, headers: {}, body: '' },
    'status 205': { status: 205, headers: {}, body: '' },
  }),
];

const numbers: HostileAnswer[] = [
  ...values('T061', 'expires_in', {
    zero: 0,
    negative: -1,
    'a negative fraction': -0.5,
    'empty text': '',
    'text with a unit': '3600abc',
    'text with a space before': ' 3600',
    'text with a space behind': '3600 ',
    'text with a line break': '3600\n',
    'text with a fraction': '3600.5',
    'text with an exponent': '1e3',
    'text in hexadecimal': '0x10',
    'text with a sign': '+3600',
    'negative text': '-3600',
    'zero as text': '0',
    'text with separators': '3,600',
    'Infinity as text': 'Infinity',
    'NaN as text': 'NaN',
    'in Arabic digits': '\u0663\u0666\u0660\u0660',
    'in four hundred digits': '9'.repeat(400),
    'a period': 'PT1H',
    'a date': '2026-06-15T12:00:00Z',
    true: true,
    false: false,
    'a list of a number': [3600],
    'an empty list': [],
    'an object': { seconds: 3600 },
  }),
  ...rows('T061', {
    'expires_in is negative zero': withText('expires_in', '-0'),
    'expires_in is too large for a number': withText('expires_in', '1e999'),
    'expires_in is too small for a number': withText('expires_in', '1e-999'),
    'expires_in is NaN': withText('expires_in', 'NaN'),
    'expires_in is octal': withText('expires_in', '0777'),
    'expires_in is hexadecimal': withText('expires_in', '0x10'),
  }),
];

/** A token whose letter `a` is in bytes that a lax decoder takes for one. */
const withBytes = (...bytes: number[]): WholeAnswer =>
  ok(Buffer.concat([Buffer.from(`{"access_token":"${TOKEN}`), Buffer.from(bytes), Buffer.from('"}')]));
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const utf16le = Buffer.from(good, 'utf16le');
const utf32le = Buffer.from(good.split('').flatMap((character) => [character.charCodeAt(0), 0, 0, 0]));

const encodings: HostileAnswer[] = [
  ...rows('T059', {
    'UTF-16, little end first': ok(utf16le),
    'UTF-16, big end first': ok(Buffer.from(utf16le).swap16()),
    'UTF-16 with its mark': ok(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le])),
    'UTF-16 that says so': ok(utf16le, { 'content-type': 'application/json; charset=utf-16le' }),
    'UTF-32': ok(utf32le),
    'UTF-7': ok(`+AHs-"access_token":"${TOKEN}"+AH0-`),
    'two bytes for a letter that needs one': withBytes(0xc1, 0xa1),
    'three bytes for a letter that needs one': withBytes(0xe0, 0x81, 0xa1),
    'two bytes for the null character': withBytes(0xc0, 0x80),
    'a surrogate pair as six bytes': withBytes(0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80),
    'a letter of Latin-1': withBytes(0xe9),
    'the second byte of a letter alone': withBytes(0x80),
    'the first byte of a letter alone': withBytes(0xc3),
    'a code point beyond the last': withBytes(0xf4, 0x90, 0x80, 0x80),
    'a byte that no encoding has': withBytes(0xff),
    'half a letter at the end': ok(Buffer.concat([Buffer.from(good), Buffer.from([0xe2, 0x82])])),
    'no UTF-8 in a member that nobody reads': ok(
      Buffer.concat([Buffer.from(`{"access_token":"${TOKEN}","x":"`), Buffer.from([0xff]), Buffer.from('"}')]),
    ),
    'the mark of UTF-8 twice': ok(Buffer.concat([BOM, BOM, Buffer.from(good)])),
    'the mark of UTF-8 behind': ok(Buffer.concat([Buffer.from(good), BOM])),
    'null characters before': ok(`\0${good}`),
    'null characters behind': ok(`${good}\0`),
    'a line break within a string': withText('access_token', `"${TOKEN}\n"`),
    'an escape that JSON does not have': withText('access_token', `"\\x41${TOKEN}"`),
    'a null character as an escape': withText('access_token', `"${TOKEN}\\u0000"`),
    'JSON in base64': ok(Buffer.from(good).toString('base64')),
    'gzip that does not say so': ok(gzipSync(good)),
  }),
  ...rows('T058', {
    gzip: ok(gzipSync(good), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
    'gzip by its old name': ok(gzipSync(good), { ...JSON_TYPE, 'content-encoding': 'x-gzip' }),
    'gzip in capitals': ok(gzipSync(good), { ...JSON_TYPE, 'content-encoding': 'GZIP' }),
    deflate: ok(deflateSync(good), { ...JSON_TYPE, 'content-encoding': 'deflate' }),
    brotli: ok(brotliCompressSync(good), { ...JSON_TYPE, 'content-encoding': 'br' }),
    'a header that says gzip over plain JSON': ok(good, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
    'gzip behind identity': ok(gzipSync(good), { ...JSON_TYPE, 'content-encoding': 'identity, gzip' }),
    'six layers of gzip': ok(
      Array.from({ length: 6 }).reduce<Buffer>((body) => gzipSync(body), Buffer.from(good)),
      { ...JSON_TYPE, 'content-encoding': 'gzip, gzip, gzip, gzip, gzip, gzip' },
    ),
    'an encoding that nobody knows': ok(good, { ...JSON_TYPE, 'content-encoding': 'rot13' }),
  }),
];

const duplicateKeys: HostileAnswer[] = rows('T059', {
  'access_token twice': ok(`{"access_token":"other","access_token":"${TOKEN}"}`),
  'access_token twice, the same': ok(`{"access_token":"${TOKEN}","access_token":"${TOKEN}"}`),
  'access_token twice, null first': ok(`{"access_token":null,"access_token":"${TOKEN}"}`),
  'access_token twice, null last': ok(`{"access_token":"${TOKEN}","access_token":null}`),
  'access_token twice, once with an escape': ok(`{"access_token":"other","access\\u005ftoken":"${TOKEN}"}`),
  'access_token twice, far apart': ok(`{"access_token":"other","x":${'[{"a":1}]'},"y":{},"access_token":"${TOKEN}"}`),
  'access_token twice, behind text that looks like an end': ok(
    `{"access_token":"other","x":"}]\\"{\\\\","access_token" \r\n\t:"${TOKEN}"}`,
  ),
  'token_type twice': ok(`{"token_type":"DPoP","access_token":"${TOKEN}","token_type":"Bearer"}`),
  'expires_in twice': ok(`{"expires_in":1,"access_token":"${TOKEN}","expires_in":86400}`),
  'scope twice': ok(`{"scope":"","access_token":"${TOKEN}","scope":"app.x.read"}`),
  'refresh_token twice': ok(`{"refresh_token":"a","access_token":"${TOKEN}","refresh_token":"b"}`),
  'issued_token_type twice': ok(
    `{"issued_token_type":"urn:ietf:params:oauth:token-type:id_token","access_token":"${TOKEN}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}`,
  ),
  'error twice': ok(`{"error":"invalid_client","access_token":"${TOKEN}","error":null}`),
});

const prototypeGadgets: HostileAnswer[] = [
  ...rows('T062', {
    'the token on __proto__': ok(`{"__proto__":${good}}`),
    'the token on __proto__, escaped': ok(`{"\\u005f_proto__":${good}}`),
    'the token on the prototype of the constructor': ok(`{"constructor":{"prototype":${good}}}`),
    'the token two prototypes up': ok(`{"__proto__":{"__proto__":${good}}}`),
    'a prototype beside a token that is none': ok('{"__proto__":{"polluted":true},"access_token":5}'),
    'a prototype twice': ok(`{"__proto__":{},"__proto__":${good}}`),
    'members of every object': ok('{"toString":1,"valueOf":1,"hasOwnProperty":1,"constructor":1}'),
    'a token that is a list with a join': ok(`{"access_token":{"length":1,"0":"${TOKEN}","join":"x"}}`),
    'a thenable': ok('{"then":{},"access_token":{}}'),
  }),
  ...rows(
    'T062',
    {
      'an error on __proto__': { status: 400, headers: JSON_TYPE, body: '{"__proto__":{"error":"invalid_client"}}' },
      'a header named __proto__': {
        status: 400,
        headers: { ...JSON_TYPE, ['__proto__']: 'x', constructor: 'x' },
        body: '{"error":"constructor"}',
      },
      'an error named __proto__': { status: 400, headers: JSON_TYPE, body: '{"error":"__proto__"}' },
    },
    'token_request_failed',
  ),
];

const location = (status: number, to = `${ELSEWHERE}/token`): WholeAnswer => ({
  status,
  headers: { ...JSON_TYPE, location: to },
  body: good,
});
const redirects: HostileAnswer[] = [
  ...rows('T057', {
    ...Object.fromEntries(
      [300, 301, 302, 303, 304, 305, 306, 307, 308, 399].map((status) => [
        `status ${status}`,
        status === 304 ? { ...location(304), body: '' } : location(status),
      ]),
    ),
    'status 302 to another host, without scheme': location(302, ELSEWHERE.replace('http:', '')),
    'status 307 to another host, with user and password': location(307, ELSEWHERE.replace('//', '//user:password@')),
    'status 307 without a place': { status: 307, headers: {}, body: '' },
    'status 308 to a script': location(308, 'javascript:alert(1)'),
    'status 201 with a place': location(201),
    'a page that refreshes': ok(`<meta http-equiv="refresh" content="0;url=${ELSEWHERE}">`, {
      'content-type': 'text/html',
    }),
    'a header that refreshes': ok('', { ...JSON_TYPE, refresh: `0;url=${ELSEWHERE}` }),
  }),
  ...rows(
    'T057',
    { 'status 401 with a place': location(401), 'status 407 with a place': location(407) },
    'token_request_failed',
  ),
  ...rows(
    'T057',
    {
      'another service': { status: 503, headers: { 'alt-svc': `h2="${ELSEWHERE}"`, location: ELSEWHERE }, body: '' },
      'status 421': { status: 599, headers: { location: ELSEWHERE }, body: '' },
    },
    'token_endpoint_unavailable',
  ),
];

const refusal = (members: object, status = 400): WholeAnswer => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify({ error: 'invalid_client', ...members }),
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const repeated = `the secret ${SECRET} is wrong`;
const disclosures: HostileAnswer[] = [
  ...rows(
    'T095',
    Object.fromEntries(
      Object.entries({
        'as it is': repeated,
        'in base64': base64(SECRET),
        'in a sentence in base64': base64(repeated),
        'in a sentence in base64 of URL encoding': base64(encodeURIComponent(repeated)),
        'in a sentence in base64, twice': base64(base64(repeated)),
        'in base64 within a sentence': `got ${base64(repeated)} instead`,
        'in base64 that begins elsewhere': `got x${base64(repeated)}`,
        'in hexadecimal': Buffer.from(repeated).toString('hex'),
        'in percent encoding': Buffer.from(repeated).toString('hex').replace(/../g, '%$&'),
        'in entities': repeated.replace(/[^a-z ]/g, (character) => `&#${character.charCodeAt(0)};`),
        'in capitals': repeated.toUpperCase(),
        'behind sixty-four kilobytes': `${'x'.repeat(65_536)}${repeated}`,
      }).map(([name, description]) => [
        `a description with the secret ${name}`,
        refusal({ error_description: description }),
      ]),
    ),
    'token_request_failed',
  ),
  ...rows(
    'T095',
    {
      'a code that is the secret': refusal({ error: SECRET }),
      'a code that is the secret in base64': refusal({ error: base64(SECRET) }),
      'a page with the secret': { status: 403, headers: { 'content-type': 'text/html' }, body: repeated },
      'a refusal that is no JSON': { status: 400, headers: JSON_TYPE, body: `{"error":"${SECRET}"` },
      'a refusal that holds a token': refusal(GOOD),
      'a challenge with the secret': { status: 401, headers: { 'www-authenticate': `Basic ${SECRET}` }, body: '' },
    },
    'token_request_failed',
  ),
  ...rows(
    'T095',
    {
      'a failure that repeats the secret': { status: 500, headers: { 'x-debug': SECRET }, body: repeated },
      'too many requests, with the secret': { status: 429, headers: { 'retry-after': SECRET }, body: repeated },
    },
    'token_endpoint_unavailable',
  ),
  ...rows(
    'T096',
    {
      'a description with colours and line breaks': refusal({
        error_description: 'a\r\n2026 INFO all is well\u001b[2J\u0000\u2028\u202e',
      }),
      'a description with colours in base64': refusal({ error_description: base64('a b\r\nINFO\u001b[2J') }),
      'a code with a line break': refusal({ error: 'invalid_client\r\nINFO' }),
    },
    'token_request_failed',
  ),
];

/** Answers that arrive whole, by class. How a connection can be abused is in hostile-connections.ts. */
export const HOSTILE_ANSWERS: Readonly<Record<string, readonly HostileAnswer[]>> = {
  types,
  numbers,
  encodings,
  'duplicate keys': duplicateKeys,
  'prototype gadgets': prototypeGadgets,
  redirects,
  disclosures,
};
