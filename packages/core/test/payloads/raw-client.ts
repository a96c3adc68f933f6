import { once } from 'node:events';
import { connect } from 'node:net';

/** Names may repeat and be spelled as no client would spell them. */
export type Headers = readonly (readonly [name: string, value: string])[];

export interface RawRequest {
  /** @default GET */
  readonly method?: string;
  /** Sent as it stands. */
  readonly target: string;
  /** `host` is added where no spelling of it is here. Characters up to U+00FF are bytes. */
  readonly headers?: Headers;
}

export interface RawAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  readonly text: string;
}

const DEADLINE_MS = 5000;

/** One request on a connection of its own, byte for byte: any client would correct some of them. */
export async function sendRaw(
  baseUrl: string,
  { method = 'GET', target, headers = [] }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  // Node refuses some requests before they are all there, and then resets the connection.
  socket.on('error', () => {});
  const deadline = setTimeout(() => socket.destroy(), DEADLINE_MS);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const all = headers.some(([name]) => /^host$/i.test(name)) ? headers : [['host', host], ...headers];
  const lines = [...all, ['connection', 'close']].map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(Buffer.from(`${method} ${target} HTTP/1.1\r\n`));
  socket.write(Buffer.from(`${lines.join('')}\r\n`, 'latin1'));
  await once(socket, 'close');
  clearTimeout(deadline);
  return parse(Buffer.concat(chunks).toString());
}

function parse(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [start = '', ...lines] = answer.slice(0, end).split('\r\n');
  const valuesOf = (name: string) =>
    lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(start)?.[1] ?? 0),
    location: valuesOf('location')[0],
    setCookies: valuesOf('set-cookie'),
    text: answer.slice(end + 4),
  };
}

/** The cookies that answers leave in a browser that had `before`. */
export function jarAfter(before: ReadonlyMap<string, string>, setCookies: readonly string[]): Map<string, string> {
  const jar = new Map(before);
  for (const line of setCookies) {
    const [, name = '', value = ''] = /^([^=;]*)=([^;]*)/.exec(line) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  return jar;
}
