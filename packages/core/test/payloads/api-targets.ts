import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { EgainAuthErrorCode } from '../../src/errors.ts';
import type { Step } from '../wire-server.ts';

/**
 * What a path, a redirect or an answer can do to a call of the API. `{api}` and `{evil}` stand for the origins of the API
 * and of another server, `{api-host}` and `{evil-host}` for their hosts with port, `{api-port}` and `{evil-port}` for the
 * ports alone.
 */
interface Paths {
  readonly title: string;
  readonly paths: readonly string[];
}

/** No call is made, and no token asked for. */
export const REFUSED_PATHS: readonly Paths[] = [
  {
    title: 'another origin',
    paths: [
      '{evil}',
      '{evil}/x',
      'HTTP://{evil-host}/x',
      'https://evil.example/x',
      'https://{api-host}/x',
      'http://127.0.0.1/x',
      'http://127.0.0.1:1/x',
      'http://127.0.0.1:{evil-port}/x',
      'http://127.0.0.1:99999/x',
      'http://localhost:{api-port}/x',
      'http://localhost.:{api-port}/x',
      'http://[::1]:{api-port}/x',
      'http://[::ffff:127.0.0.1]:{api-port}/x',
      'http://0.0.0.0:{api-port}/x',
      'http://127.0.0.2:{api-port}/x',
      'http://2130706433:{evil-port}/x',
      'http://0x7f.1:{evil-port}/x',
      'http://0177.0.0.01:{evil-port}/x',
      'http://127.0.0.1.evil.example/x',
      'http://127.0.0.1.evil.example:{api-port}/x',
    ],
  },
  {
    title: 'a host where a path should be',
    paths: [
      '//{evil-host}/x',
      '///{evil-host}/x',
      '////{evil-host}/x',
      '//{evil-host}',
      '//user@{api-host}/x',
      '/./ /../..//{evil-host}/x',
      '/.//{evil-host}/x',
      '/..//{evil-host}/x',
      './/{evil-host}/x',
      '/a/..//{evil-host}/x',
      '/%2e//{evil-host}/x',
      '/%2E%2e//{evil-host}/x',
      '/.\\/{evil-host}/x',
      '/.//{api-host}/x',
    ],
  },
  {
    title: 'backslashes',
    paths: [
      '\\\\{evil-host}\\x',
      '/\\{evil-host}/x',
      '\\/{evil-host}/x',
      'http:\\\\{evil-host}/x',
      'http:/\\{evil-host}/x',
      'http://{evil-host}\\@{api-host}/x',
    ],
  },
  {
    title: 'userinfo',
    paths: [
      'http://user@{api-host}/x',
      'http://user:password@{api-host}/x',
      'http://:password@{api-host}/x',
      'http://{api-host}@{evil-host}/x',
      'http://{api-host}:80@{evil-host}/x',
      'http://{evil-host}#@{api-host}/x',
      'http://{evil-host}?@{api-host}/x',
      'http://{evil-host}/@{api-host}/x',
      'http://{api-host}%40{evil-host}/x',
      'http://{api-host}%00@{evil-host}/x',
    ],
  },
  {
    title: 'white space and control characters, which a parser drops',
    paths: [
      '/\t/{evil-host}/x',
      '/\n/{evil-host}/x',
      '/\r\n/{evil-host}/x',
      '\t//{evil-host}/x',
      ' //{evil-host}/x',
      '\0//{evil-host}/x',
      '\x1f//{evil-host}/x',
      'ht\ntp://{evil-host}/x',
      'http\t://{evil-host}/x',
      ' {evil}/x',
      '/.\n//{evil-host}/x',
    ],
  },
  {
    title: 'hosts in Unicode',
    paths: [
      'http://ｅｖｉｌ.example/x',
      'http://evil\u3002example/x',
      'http://\u0435vil.example/x',
      '//evil\uff0eexample/x',
      'http://127\u3002evil.example/x',
      'http://１２７.0.0.1:{evil-port}/x',
      'http://\u2460\u2461\u2466.0.0.1:{evil-port}/x',
      'http://evil.example\u2215{api-host}/x',
      'http://api\u00ad.example/x',
    ],
  },
  {
    title: 'other schemes',
    paths: [
      'https:{evil-host}/x',
      'ws://{api-host}/x',
      'wss://{api-host}/x',
      'ftp://{api-host}/x',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'blob:{evil}/0b8a9d2e-7d1c-4e0c-a7c5-2f3f3f7c1b11',
      'blob:{api}/0b8a9d2e-7d1c-4e0c-a7c5-2f3f3f7c1b11',
      'blob:{api}//{evil-host}/x',
      'filesystem:{api}/x',
      'view-source:{api}/x',
      'about:blank',
      'mailto:user@{api-host}',
      'unix:/var/run/docker.sock',
    ],
  },
  {
    title: 'what is no URL',
    paths: [
      'http://',
      'http:///',
      '//',
      '///',
      '\\\\',
      'http://[',
      'http://[::1',
      'http://%zz/',
      'http://a b/x',
      'http://:80/x',
    ],
  },
];

/** What an id can turn a path into: no call is made, and no token is requested. */
export const DOTTED_PATHS: readonly Paths[] = [
  {
    title: 'dot segments',
    paths: [
      '/x/../../../y',
      '/x/..',
      '/..',
      '/x/./y',
      '/x/.',
      '../y',
      './y',
      '..',
      '.',
      '/x/../y?q=1',
      '/x/..#y',
      '/x/..?',
    ],
  },
  {
    title: 'dot segments that are encoded, or half encoded',
    paths: [
      ...['/x/%2e%2e/%2E%2E/y', '/x/%2e%2e', '/x/.%2e/y', '/x/%2E./y', '/x/%2e/y', '/x/%2e'],
      ...['/x/..%2fy', '/x/..%2F..%2Fy', '/x/%2e%2e%2fy', '/x%2f..', '/x%2f../y', '/x/..%5cy', '/x%5c..%5cy'],
    ],
  },
  {
    title: 'dot segments that are encoded several times',
    paths: [
      ...['/x/%252e%252e/y', '/x/.%252e/y', '/x/%25252e%2e/y', '/x/..%252fy', '/x/..%25252fy', '/x%252f..%255cy'],
      ...['/x/%25%32%65%2e/y', '/x/%%32e%%32%65/y', '/x/%2%65./y', `/x/.%${'25'.repeat(2000)}2e/y`],
    ],
  },
  {
    title: 'dot segments with what some servers cut off',
    paths: [
      '/x/..;/y',
      '/x/..;a=1/y',
      '/x/..%3b/y',
      '/x/%2e%2e%253by',
      '/x/..%00/y',
      '/x/..%3fy',
      '/x/..%23y',
      '/x/..%09/y',
    ],
  },
  {
    title: 'dot segments with what a parser drops',
    paths: [
      '/x/.\t./y',
      '/x/.\n.',
      '/x/\r../y',
      '/x/.. ',
      ' ../y',
      '\0../y',
      '{api}/x/../y',
      'http:../y',
      'http:/x/../y',
      'HTTP:..',
    ],
  },
  {
    title: 'backslashes',
    paths: ['/x/..\\y', '/x\\..\\y', '/x\\y', 'x\\y', '/x/%2e%2e\\y', 'http://{api-host}\\@{evil-host}/x', '/x\\'],
  },
];

/** It looks as if it led elsewhere, and is sent to the API, as this. */
export const KEPT_PATHS: readonly (readonly [path: string, target: string])[] = [
  ['{api}/x', '/x'],
  ['HTTP://{api-host}/x', '/x'],
  ['http://127.1:{api-port}/x', '/x'],
  ['http://127.0.0.1.:{api-port}/x', '/x'],
  ['http://127.0.0.1:0{api-port}/x', '/x'],
  ['http://１２７.0.0.1:{api-port}/x', '/x'],
  ['http://2130706433:{api-port}/x', '/x'],
  ['http:x', '/x'],
  ['http:/{evil-host}/x', '/{evil-host}/x'],
  ['http:{evil-host}/x', '/{evil-host}/x'],
  ['http://{api-host}#@{evil-host}/x', '/'],
  ['http://{api-host}?@{evil-host}/x', '/?@{evil-host}/x'],
  ['{evil-host}/x', '/{evil-host}/x'],
  ['x', '/x'],
  ['', '/'],
  ['/', '/'],
  ['?q=1', '/?q=1'],
  ['#{evil}', '/'],
  ['/x#{evil}', '/x'],
  ['/x?next={evil}', '/x?next={evil}'],
  ['/%2f%2f{evil-host}/x', '/%2f%2f{evil-host}/x'],
  ['/%5c%5c{evil-host}/x', '/%5c%5c{evil-host}/x'],
  ['/%09/{evil-host}/x', '/%09/{evil-host}/x'],
  ['/%0d%0aHost:%20{evil-host}', '/%0d%0aHost:%20{evil-host}'],
  ['/x\r\nHost: {evil-host}\r\n\r\n', '/xHost:%20{evil-host}'],
  ['/x HTTP/1.1\r\nHost: {evil-host}', '/x%20HTTP/1.1Host:%20{evil-host}'],
  ['/x\0y', '/x%00y'],
  ['/x\ty', '/xy'],
  ['/x;@{evil-host}', '/x;@{evil-host}'],
  ['／／{evil-host}/x', '/%EF%BC%8F%EF%BC%8F{evil-host}/x'],
  ['/é/\u202e', '/%C3%A9/%E2%80%AE'],
  ['/\ud800', '/%EF%BF%BD'],
  ['/x//y', '/x//y'],
  ['/x/...', '/x/...'],
  ['/x/.y/..z/y..', '/x/.y/..z/y..'],
  ['/x/%2ey', '/x/%2ey'],
  ['/x/DESK%5Cjo', '/x/DESK%5Cjo'],
  ['/x/100%25/50%', '/x/100%25/50%'],
  ['/x?next=/../y\\..', '/x?next=/../y\\..'],
  ['/x#/../y', '/x'],
  ['/:80/x', '/:80/x'],
  ['/@{evil-host}', '/@{evil-host}'],
];

/** Parameters of a query, and what they are sent as. */
export const QUERIES: readonly (readonly [query: Readonly<Record<string, string>>, target: string])[] = [
  [{ q: 'a&admin=1' }, '/x?q=a%26admin%3D1'],
  [{ 'q&admin': '1' }, '/x?q%26admin=1'],
  [{ q: '1#{evil}' }, '/x?q=1%23%7Bevil%7D'],
  [{ q: 'a b+c' }, '/x?q=a%20b%2Bc'],
  [{ q: '1\r\nHost: evil' }, '/x?q=1%0D%0AHost%3A%20evil'],
  [{ q: '\0' }, '/x?q=%00'],
  [{ q: 'half \ud83d' }, '/x?q=half%20%EF%BF%BD'],
  [{ '?': '?' }, '/x?%3F=%3F'],
  [{ $filter: "name eq 'x'" }, '/x?%24filter=name%20eq%20%27x%27'],
  [{ '': '' }, '/x?='],
];

export interface RedirectAnswer {
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

const LOCATIONS: Readonly<Record<string, string>> = {
  'to another origin': '{evil}/x',
  'to another origin, without a scheme': '//{evil-host}/x',
  'to another origin, with backslashes': '\\\\{evil-host}\\x',
  'to another origin, with credentials': 'http://user:password@{evil-host}/x',
  'to the API, with credentials of others': 'http://user:password@{api-host}/x',
  'to the API itself': '{api}/y',
  'to a path of the API': '/y',
  'to the same again': '/x',
  'to another protocol': 'https://{api-host}/x',
  'to a script': 'javascript:alert(1)',
  'to nowhere': '',
};

/** None is followed: each is an error of this status. */
export const REDIRECTS: readonly RedirectAnswer[] = [
  ...[301, 302, 303, 307, 308].flatMap((status) =>
    Object.entries(LOCATIONS).map(([where, location]) => ({
      name: `${status} ${where}`,
      status,
      headers: { location },
    })),
  ),
  ...[300, 304, 305, 306, 399].map((status) => ({
    name: `${status} to another origin`,
    status,
    headers: { location: '{evil}/x' },
  })),
  {
    name: '302 that says it in other headers',
    status: 302,
    headers: { refresh: '0; url={evil}/x', 'content-location': '{evil}/x' },
  },
];

/** On an answer that is one: it counts, they do not, and nothing of them is sent with the next call. */
export const POINTING_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { refresh: '0; url={evil}/x' },
  { location: '{evil}/x' },
  { 'content-location': '{evil}/x' },
  { link: '<{evil}/x>; rel="next", <{evil}/y>; rel=preload' },
  { 'alt-svc': 'h2="{evil-host}"; ma=86400, h3=":{evil-port}"' },
  { 'set-cookie': 'session=evil; Path=/' },
  { 'www-authenticate': 'Bearer realm="{evil}", resource_metadata="{evil}/x"' },
  { 'strict-transport-security': 'max-age=31536000' },
  { 'report-to': '{"endpoints":[{"url":"{evil}/x"}]}' },
  { upgrade: 'h2c', connection: 'keep-alive' },
];

export interface NextLink {
  readonly name: string;
  /** What a page has as `paginationInfo`. */
  readonly paginationInfo: unknown;
  /** What following it comes to; `undefined` where it is none, and the page the last one. */
  readonly code: EgainAuthErrorCode | undefined;
}

const link = (href: unknown, rel: unknown = 'next') => ({ link: [{ rel, href }] });
const links = (code: EgainAuthErrorCode | undefined, given: Readonly<Record<string, unknown>>): NextLink[] =>
  Object.entries(given).map(([name, paginationInfo]) => ({ name, paginationInfo, code }));

export const NEXT_LINKS: readonly NextLink[] = [
  ...links('origin_not_allowed', {
    'off the host': link('{evil}/x'),
    'off the host, without a scheme': link('//{evil-host}/x'),
    'off the host, with a backslash': link('/\\{evil-host}/x'),
    'off the host, behind dots': link('/.//{evil-host}/x'),
    'off the host, behind userinfo': link('http://{api-host}@{evil-host}/x'),
    'with credentials': link('http://user:password@{api-host}/x'),
    'to another protocol': link('https://{api-host}/x'),
    'to a script': link('javascript:alert(1)'),
    'to a blob': link('blob:{api}/x'),
  }),
  ...links('invalid_api_response', {
    'to itself': link('/x'),
    'to itself, with the whole origin': link('{api}/x'),
    'to itself, with a fragment': link('/x#1'),
  }),
  ...links('invalid_path', { 'to itself, with dots': link('/y/../x') }),
  ...links(undefined, {
    'that is empty': link(''),
    'that is null': link(null),
    'that is a number': link(5),
    'that is a list': link(['/y']),
    'that is an object': link({ href: '/y' }),
    'of another name': link('{evil}/x', 'prev'),
    'whose name is a list': link('{evil}/x', ['next']),
    'in a list that holds null': { link: [null, 5, 'next'] },
    'in no list': { link: { rel: 'next', href: '{evil}/x' } },
    'in a text': { link: 'next' },
    'in nothing': null,
    'in a number': 5,
    'by a prototype': JSON.parse('{"__proto__":{"link":[{"rel":"next","href":"{evil}/x"}]}}') as unknown,
  }),
];

export interface HostileAnswer {
  readonly name: string;
  /** What the API sends once it has read the request. */
  readonly steps: readonly Step[];
  /** What a POST comes to, or the value it has. */
  readonly outcome: { readonly code: EgainAuthErrorCode } | { readonly value: unknown };
  /** Only a deadline ends it. */
  readonly isEndless?: boolean;
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const MIB = 1024 * 1024;
const whole = (body: string | Buffer, head = HEAD): Step[] => [
  `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n`,
  Buffer.from(body as string),
];
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const answers = (
  outcome: HostileAnswer['outcome'],
  given: Readonly<Record<string, readonly Step[]>>,
  isEndless = false,
): HostileAnswer[] =>
  Object.entries(given).map(([name, steps]) => ({ name, steps, outcome, ...(isEndless && { isEndless }) }));

export const ANSWERS: readonly HostileAnswer[] = [
  ...answers(
    { code: 'api_unavailable' },
    {
      'no bytes at all': ['END'],
      'a broken connection': ['RESET'],
      'another protocol': ['SSH-2.0-OpenSSH_9.6\r\n'],
      TLS: [Buffer.from('15030300020228', 'hex'), 'END'],
      'HTTP/2': [Buffer.from('000000040000000000', 'hex'), 'END'],
      'a head that is cut': ['HTTP/1.1 200 OK\r\ncontent-', 'END'],
      'a body that is cut': [`${HEAD}content-length: 100\r\n\r\n{"a":`, 'END'],
      'a body in chunks that is cut': [`${CHUNKED}5\r\n{"a":`, 'END'],
      'a body in chunks without the last': [`${CHUNKED}${chunk('{}')}`, 'END'],
      'a chunk with no length': [`${CHUNKED}zz\r\n{}\r\n0\r\n\r\n`],
      'a chunk longer than it says': [`${CHUNKED}1\r\n{}\r\n0\r\n\r\n`],
      'a negative content-length': [`${HEAD}content-length: -1\r\n\r\n{}`],
      'two lengths': [`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `],
      'a length in chunks': [`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
      'a content-length of words': [`${HEAD}content-length: two\r\n\r\n{}`],
      'a header without a name': ['HTTP/1.1 200 OK\r\n: x\r\ncontent-length: 2\r\n\r\n{}'],
      'a header with a null character': ['HTTP/1.1 200 OK\r\nx: \0\r\ncontent-length: 2\r\n\r\n{}'],
      'more headers than anybody has': ['HTTP/1.1 200 OK\r\n', { repeat: `x: ${'x'.repeat(1000)}\r\n`, times: 100 }],
      'an upgrade nobody asked for': [
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      ],
      'a continuation nobody asked for': ['HTTP/1.1 100 Continue\r\n\r\n'],
      gzip: whole(gzipSync('{}'), `${HEAD}content-encoding: gzip\r\n`),
      deflate: whole(deflateSync('{}'), `${HEAD}content-encoding: deflate\r\n`),
      brotli: whole(brotliCompressSync('{}'), `${HEAD}content-encoding: br\r\n`),
      'gzip in gzip': whole(gzipSync(gzipSync('{}')), `${HEAD}content-encoding: gzip, gzip\r\n`),
      'fifty mebibytes in gzip': whole(gzipSync(Buffer.alloc(50 * MIB)), `${HEAD}content-encoding: gzip\r\n`),
      'a transfer in gzip': [`${HEAD}transfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
      'one byte more than sixteen mebibytes': whole(`"${'x'.repeat(16 * MIB - 1)}"`),
      'a petabyte, or so it says': [`${HEAD}content-length: ${1e15}\r\n\r\n`, { repeat: ' '.repeat(64 * 1024) }],
      'chunks without an end': [CHUNKED, { repeat: chunk(' '.repeat(64 * 1024)) }],
    },
  ),
  ...answers(
    { code: 'api_unavailable' },
    {
      'nothing, on an open connection': [],
      'a head without an end': ['HTTP/1.1 200 OK\r\nx: '],
      'a byte now and then': [CHUNKED, { repeat: chunk(' '), everyMs: 5 }],
      'early hints again and again': [{ repeat: 'HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n', everyMs: 5 }],
    },
    true,
  ),
  ...answers(
    { code: 'invalid_api_response' },
    {
      HTML: whole('<!doctype html><title>Sign in</title>', 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n'),
      'HTML that says it is JSON': whole('<p>'),
      'JSON that is cut': whole('{"a":'),
      'JSON twice': whole('{}{}'),
      'JSON with a comment': whole('{} // x'),
      'JSON with a trailing comma': whole('[1,]'),
      'JSON in UTF-16': whole(Buffer.from('{"a":1}', 'utf16le')),
      JSONP: whole('callback({})'),
      'JSON behind a guard against scripts': whole(")]}',\n{}"),
      XML: whole('<?xml version="1.0"?><a/>', 'HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\n'),
      NaN: whole('NaN'),
      'white space': whole(' '),
      bytes: whole(Buffer.from([0xff, 0xfe, 0x00])),
      'half a million opened lists': whole('['.repeat(500_000)),
    },
  ),
  ...answers(
    { value: undefined },
    {
      'nothing, with a length': whole(''),
      'no content': ['HTTP/1.1 204 No Content\r\n\r\n'],
      'nothing, in chunks': [`${CHUNKED}0\r\n\r\n`],
    },
  ),
  ...answers({ value: null }, { null: whole('null') }),
  ...answers({ value: 5 }, { 'a number': whole('5') }),
  ...answers({ value: 'text' }, { 'a text': whole('"text"') }),
  ...answers(
    { value: {} },
    {
      'JSON behind a byte order mark': whole('\ufeff{}'),
      'hints first': [`HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n`, ...whole('{}')],
      'processing first': ['HTTP/1.1 102 Processing\r\n\r\n', ...whole('{}')],
      'JSON that says it is HTML': whole('{}', 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n'),
      'JSON of no type': whole('{}', 'HTTP/1.1 200 OK\r\n'),
      'a trailer': [`${CHUNKED}2\r\n{}\r\n0\r\nauthorization: Bearer evil\r\n\r\n`],
      'a body up to the end of the connection': [`${HEAD}connection: close\r\n\r\n{}`, 'END'],
      'a body by HTTP/1.0': ['HTTP/1.0 200 OK\r\n\r\n{}', 'END'],
      identity: whole('{}', `${HEAD}content-encoding: identity\r\n`),
    },
  ),
];

/** What becomes of a body that is an error, with status 400: no member of it changes anything but the error. */
export const ERROR_BODIES: Readonly<Record<string, string>> = {
  'a prototype': '{"__proto__":{"polluted":1},"code":"400-152"}',
  'a constructor': '{"constructor":{"prototype":{"polluted":1}}}',
  'a prototype in its details': '{"code":"400-152","details":[{"__proto__":{"polluted":1}}]}',
  'a number for a code': '{"code":400}',
  'a list for a code': '{"code":["400-152"]}',
  'an object for a message': '{"developerMessage":{"toString":"x"}}',
  'a text for details': '{"details":"x"}',
  null: 'null',
  'a list': '[1]',
  'a text': '"x"',
  'a code with line breaks': '{"code":"400-152\\r\\n2026-01-01 ERROR forged\\u001b[2J"}',
  'a code without an end': `{"code":"${'9'.repeat(10_000)}"}`,
  'a code that is a name of ours': '{"code":"login_required","status":200,"remedy":"x","retryable":true}',
  'a name of a member of errors':
    '{"message":"x","stack":"x","name":"x","cause":{"a":1},"headers":{"set-cookie":"evil=1"}}',
  HTML: '<script>alert(1)</script>',
  nothing: '',
  'more than is looked at': `{"code":"400-152","developerMessage":"${'x'.repeat(100_000)}"}`,
  'lists in lists': `${'['.repeat(500)}${']'.repeat(500)}`,
};

const percent = (text: string) => text.replace(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`);
const bytesOf = (text: string) => [...Buffer.from(text)];

/** How an error can repeat a token, within the text of a JSON string. */
export const QUOTATIONS: Readonly<Record<string, (token: string) => string>> = {
  'as it is': (token) => token,
  'as a header': (token) => `Authorization: Bearer ${token}`,
  'in capitals': (token) => token.toUpperCase(),
  'but for its last letter': (token) => token.slice(0, -1),
  'but for its first half': (token) => token.slice(token.length / 2),
  'with escaped slashes': (token) => token.replaceAll('/', '\\/'),
  'in escapes': (token) => token.replace(/./g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'in percent encoding': percent,
  'in percent encoding, twice': (token) => percent(percent(token)),
  'in entities': (token) => token.replace(/./g, (one) => `&#${one.charCodeAt(0)};`),
  'in hexadecimal entities': (token) => token.replace(/./g, (one) => `&#x${one.charCodeAt(0).toString(16)};`),
  'in base64': (token) => Buffer.from(token).toString('base64'),
  'in base64 of a header': (token) => Buffer.from(`Authorization: Bearer ${token}`).toString('base64'),
  'in base64url': (token) => Buffer.from(token).toString('base64url'),
  'in base64 of base64': (token) => Buffer.from(Buffer.from(token).toString('base64')).toString('base64'),
  'in hexadecimal': (token) => Buffer.from(token).toString('hex'),
  'in a hex dump': (token) =>
    bytesOf(token)
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(' '),
  'as numbers': (token) => bytesOf(token).join(', '),
  'with null characters': (token) => token.split('').join('\\u0000'),
  'in a URL': (token) => `https://api.example/?access_token=${encodeURIComponent(token)}`,
  'in JSON in JSON': (token) => JSON.stringify(JSON.stringify({ token })).slice(1, -1).replaceAll('/', '\\\\/'),
  'after too much to look through': (token) => `${'x'.repeat(20_000)}${token}`,
};
