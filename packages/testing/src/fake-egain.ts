import {
  createEgainAuth,
  type DelegatedScope,
  type EgainAuth,
  type EgainAuthOptions,
  type EgainIdentity,
  type HttpRequest,
} from '@egain-auth/core';
import { SAMPLE_SCOPE } from './config.ts';
import { createFakeTransport, type FakeAnswers, type FakeCall } from './fake-transport.ts';
import { forgeSession } from './forge-session.ts';

/** What a fake should be; beside it the options of the application that its guards and routes go by. */
export interface FakeEgainOptions extends Pick<EgainAuthOptions, 'authorizeSubject' | 'baseUrl' | 'routes'> {
  /**
   * Who is signed in, with every browser; parts of it take the place of parts of
   * `{ persona: 'user', id: 'test-user', name: 'Test User' }`.
   * @default nobody
   */
  identity?: Partial<EgainIdentity> | undefined;
  /** What the login asked for and was granted. @default `['knowledge.portalmgr.read']` */
  scope?: readonly DelegatedScope[];
  /**
   * What the API answers, by method and path without query: a body, an answer with its `status`, or a function of the
   * call. A call that is not here is `api_unavailable`, which says what to add.
   */
  answers?: FakeAnswers;
}

/** An `EgainAuth` that asks nobody. */
export interface FakeEgain extends EgainAuth {
  /** What the API was asked for, in order. Empty it with `calls.length = 0`. */
  readonly calls: FakeCall[];
}

/**
 * An `EgainAuth` for unit tests of an application: the one of `createEgainAuth`, with guards, policies, scopes and errors as
 * in production, but without emulator and network, and with a session that every request has. A request that brings a
 * session of its own, by {@link forgeSession}, keeps it; after a logout nobody is signed in.
 *
 * @throws {TypeError} for an answer that is not under a method and a path
 * @throws {EgainAuthError} `invalid_configuration`
 */
export function fakeEgain({
  identity,
  scope = [SAMPLE_SCOPE],
  answers = {},
  ...options
}: FakeEgainOptions = {}): FakeEgain {
  const calls: FakeCall[] = [];
  const { dispatcher, createToken } = createFakeTransport(answers, (call) => calls.push(call));
  const egain = createEgainAuth({
    authorizeSubject: () => true,
    baseUrl: 'https://localhost:3000',
    ...options,
    ...{ tenantId: 'FAKE', domainUrl: 'https://egain.invalid', apiUrl: 'https://api.egain.invalid' },
    ...{ clientId: 'fake-client', clientSecret: 'fake-secret' },
    login: { user: { scope }, customer: { scope } },
    session: { secret: 'no secret at all: every fake has this one' },
    http: { dispatcher },
  });

  async function signIn({ persona = 'user', ...rest }: Partial<EgainIdentity>): Promise<string> {
    const accessToken = createToken({ type: 'session' });
    return (await forgeSession(egain, { persona, identity: rest, accessToken })).cookie;
  }
  let session: Promise<string> | undefined;
  async function asSignedIn(request: HttpRequest): Promise<HttpRequest> {
    if (!identity) return request;
    session ??= signIn(identity);
    const { method, url, originalUrl, headers } = request;
    return { method, url, originalUrl, headers: { ...headers, cookie: addSession(headers['cookie'], await session) } };
  }

  return Object.freeze({
    ...egain,
    calls,
    handle: async (...[request, reply]: Parameters<EgainAuth['handle']>) =>
      egain.handle(await asSignedIn(request), reply),
    authenticate: async (...[request, reply]: Parameters<EgainAuth['authenticate']>) =>
      egain.authenticate(await asSignedIn(request), reply),
  });
}

/** @returns the cookies of a request with the session, unless they have one */
function addSession(given: HttpRequest['headers'][string], session: string): string {
  const cookies = [given ?? []].flat().flatMap((header) => header.split('; '));
  const [name] = session.split('=', 1);
  const hasOwn = cookies.some((cookie) => cookie.startsWith(`${name}=`));
  return (hasOwn ? cookies : [...cookies, session]).join('; ');
}
