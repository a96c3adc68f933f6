import { gzipSync } from 'node:zlib';
import type { EgainAuthErrorCode } from '../../src/errors.ts';
import type { Step } from '../wire-server.ts';
import { TOKEN } from './hostile-answers.ts';

export interface HostileConnection {
  readonly name: string;
  /** The threat it belongs to. */
  readonly rule: string;
  /** What the server sends once it has read the request. */
  readonly steps: readonly Step[];
  /** What it becomes. */
  readonly code: EgainAuthErrorCode;
  /** Only a deadline ends it. */
  readonly endless?: boolean;
}

const good = JSON.stringify({ access_token: TOKEN, token_type: 'Bearer', expires_in: 3600 });
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const TO_THE_END = `${HEAD}connection: close\r\n\r\n`;
const length = (bytes: number | string): string => `${HEAD}content-length: ${bytes}\r\n\r\n`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const whole = (body: string): Step[] => [`${length(body.length)}${body}`];

const KIB = ' '.repeat(1024);
const MIB = 1024 * 1024;

function rows(
  rule: string,
  code: EgainAuthErrorCode,
  connections: Readonly<Record<string, readonly Step[]>>,
  endless = false,
): HostileConnection[] {
  return Object.entries(connections).map(([name, steps]) => ({ name, rule, steps, code, ...(endless && { endless }) }));
}

const UNUSABLE = 'invalid_token_response';
const UNAVAILABLE = 'token_endpoint_unavailable';

const sizes: HostileConnection[] = [
  ...rows('T058', UNUSABLE, {
    'one byte more than a mebibyte': whole(good.padEnd(MIB + 1)),
    'sixty-four mebibytes before the token': [length(64 * MIB + good.length), { repeat: KIB, times: 65_536 }, good],
    'an endless body': [TO_THE_END, { repeat: KIB }],
    'an endless body in chunks': [CHUNKED, { repeat: chunk(KIB) }],
    'a body of chunks of one byte': [CHUNKED, { repeat: chunk(' ').repeat(1024) }],
    'a body of a petabyte, or so it says': [length(1e15), { repeat: KIB }],
    'an endless string': [`${CHUNKED}${chunk('{"access_token":"')}`, { repeat: chunk('A'.repeat(1024)) }],
    'fifty mebibytes in gzip': ((bomb) => [
      `${HEAD}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`,
      bomb,
    ])(gzipSync(Buffer.alloc(50 * MIB))),
    'an access token of more than 64 KiB': whole(JSON.stringify({ access_token: 'A'.repeat(65_537) })),
    'a refresh token of more than 64 KiB': whole(
      JSON.stringify({ access_token: TOKEN, refresh_token: 'A'.repeat(65_537) }),
    ),
    'a scope of more than 64 KiB': whole(JSON.stringify({ access_token: TOKEN, scope: 'a '.repeat(32_769) })),
    'a mebibyte of nested lists': whole(`{"access_token":${'['.repeat(MIB / 2 - 32)}${']'.repeat(MIB / 2 - 32)}}`),
    'a mebibyte of nested objects that do not end': whole('{"a":'.repeat(200_000)),
    'a mebibyte of members': whole(`{${'"a":1,'.repeat(170_000)}"b":1}`),
    'a number of a mebibyte': whole(`{"access_token":"${TOKEN}","expires_in":${'9'.repeat(1_000_000)}}`),
  }),
  ...rows('T058', UNAVAILABLE, {
    'a header of 17 KiB': [`${HEAD}x-large: ${'A'.repeat(17 * 1024)}\r\ncontent-length: 2\r\n\r\n{}`],
    'a thousand headers': [`${HEAD}${'x-many: 12345678901234567890\r\n'.repeat(1000)}content-length: 2\r\n\r\n{}`],
    'a header without end': [`${HEAD}x-endless: `, { repeat: 'A'.repeat(1024) }],
    'headers without end': [HEAD, { repeat: 'x-endless: 1\r\n' }],
    'the name of a header without end': [HEAD, { repeat: 'A'.repeat(1024) }],
    'trailers without end': [`${CHUNKED}${chunk('{}')}0\r\n`, { repeat: 'x-endless: 1\r\n' }],
  }),
];

const drip = (repeat: string): Step => ({ repeat, everyMs: 10 });
const times: HostileConnection[] = rows(
  'T058',
  UNAVAILABLE,
  {
    'no answer': [],
    'half a status line': ['HTTP/1.1 2'],
    'a status line without end': ['HTTP/1.1 200 ', { repeat: 'O'.repeat(1024), everyMs: 5 }],
    'headers and then nothing': [length(100)],
    'headers that drip': [HEAD, drip('x')],
    'a body that drips': [length(1e6), drip(' ')],
    'a body that drips in chunks': [CHUNKED, drip(chunk(' '))],
    'a token and then nothing': [`${length(good.length + 1)}${good}`],
    'a token in a chunk and then nothing': [`${CHUNKED}${chunk(good)}`],
    'a token without the last line break': [`${CHUNKED}${chunk(good)}0\r\n`],
    'an extension of a chunk that drips': [`${CHUNKED}1;x=`, drip('y')],
    'an extension of a chunk without end': [`${CHUNKED}1;x=`, { repeat: 'A'.repeat(1024) }],
    'the size of a chunk and then nothing': [`${CHUNKED}ff\r\n`],
    'early hints without end': [{ repeat: 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', everyMs: 1 }],
    'early hints without end, as fast as can be': [{ repeat: 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(32) }],
    'spaces before the answer': [drip('\r\n')],
  },
  true,
);

const truncation: HostileConnection[] = [
  ...rows('T064', UNAVAILABLE, {
    'a cut connection': ['RESET'],
    'a closed connection': ['END'],
    'headers and the end': [HEAD, 'END'],
    'a length larger than the token': [`${length(good.length + 1)}${good}`, 'END'],
    'a length larger than the token, and a cut connection': [`${length(good.length + 1)}${good}`, 'RESET'],
    'chunks without the last one': [`${CHUNKED}${chunk(good)}`, 'END'],
    'chunks without the last one, and a cut connection': [`${CHUNKED}${chunk(good)}`, 'RESET'],
    'chunks without the last line break': [`${CHUNKED}${chunk(good)}0\r\n`, 'END'],
    'a chunk shorter than it says': [`${CHUNKED}ff\r\n${good}\r\n0\r\n\r\n`, 'END'],
    'a chunk longer than it says': [`${CHUNKED}2\r\n${good}\r\n0\r\n\r\n`],
    'a chunk of no number': [`${CHUNKED}zz\r\n${good}\r\n0\r\n\r\n`],
    'a chunk of a negative number': [`${CHUNKED}-5\r\n${good}\r\n0\r\n\r\n`],
    'a chunk of an endless number': [`${CHUNKED}${'f'.repeat(20)}\r\n${good}\r\n0\r\n\r\n`],
    'early hints and the end': ['HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', 'END'],
  }),
  ...rows('T064', UNUSABLE, {
    'no length, and the token cut short': [`${TO_THE_END}${good.slice(0, -1)}`, 'END'],
    'a length shorter than the token': [`${length(good.length - 1)}${good}`],
    'a length of zero': [`${length(0)}${good}`],
  }),
];

const framing: HostileConnection[] = [
  ...rows('T065', UNAVAILABLE, {
    'two lengths': [`${HEAD}content-length: 2\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'two lengths in one': [`${length(`2, ${good.length}`)}${good}`],
    'a length and chunks': [`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n${chunk(good)}0\r\n\r\n`],
    'a length of no number': [`${length('many')}${good}`],
    'a negative length': [`${length(-1)}${good}`],
    'a length with a sign': [`${length(`+${good.length}`)}${good}`],
    'a length of an endless number': [`${length('9'.repeat(40))}${good}`],
    'no HTTP': [good, 'END'],
    'HTTP of the year 1991': [`<p>${TOKEN}`, 'END'],
    'HTTP/2': [Buffer.from('00000604000000000000030000006400000408000000000000', 'hex'), 'END'],
    'HTTP of a version that is none': [`HTTP/9.9 200 OK\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'the banner of SSH': ['SSH-2.0-OpenSSH_9.6\r\n', 'END'],
    'an alert of TLS': [Buffer.from('15030300020228', 'hex'), 'END'],
    'a request in place of an answer': [`POST / HTTP/1.1\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'no status': [`HTTP/1.1 OK\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'a status of two digits': [`HTTP/1.1 20 OK\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'a status of four digits': [`HTTP/1.1 2000 OK\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'a status beyond the last': [`HTTP/1.1 999 OK\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'a header without a colon': [`${HEAD}x-evil\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'a header with a null character': [`${HEAD}x-evil: ${TOKEN}\0\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'a header with a space before its colon': [`${HEAD}content-length : ${good.length}\r\n\r\n${good}`],
    'a header without a name': [`${HEAD}: ${TOKEN}\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'a protocol that nobody asked for': [
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    ],
    'no content, with a token': [`HTTP/1.1 204 No Content\r\ncontent-length: ${good.length}\r\n\r\n${good}`],
    'go on, although nobody asked': [`HTTP/1.1 100 Continue\r\n\r\n${length(good.length)}${good}`],
  }),
  ...rows('T065', UNUSABLE, {
    'an encoding of the transfer': [
      `${HEAD}transfer-encoding: gzip, chunked\r\n\r\n`,
      Buffer.concat(
        ((zipped) => [Buffer.from(`${zipped.length.toString(16)}\r\n`), zipped, Buffer.from('\r\n0\r\n\r\n')])(
          gzipSync(good),
        ),
      ),
    ],
    'chunks that are not the last encoding': [`${HEAD}transfer-encoding: chunked, gzip\r\n\r\n${good}`, 'END'],
    'an encoding of the transfer, and no chunks': [`${HEAD}transfer-encoding: gzip\r\n\r\n${good}`, 'END'],
  }),
];

/** What a connection can be made to do, by class. */
export const HOSTILE_CONNECTIONS: Readonly<Record<string, readonly HostileConnection[]>> = {
  sizes,
  times,
  truncation,
  framing,
};
