import {
  type HttpReply,
  type HttpRequest,
  type HttpResponse,
  mergeVary,
  nodeReply,
  setOwnCookies,
  writeResponse,
} from '@egain-auth/core';
import type { Context } from 'koa';

/** The request as the client sent it: mounting changes `ctx.url`, not `ctx.originalUrl`. */
export function requestOf({ req, originalUrl }: Context): HttpRequest {
  return { method: req.method, url: originalUrl, headers: req.headers };
}

/** A class, against the house rule: one is made for each request, and an object literal with a getter takes microseconds. */
export class KoaReply implements HttpReply {
  readonly #ctx: Context;

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  get headersSent(): boolean {
    return this.#ctx.headerSent;
  }

  get ended(): boolean {
    return nodeReply(this.#ctx.res).ended === true;
  }

  appendHeader(name: string, value: string): void {
    nodeReply(this.#ctx.res).appendHeader(name, value);
  }

  send(answer: HttpResponse): void {
    sendResponse(this.#ctx, answer);
  }
}

/** The cookies and the `Vary` that the application has set before stay. */
export function sendResponse(ctx: Context, answer: HttpResponse): void {
  // The application took the response over, so Koa sends nothing: the request would never be answered.
  if (ctx.respond === false) {
    writeResponse(ctx.res, answer);
    return;
  }
  const { status, headers, body } = answer;
  ctx.status = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'set-cookie') setOwnCookies(ctx.res, value as string[]);
    else if (name === 'vary') ctx.set('vary', mergeVary(ctx.res.getHeader('vary'), value));
    else ctx.set(name, value as string);
  }
  ctx.body = body;
}
