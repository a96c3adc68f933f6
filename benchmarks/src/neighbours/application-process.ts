// One application with its signed-in people and, for one contestant, its strangers.
// Usage: fork(file, [contestant, origin of the token endpoint]).
import { createEgainAuth, type HttpReply, isEgainAuthError, user } from '@egain-auth/core';
import { forgeSession } from '@egain-auth/testing';
import { answerOrders } from '../process.ts';
import {
  FAILING_PREFIX,
  PEOPLE,
  PER_SECOND,
  type Stream,
  type StreamFigures,
  type StreamName,
  sendStream,
  TOKEN_LIFETIME_SECONDS,
} from './load.ts';

const [, , contestant = '', origin = ''] = process.argv;
const SCOPE = ['knowledge.portalmgr.onbehalfof.read'] as const;

const egain = createEgainAuth({
  clientId: 'benchmark',
  clientSecret: 'a secret of the benchmark',
  baseUrl: 'http://localhost:3000',
  endpoints: {
    user: { authorizationUrl: `${origin}/authorize`, tokenUrl: `${origin}/token` },
    onBehalfOf: { user: { tokenUrl: `${origin}/token` } },
  },
  login: { user: { scope: ['knowledge.portalmgr.read'] } },
  session: { secret: 'a session secret of more than 32 bytes' },
  authorizeSubject: () => true,
  // A busy machine is slow, but it is not the subject of this benchmark.
  http: { timeoutMs: 60_000 },
});

// The first tokens expire at different times, so the renewals are spread over all seconds.
const people = await Promise.all(
  Array.from({ length: PEOPLE }, async (_, index) => {
    const name = `agent-${index}@example.com`;
    const expiresInMs = (TOKEN_LIFETIME_SECONDS * 1000 * (index + 1)) / PEOPLE;
    const session = { identity: { id: name }, refreshToken: `refresh-${name}`, expiresInMs };
    return { name, cookie: (await forgeSession(egain, session)).cookie };
  }),
);
const personAt = (index: number) => people[index % people.length] as (typeof people)[number];

function createReply(): HttpReply & { readonly setCookie: string[] } {
  const setCookie: string[] = [];
  return {
    headersSent: false,
    setCookie,
    appendHeader(name, value) {
      if (name === 'set-cookie') setCookie.push(value);
    },
    send() {
      throw new Error('a handler sent an unexpected answer');
    },
  };
}

/** The `Cookie` header of a browser that received these lines. A later line replaces an earlier one of the same name. */
function cookieOf(setCookie: readonly string[]): string {
  const pairs = setCookie.map((line) => line.split(';', 1)[0] ?? '');
  return [...new Map(pairs.map((pair) => [pair.split('=', 1)[0], pair])).values()].join('; ');
}

async function openGuardedPage(headers: Readonly<Record<string, string>>) {
  const reply = createReply();
  const context = await egain.authenticate({ method: 'GET', url: '/desk', headers }, reply);
  return { answer: await context.challenge({ unauthenticated: 'redirect' }), setCookie: reply.setCookie };
}

const mint = (username: string) => egain.onBehalfOf(user({ username }), { scope: SCOPE, forceRenewal: true });

async function openPage(index: number): Promise<string> {
  const person = personAt(index);
  const { answer, setCookie } = await openGuardedPage({ cookie: person.cookie });
  if (setCookie.length > 0) person.cookie = cookieOf(setCookie);
  return answer ? String(answer.status) : 'served';
}

async function mintToken(index: number): Promise<string> {
  const { name } = personAt(index);
  const { accessToken } = await mint(name);
  return accessToken.startsWith(`${name}~`) ? 'issued' : 'issued to another person';
}

/** A stranger starts a login and answers it with a code of their own. */
async function forgeCallback(): Promise<string> {
  const reply = createReply();
  const login = await egain.handle({ method: 'GET', url: '/auth/login', headers: {} }, reply);
  const { location, 'set-cookie': setCookie } = login?.headers ?? {};
  const state = new URL(String(location)).searchParams.get('state') ?? '';
  const headers = { cookie: cookieOf([setCookie ?? []].flat()) };
  await egain.handle({ method: 'GET', url: `/auth/callback?state=${state}&code=garbage`, headers }, reply);
  return 'accepted';
}

let failingSubjects = 0;

/** A new subject each time, because after a failure eGain is not asked again for the same subject for a while. */
async function mintForFailingSubject(): Promise<string> {
  failingSubjects += 1;
  await mint(`${FAILING_PREFIX}${failingSubjects}@example.com`);
  return 'issued';
}

async function prefetchPage(): Promise<string> {
  const { answer } = await openGuardedPage({ 'sec-purpose': 'prefetch' });
  return String(answer?.status);
}

/** An error becomes the outcome of the call. Its code names it if it is an error of this library. */
function withErrors(call: Stream['call']): Stream['call'] {
  return async (index) => {
    try {
      return await call(index);
    } catch (error) {
      return isEgainAuthError(error) ? error.code : String(error);
    }
  };
}

const peopleStreams = {
  pages: { perSecond: PER_SECOND.pages, pollMs: 2, call: openPage },
  // Each mint is due between two pages, so that people do not wait for each other.
  mints: { perSecond: PER_SECOND.mints, pollMs: 2, phase: 0.5, call: mintToken },
};
const strangerStreams = {
  callbacks: { perSecond: PER_SECOND.callbacks, call: forgeCallback },
  failing: { perSecond: PER_SECOND.failing, call: mintForFailingSubject },
  prefetches: { perSecond: PER_SECOND.prefetches, call: prefetchPage },
};
const streams = contestant === 'alone' ? peopleStreams : { ...peopleStreams, ...strangerStreams };

const orders = {
  async run(durationMs: number): Promise<Partial<Record<StreamName, StreamFigures>>> {
    const sent = Object.entries<Stream>(streams).map(async ([name, stream]) => [
      name,
      await sendStream({ ...stream, call: withErrors(stream.call) }, durationMs),
    ]);
    return Object.fromEntries(await Promise.all(sent));
  },
};
export type ApplicationOrders = typeof orders;
answerOrders(orders);
