import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { AdapterContext } from '@egain-auth/core';
import type { ExecutionContext } from '@nestjs/common';
import { type NestReply, type NestRequest, nodeRequest } from './platform.ts';

/** What is known of one request, by the name of the instance. Replaced contexts are seen by all who look later. */
export interface CurrentRequest {
  readonly contexts: Map<string, AdapterContext>;
  /** Who was asked for whom this request acts, as soon as that is known. */
  represented?: unknown;
  /** Fastify's, as soon as there is one. */
  reply?: NestReply;
  /** Of one resolver that acts for somebody: the request that it has a part of. */
  readonly within?: CurrentRequest;
}

const requests = new WeakMap<IncomingMessage, CurrentRequest>();

/** Instead of request-scoped providers, which would make a new tree of providers for each request (T054). */
export const currentRequest = new AsyncLocalStorage<CurrentRequest>();

export function enterRequest(request: IncomingMessage): CurrentRequest {
  const current = requests.get(request) ?? { contexts: new Map() };
  requests.set(request, current);
  return current;
}

export function findRequest(request: NestRequest): CurrentRequest | undefined {
  return requests.get(nodeRequest(request));
}

/**
 * Resolvers of one GraphQL request run side by side, each with its own `@OnBehalfOf`: who acts is known by where this is
 * called, in what that interceptor began.
 * @throws {TypeError} in what is not called by HTTP, and without the module
 */
export function requireRequest(context: ExecutionContext, what: string): CurrentRequest {
  const type = context.getType<string>();
  if (type === 'http') {
    return findRequest(context.switchToHttp().getRequest<NestRequest>()) ?? { contexts: new Map() };
  }
  const found = type === 'graphql' ? findGraphqlRequest(context) : undefined;
  if (found) {
    const running = currentRequest.getStore();
    return running?.within === found ? running : found;
  }
  throw new TypeError(
    `${what} is for HTTP handlers and for resolvers of GraphQL over HTTP, and this one is called by ${type}${type === 'graphql' ? ' without a request in its context' : ''}: guard it in another way, and call eGain as somebody named, by EGAIN_AUTH or EgainHttpService.as()`,
  );
}

/** Nest's drivers put the request into GraphQL's context, also into one of the application's. */
function findGraphqlRequest(context: ExecutionContext): CurrentRequest | undefined {
  const { req } = context.getArgByIndex<{ readonly req?: NestRequest } | undefined>(2) ?? {};
  return req && findRequest(req);
}

/** @throws {TypeError} */
export function requireContext({ contexts }: CurrentRequest, name: string): AdapterContext {
  const context = contexts.get(name);
  if (context) return context;
  const known = [...contexts.keys()].join(', ') || 'none';
  throw new TypeError(`no EgainAuthModule named ${name} is imported (there is: ${known})`);
}
