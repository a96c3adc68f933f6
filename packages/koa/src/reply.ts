import type { HttpReply, HttpRequest, HttpResponse } from '@egain-auth/core';
import type { Context } from 'koa';

/** The request as the client sent it: mounting changes `ctx.url`, not `ctx.originalUrl`. */
export function requestOf({ req, originalUrl }: Context): HttpRequest {
  return { method: req.method, url: originalUrl, headers: req.headers };
}

export function koaReply(ctx: Context): HttpReply {
  return {
    get headersSent() {
      return ctx.headerSent;
    },
    appendHeader: (name, value) => ctx.append(name, value),
    send: (answer) => sendResponse(ctx, answer),
  };
}

/** Cookies are appended: those that the application has set before stay. */
export function sendResponse(ctx: Context, { status, headers, body }: HttpResponse): void {
  ctx.status = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'set-cookie') ctx.append(name, value as string[]);
    else ctx.set(name, value as string);
  }
  ctx.body = body;
}
