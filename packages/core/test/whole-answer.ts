import type { Step } from './wire-server.ts';

/** An answer as data. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text is sent as UTF-8. */
  readonly body: string | Buffer;
}

/** The answer with its length, as it goes over the wire. */
export function serialize({ status, headers, body }: WholeAnswer): Step[] {
  const bytes = Buffer.from(body as string);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return [`HTTP/1.1 ${status} X\r\n${lines.join('')}content-length: ${bytes.length}\r\n\r\n`, bytes];
}

/** The same for whoever uses `fetch`. */
export function toResponse({ status, headers, body }: WholeAnswer): Response {
  const bytes = Buffer.from(body as string);
  return new Response(bytes.length === 0 ? null : bytes, { status, headers });
}
