import type { IncomingMessage, ServerResponse } from 'node:http';
import { type EgainAuth, type HttpReply, type HttpResponse, nodeReply, writeResponse } from '@egain-auth/core';
import type { HttpServer } from '@nestjs/common';
import { type CurrentRequest, currentRequest, enterRequest, findRequest } from './current-request.ts';
import { answerWith, mergeHeaders, type NestReply, type NestRequest } from './platform.ts';

/** The part of Fastify's instance that we need. */
interface FastifyHooks {
  addHook(name: 'preValidation', hook: (request: NestRequest, reply: NestReply, done: () => void) => void): unknown;
  addHook(
    name: 'onSend',
    hook: (request: NestRequest, reply: NestReply, payload: unknown, done: () => void) => void,
  ): unknown;
}

/** The names of the instances in front of each server. */
const installed = new WeakMap<object, Set<string>>();

/**
 * Answers the login, callback, logout and session routes, and gives every other request its context. Put in front of the
 * whole server: a middleware of Nest's own would only see what is below `setGlobalPrefix`.
 * @throws {TypeError} for a name that is taken
 */
export function useEgainAuth(server: HttpServer, egain: EgainAuth, name: string): void {
  const names = installed.get(server) ?? new Set();
  if (names.has(name)) {
    throw new TypeError(
      `there are two EgainAuthModules named ${name}: call forRoot() once, with isGlobal, or give each a name`,
    );
  }
  if (names.size === 0 && server.getType() === 'fastify') hookIntoFastify(server.getInstance() as FastifyHooks);
  installed.set(server, names.add(name));
  server.use((request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => {
    const current = enterRequest(request);
    admit(egain, name, current, request, response).then((isAnswered) => {
      if (!isAnswered) currentRequest.run(current, next);
    }, next);
  });
}

async function admit(
  egain: EgainAuth,
  name: string,
  current: CurrentRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const reply = new NestReplyOrResponse(current, response);
  const answer = await egain.handle(request, reply);
  if (answer) writeResponse(response, answer);
  else current.contexts.set(name, await egain.authenticate(request, reply));
  return answer !== undefined;
}

/** A class, against the house rule: one is made for each request, and an object literal with a getter takes microseconds. */
class NestReplyOrResponse implements HttpReply {
  readonly #current: CurrentRequest;
  readonly #response: ServerResponse;

  constructor(current: CurrentRequest, response: ServerResponse) {
    this.#current = current;
    this.#response = response;
  }

  get headersSent(): boolean {
    return this.#response.headersSent;
  }

  get ended(): boolean {
    return nodeReply(this.#response).ended === true;
  }

  appendHeader(name: string, value: string): void {
    nodeReply(this.#response).appendHeader(name, value);
  }

  send(answer: HttpResponse): void {
    answerWith(this.#current.reply ?? this.#response, answer);
  }
}

/** What middleware cannot do on Fastify, which hands it Node's request and response only. */
function hookIntoFastify(fastify: FastifyHooks): void {
  fastify.addHook('preValidation', (request, reply, done) => {
    const current = findRequest(request);
    if (current) current.reply = reply;
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    mergeHeaders(reply);
    done();
  });
}
