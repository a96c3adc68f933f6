import type { ServerResponse } from 'node:http';
import type { HttpReply, HttpResponse } from './exchange.ts';
import { setOwnCookies } from './own-cookies.ts';
import { mergeVary } from './vary.ts';

/** The reply side of Node's own `http`, and of every framework that exposes its `ServerResponse`. */
export function nodeReply(response: ServerResponse): HttpReply {
  return new NodeReply(response);
}

/** A class, against the house rule: one is made for each request, and an object literal with a getter takes microseconds. */
class NodeReply implements HttpReply {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get headersSent(): boolean {
    return this.#response.headersSent;
  }

  /** Not `writableFinished`: a slow client would decide whether work after `end()` succeeds. */
  get ended(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  appendHeader(name: string, value: string): void {
    if (name === 'set-cookie') setOwnCookies(this.#response, [value]);
    else this.#response.appendHeader(name, value);
  }

  send(answer: HttpResponse): void {
    writeResponse(this.#response, answer);
  }
}

/** Writes a whole answer. The cookies and the `Vary` that the application has set before stay. */
export function writeResponse(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'set-cookie') setOwnCookies(response, value as string[]);
    else if (name === 'vary') response.setHeader('vary', mergeVary(response.getHeader('vary'), value));
    else response.setHeader(name, value as string);
  }
  // Not `response.end(body)` alone: HEAD must announce the length of what GET would have sent.
  response.setHeader('content-length', Buffer.byteLength(body));
  // `req` is missing in the responses that unit tests make, such as those of node-mocks-http (F83).
  const { method } = (response.req as ServerResponse['req'] | undefined) ?? {};
  response.end(method === 'HEAD' ? undefined : body);
}
