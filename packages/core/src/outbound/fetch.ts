import { unlessAborted } from '../abort.ts';
import { withinDeadline } from '../deadline.ts';
import { EgainAuthError } from '../errors.ts';
import { bare } from '../http/agent.ts';
import type { IncomingHead, IncomingStream, OutgoingRequest, RequestUrl } from '../http/client.ts';
import { findOperation } from '../operations/find-operation.ts';
import { requireConfigured } from '../protocol/require-configured.ts';
import { apiError, subjectOf } from './api-answer.ts';
import { type ApiCall, callApi, unavailable } from './api-call.ts';
import { type ApiClientDependencies, brokenOff, ownHeaders } from './api-client.ts';
import { DEFAULT_RETRIES } from './api-retries.ts';
import { type ApiHosts, resolveApiUrl } from './api-url.ts';
import type { Caller } from './caller.ts';
import { isStreamOfBytes, owningBody } from './owned-body.ts';
import { fetchBodyOf } from './request-body.ts';

/** Without a body, whatever is sent (fetch, "null body status"). */
const NULL_BODY = [204, 205, 304];
const REDIRECTS = [301, 302, 303, 307, 308];

/** @param locate which URL is meant, at the API origin or refused */
export function createFetch(
  caller: Caller,
  { hosts, http, timeoutMs, budget }: ApiClientDependencies,
  locate: (hosts: ApiHosts, url: string) => RequestUrl = resolveApiUrl,
): typeof fetch {
  // Not the global one, although it looks like it: one pool, one deadline, and no second undici with its own dispatcher.
  return (input, given) => {
    const init = ownInit(input, given);
    return owningBody(init?.body, () => send(input, init));
  };

  async function send(input: FetchInput, given: FetchInit): Promise<Response> {
    const startedAt = performance.now();
    const body = fetchBodyOf(given?.body);
    const init = body === given?.body ? given : bare({ ...given, body: body ?? null });
    const { url, request, signal } = readRequest(input, init, (path) =>
      locate(requireConfigured(hosts, 'apiUrl'), path),
    );
    const { method } = request;
    const isStream = isStreamOfBytes(init?.body);
    const whole = isStream
      ? undefined
      : await readWhole(request, signal, timeoutMs, () => unavailable({ url, timeoutMs }));
    const call: ApiCall = {
      ...{ method, url, signal },
      operation: findOperation(method, url.pathname),
      headers: { accept: '*/*', 'accept-language': 'en-US', ...ownHeaders(Object.fromEntries(request.headers)) },
      body: (isStream && request.body) || whole,
      isReplayable: !isStream,
      timeoutMs: Math.max(1, Math.ceil(startedAt + timeoutMs - performance.now())),
      retries: DEFAULT_RETRIES,
      maxBodyBytes: Number.POSITIVE_INFINITY,
    };

    let latest: IncomingStream | undefined;
    const transport = async (outgoing: OutgoingRequest): Promise<IncomingStream> => {
      // Nobody gets it. Its connection is kept where all of it is there, as of most errors.
      latest?.body.destroy();
      latest = await http.open(outgoing, (failure) => brokenOff(outgoing, failure));
      return latest;
    };

    try {
      const given = await callApi({ caller, budget, transport }, call);
      if (request.redirect === 'error' && REDIRECTS.includes(given.answer.status)) {
        throw apiError({ ...given, answer: { ...given.answer, body: Buffer.alloc(0) } }, call);
      }
      return toResponse(given.answer, call);
    } catch (error) {
      latest?.body.destroy();
      throw error;
    }
  }
}

type FetchInput = Parameters<typeof fetch>[0];
type FetchInit = Parameters<typeof fetch>[1];

/**
 * `Request` finds on `Object.prototype` what its options leave out, so they leave out nothing that shapes a request (T098).
 * That holds for another `Request` too, which it copies: without options the prototype would replace its method.
 */
const PLAIN_INIT = { method: 'GET', headers: {}, body: null, redirect: 'follow', signal: null, integrity: '' } as const;

/** Not its signal, which the copy follows only if no option names one. */
const initOf = ({ method, headers, redirect, integrity }: Request) => ({
  ...{ method, headers, redirect, integrity },
  body: null,
});

function ownInit(input: FetchInput, given: FetchInit): FetchInit {
  if (given instanceof Request || typeof (given ?? {}) !== 'object') return given;
  return bare({ ...(input instanceof Request ? initOf(input) : PLAIN_INIT), ...given });
}

/** What `Request` makes of it: method, headers, body and their rules are the standard's own. */
function readRequest(
  input: FetchInput,
  init: FetchInit,
  locate: (url: string) => RequestUrl,
): { readonly url: RequestUrl; readonly request: Request; readonly signal: AbortSignal } {
  const { signal, rest } = takeSignal(init);
  if (input instanceof Request) {
    const request = keepWithSignal(new Request(input, rest));
    return { url: locate(input.url), request, signal: signal ?? request.signal };
  }
  // Anything else would be called by its name, such as the Request of another undici: /[object%20Request].
  if (typeof input !== 'string' && !(input instanceof URL)) {
    throw new TypeError('fetch: the first argument is neither a string, a URL, nor a Request of this runtime');
  }
  const url = locate(String(input));
  const request = keepWithSignal(new Request(hrefOf(url), rest));
  return { url, request, signal: signal ?? request.signal };
}

/**
 * The caller's signal does not go into the `Request`, which would listen to it until it is collected. Node warns of a leak
 * from the 1501st of them on, and sets that limit again with each (F54).
 */
function takeSignal(init: FetchInit): { readonly signal: AbortSignal | undefined; readonly rest: FetchInit } {
  // Anything else is for `Request` to refuse, or to read by its getters.
  if (init instanceof Request || !(init?.signal instanceof AbortSignal)) return { signal: undefined, rest: init };
  return { signal: init.signal, rest: bare({ ...init, signal: null }) };
}

const hrefOf = ({ origin, pathname, search }: RequestUrl): string => `${origin}${pathname}${search}`;

const owners = new WeakMap<AbortSignal, Request>();

/** The signal of a request that was collected is never aborted: undici keeps the controller with the request alone. */
function keepWithSignal(request: Request): Request {
  owners.set(request.signal, request);
  return request;
}

/** Also the body of a `Request`, of which nobody can tell what it was made of. */
async function readWhole(
  request: Request,
  signal: AbortSignal,
  timeoutMs: number,
  tooLate: () => Error,
): Promise<Buffer | undefined> {
  if (!request.body) return undefined;
  const reading = unlessAborted(request.arrayBuffer(), signal);
  return Buffer.from(await withinDeadline(reading, timeoutMs, { tooLate }));
}

function toResponse(answer: IncomingStream, call: ApiCall): Response {
  const { url, method } = call;
  const { status, body } = answer;
  if (status > 599) {
    throw new EgainAuthError('invalid_api_response', subjectOf(call, answer), {
      remedy: 'HTTP has no such status: check that apiUrl is eGain’s API host.',
    });
  }
  const isEmpty = method === 'HEAD' || NULL_BODY.includes(status);
  if (isEmpty) body.resume();
  const response = new Response(isEmpty ? null : streamOf(answer), { status, headers: headersOf(answer) });
  // The constructor knows no way to say it.
  return Object.defineProperty(response, 'url', { value: hrefOf(url) });
}

function headersOf({ headers }: IncomingHead): Headers {
  const copy = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) copy.append(name, one);
  }
  return copy;
}

/** As the global fetch has it, `type: 'bytes'`. What is not read is not received. */
function streamOf({ body }: IncomingStream): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const next = await chunks.next();
      if (next.done) {
        controller.close();
        // Somebody who reads into a buffer of their own waits until that is answered too.
        controller.byobRequest?.respond(0);
      } else {
        // A copy: the stream takes away the memory of what it is handed, and this one shares it with others.
        controller.enqueue(new Uint8Array(next.value));
      }
    },
    cancel() {
      body.destroy();
    },
  });
}
