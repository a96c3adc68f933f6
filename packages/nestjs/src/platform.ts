import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpResponse, mergeVary, setOwnCookies, writeResponse } from '@egain-auth/core';

// Structural: neither platform is a dependency.

export type NestRequest = IncomingMessage | { readonly raw: IncomingMessage };
export type NestResponse = ServerResponse | NestReply;

/** Fastify's `FastifyReply`. */
export interface NestReply {
  readonly raw: ServerResponse;
  /** Whether it was sent, or taken over by `hijack()`. */
  readonly sent: boolean;
  code(status: number): unknown;
  hasHeader(name: string): boolean;
  getHeader(name: string): number | string | string[] | undefined;
  header(name: string, value: unknown): unknown;
  removeHeader(name: string): unknown;
  send(body: string): unknown;
}

export const nodeRequest = (request: NestRequest): IncomingMessage => ('raw' in request ? request.raw : request);
export const nodeResponse = (response: NestResponse): ServerResponse => ('raw' in response ? response.raw : response);

/** Writes a whole answer, on Fastify through its reply: what the application has put there goes with it. */
export function answerWith(response: NestResponse, answer: HttpResponse): void {
  // A handler that took Fastify's response over left it to nobody else to answer.
  if (!('raw' in response) || response.sent) {
    writeResponse(nodeResponse(response), answer);
    return;
  }
  const { 'set-cookie': cookies, ...headers } = answer.headers;
  response.code(answer.status);
  for (const [name, value] of Object.entries(headers)) {
    response.header(name, name === 'vary' ? mergeVary(response.getHeader(name), value) : value);
  }
  if (cookies) setOwnCookies(response.raw, cookies as string[]);
  response.send(answer.body);
}

/**
 * Node's response and Fastify's reply have headers of their own, and where both have one of the same name, the reply's
 * is sent. These are lists that each adds to, and cookies of middleware, the application's and ours, would be lost.
 */
export function mergeHeaders(reply: NestReply): void {
  for (const name of ['set-cookie', 'vary']) {
    const early = listOf(reply.raw.getHeader(name));
    if (early.length === 0 || !reply.hasHeader(name)) continue;
    const values = [...new Set([...early, ...listOf(reply.getHeader(name))])];
    reply.removeHeader(name);
    reply.header(name, name === 'vary' ? mergeVary(values) : values);
  }
}

const listOf = (header: number | string | string[] | undefined): (number | string)[] => [header ?? []].flat();
