import { type ApiMethod, customer, EgainAuthError, type EgainAuthOptions, type Subject, user } from '@egain-auth/core';

/** What the API is asked for with a {@link fakeEgain}. */
export interface FakeCall {
  readonly actor: FakeActor;
  readonly method: ApiMethod;
  /** Without query: `/knowledge/portalmgr/v4/myportals`. */
  readonly path: string;
  /** Of a name that is there more than once, the last value. */
  readonly query: Readonly<Record<string, string>>;
  /** As the API would read it: parsed JSON, or text of another content-type; `undefined` without a body. */
  readonly body: unknown;
}

/** As whom: `session` is whoever is signed in. */
export type FakeActor =
  | { readonly type: 'session' }
  | { readonly type: 'client' }
  | { readonly type: 'anonymous-customer' }
  | { readonly type: 'on-behalf-of'; readonly subject: Subject }
  | { readonly type: 'exchanged'; readonly registrationId: string };

/** An answer with its status, where 200, or 204 for no body, will not do. */
export interface FakeAnswer {
  /** HTTP status. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: FakeBody;
}

/** Anything that JSON can say; `undefined` is eGain's 204. */
export type FakeBody = object | string | number | boolean | null | undefined;

/** What the API answers, by method and path. */
export type FakeAnswers = {
  readonly [call in `${ApiMethod} /${string}`]?:
    | FakeBody
    | FakeAnswer
    | ((call: FakeCall) => FakeBody | FakeAnswer | Promise<FakeBody | FakeAnswer>);
};

/** undici's. */
type Dispatcher = NonNullable<NonNullable<EgainAuthOptions['http']>['dispatcher']>;
type Dispatch = Dispatcher['dispatch'];
type Request = Parameters<Dispatch>[0];
type Handler = Parameters<Dispatch>[1];
type Controller = Parameters<NonNullable<Handler['onRequestStart']>>[0];

interface FakeTransport {
  /** Answers what core asks in place of the network. */
  readonly dispatcher: Dispatcher;
  /** A token that is obviously none of eGain's. */
  readonly createToken: (actor: FakeActor) => string;
}

/**
 * eGain's token endpoint and its API, as far as core can see them.
 * @param record is told of each call of the API
 * @throws {TypeError} for an answer that no call could find
 */
export function createFakeTransport(answers: FakeAnswers, record: (call: FakeCall) => void): FakeTransport {
  const known = new Map<string, unknown>(Object.entries(answers));
  for (const name of known.keys()) {
    if (/^(?:GET|HEAD|POST|PUT|PATCH|DELETE) \/[^\s?#]*$/.test(name)) continue;
    throw new TypeError(`fakeEgain: ${JSON.stringify(name)} is no call: write 'GET /path', without a query.`);
  }
  const actors = new Map<string, FakeActor>();

  function createToken(actor: FakeActor): string {
    const token = `fake-${actor.type}-token-${actors.size + 1}`;
    actors.set(token, actor);
    return token;
  }

  async function answer(request: Request): Promise<SentAnswer> {
    const url = new URL(request.path, String(request.origin));
    const sent = typeof request.body === 'string' ? request.body : '';
    if (headerOf(request, 'content-type') === FORM) {
      const accessToken = createToken(actorOf(url, new URLSearchParams(sent)));
      return serialize({ status: 200, body: { access_token: accessToken, token_type: 'Bearer', expires_in: 3600 } });
    }
    const token = headerOf(request, 'authorization')?.replace(/^Bearer /, '') ?? '';
    const call: FakeCall = {
      actor: actors.get(token) ?? { type: 'session' },
      method: request.method as ApiMethod,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: sent === '' ? undefined : isJson(headerOf(request, 'content-type')) ? JSON.parse(sent) : sent,
    };
    record(call);
    return answerCall(known, call);
  }

  const dispatch: Dispatch = (request, handler) => {
    const controller = createController(handler);
    handler.onRequestStart?.(controller, {});
    answer(request).then(
      (given) => {
        if (!controller.aborted) send(given, handler, controller);
      },
      (error: Error) => controller.abort(error),
    );
    return true;
  };
  // The rest of undici's Dispatcher is made of this one method.
  return { dispatcher: { dispatch } as Dispatcher, createToken };
}

const FORM = 'application/x-www-form-urlencoded';

const isJson = (type: string | undefined): boolean => /[/+]json\b/i.test(type ?? '');

function headerOf({ headers }: Request, name: string): string | undefined {
  const value: unknown = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

/** As whom a token is asked for, by the token request. */
function actorOf({ pathname }: URL, form: URLSearchParams): FakeActor {
  const registrationId = form.get('registration_id');
  if (registrationId !== null) return { type: 'exchanged', registrationId };
  const [username, userId, email] = ['username', 'userid', 'email'].map((kind) => form.get(`subject_${kind}`));
  if (username) return { type: 'on-behalf-of', subject: user({ username }) };
  if (userId) return { type: 'on-behalf-of', subject: user({ userId }) };
  if (email) return { type: 'on-behalf-of', subject: customer({ email }) };
  if (form.get('grant_type') !== 'client_credentials') return { type: 'session' };
  return { type: pathname.endsWith('/anonymous/token') ? 'anonymous-customer' : 'client' };
}

async function answerCall(known: ReadonlyMap<string, unknown>, call: FakeCall): Promise<SentAnswer> {
  const name = `${call.method} ${call.path}`;
  if (!known.has(name)) {
    const others = [...known.keys()].join(', ') || 'none';
    throw failure(
      `has no answer: add '${name}' to its answers (there is: ${others})`,
      'Call what the answers have, or add this call to them.',
    );
  }
  const given = known.get(name);
  try {
    const answered: unknown = typeof given === 'function' ? await given(call) : given;
    if (isAnswer(answered)) return serialize(answered);
    return answered === undefined ? { status: 204 } : serialize({ status: 200, body: answered as FakeBody });
  } catch (error) {
    throw failure(`could not answer '${name}': ${String(error)}`, 'Mend the function or the body of this answer.');
  }
}

/** In core's own words, or it would take this for a connection that failed, and try again. */
const failure = (problem: string, remedy: string): EgainAuthError =>
  new EgainAuthError('api_unavailable', `fakeEgain ${problem}`, { remedy });

/** A body of eGain's has other members. */
function isAnswer(value: unknown): value is FakeAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { status }: { status?: unknown } = value;
  return typeof status === 'number' && Object.keys(value).every((name) => ['status', 'headers', 'body'].includes(name));
}

interface SentAnswer extends Pick<FakeAnswer, 'status' | 'headers'> {
  readonly text?: string;
}

function serialize({ body, ...answer }: FakeAnswer): SentAnswer {
  return body === undefined ? answer : { ...answer, text: JSON.stringify(body) };
}

function createController(handler: Handler): Controller {
  let reason: Error | null = null;
  const controller: Controller = {
    get aborted() {
      return reason !== null;
    },
    get reason() {
      return reason;
    },
    paused: false,
    pause() {},
    resume() {},
    abort(given) {
      reason ??= given;
      handler.onResponseError?.(controller, reason);
    },
  };
  return controller;
}

function send({ status, headers, text }: SentAnswer, handler: Handler, controller: Controller): void {
  handler.onResponseStart?.(controller, status, { 'content-type': 'application/json', ...headers });
  if (text !== undefined) handler.onResponseData?.(controller, Buffer.from(text));
  handler.onResponseEnd?.(controller, {});
}
