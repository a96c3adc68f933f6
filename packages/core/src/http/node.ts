import type { ServerResponse } from 'node:http';
import type { HttpReply, HttpResponse } from './exchange.ts';

/** The reply side of Node's own `http`, and of every framework that exposes its `ServerResponse`. */
export function nodeReply(response: ServerResponse): HttpReply {
  return {
    get headersSent() {
      return response.headersSent;
    },
    appendHeader(name, value) {
      response.appendHeader(name, value);
    },
    send(answer) {
      writeResponse(response, answer);
    },
  };
}

/** Writes a whole answer. Cookies are appended: those that the application has set before stay. */
export function writeResponse(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'set-cookie') response.appendHeader(name, value);
    else response.setHeader(name, value as string);
  }
  // Not `response.end(body)` alone: HEAD must announce the length of what GET would have sent.
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
