import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
// By path: as a dependency it would close a circle, since the emulator names core's types.
import { createEgainEmulator, type JournalEntry } from '../../../testing/src/index.ts';
import type { TokenEvent } from '../../src/events.ts';
import { createEgainAuth, EgainApiError, type EgainAuth, isEgainAuthError } from '../../src/index.ts';
import type { OnBehalfOfScope } from '../../src/scope.ts';
import type { TokenStore } from '../../src/tokens/token-store.ts';
import { passTime } from '../clock.ts';
import { observeTraffic, REQUEST_HEADER } from './observed-traffic.ts';
import { createPeople, parameterOf, type Somebody } from './people.ts';
import { createRandom } from './random.ts';
import { scriptFaults } from './scripted-faults.ts';

export interface HistorySettings {
  /** Everything that is decided by chance follows from it, but for how the network orders what runs at once. */
  readonly seed: number;
  readonly subjects: number;
  readonly requestsPerSubject: number;
  /** Shared by all processes. */
  readonly store?: TokenStore;
  /** @default 1 */
  readonly processes?: number;
}

export interface History {
  /** What must never be. */
  readonly violations: readonly string[];
  /** Calls of the API, each of which was looked at on its way, */
  readonly apiCallsSent: number;
  /** and those whose request the emulator's journal names. */
  readonly apiCallsServed: number;
  /** How the requests ended, by `ok`, `aborted`, or code. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What the token cache did, by type. */
  readonly events: Readonly<Record<string, number>>;
  readonly revocations: number;
}

/** At once. */
const LANES = 64;
/** Requests after which the emulator's journal is read: it keeps ten thousand entries. */
const CHUNK = 2000;
/** At once: so few that those whom many ask for are mostly allowed. */
const MAX_FORBIDDEN = 3;
const LIFETIME_SECONDS = 600;
const READ = 'knowledge.portalmgr.onbehalfof.read';
const MANAGE = 'knowledge.portalmgr.onbehalfof.manage';
const SCOPES: readonly (readonly OnBehalfOfScope[])[] = [[READ], [READ, MANAGE], [MANAGE, READ]];
/** How a request may end without anybody having seen what is not theirs. */
const EXPECTED: ReadonlySet<string> = new Set([
  ...['ok', 'aborted', 'subject_refused', 'token_endpoint_unavailable', 'api_unavailable', 'api_error 401'],
]);

interface Call {
  readonly somebody: Somebody;
  readonly scope: string;
  /** No token that was asked for before this step may be used. */
  readonly notBefore: number;
  readonly isForbidden: boolean;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

interface ApiRequest {
  readonly who: number;
  readonly scope: readonly OnBehalfOfScope[];
  readonly abortAfterMs: number | undefined;
}

/** What happens between requests. */
type Incident =
  | { readonly type: 'revoke' | 'forbid'; readonly who: number }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'refuse all tokens' };

/**
 * Many requests for many subjects at once, over a network that is late and breaks, while time passes, tokens are
 * rejected, subjects are revoked and forbidden, and callers give up. Looks at every call of the API: whose token it
 * carries, and whether that may still be used (F45).
 */
export async function runHistory(settings: HistorySettings): Promise<History> {
  const { seed, subjects, requestsPerSubject, store, processes = 1 } = settings;
  const { users, customers, all: people } = createPeople(subjects);
  const client = { onBehalfOf: true };
  const emulator = await createEgainEmulator({
    ...{ users, customers, client, accessTokenLifetimeSeconds: LIFETIME_SECONDS },
  }).listen();
  scriptFaults(emulator, seed);

  const violations: string[] = [];
  const outcomes: Record<string, number> = {};
  const events: Record<string, number> = {};
  const calls = new Map<string, Call>();
  const forbidden = new Set<string>();
  const revokedAt = new Map<Somebody, number>();
  let apiCallsSent = 0;
  let apiCallsServed = 0;
  let revocations = 0;

  const traffic = observeTraffic(emulator.apiUrl, (id, token) => {
    apiCallsSent += 1;
    const call = calls.get(id);
    const refuse = (problem: string) => violations.push(`request ${id}, ${call?.somebody.parameter}: ${problem}`);
    if (!call || !token) {
      refuse('sent with an unknown token');
      return;
    }
    if (token.subject !== call.somebody.parameter) refuse(`sent with the token of ${token.subject}`);
    if (token.scope !== call.scope) refuse(`sent with a token for ${token.scope}, not ${call.scope}`);
    if (token.askedAt <= call.notBefore) refuse('sent with a token from before the subject was revoked');
    if (token.expiresAt <= call.startedAt) refuse('sent with a token that had ended');
    if (call.isForbidden) refuse('sent although the policy forbids it');
  });

  const instances: EgainAuth[] = Array.from({ length: processes }, () =>
    createEgainAuth({
      ...emulator.config(),
      http: { dispatcher: traffic.dispatcher },
      ...(store && { tokens: { store, encryptionKeys: 'an encryption key of more than 32 bytes' } }),
      // At once for users, in a moment for customers.
      authorizeSubject(subject) {
        const isAllowed = !forbidden.has(parameterOf(subject));
        return subject.persona === 'user' ? isAllowed : sleep(1, isAllowed);
      },
    }),
  );

  async function request(id: string, { who, scope, abortAfterMs }: ApiRequest): Promise<void> {
    const somebody = people[who] as Somebody;
    const { subject, parameter, journalName } = somebody;
    calls.set(id, {
      ...{ somebody, scope: [...scope].sort().join(' '), notBefore: revokedAt.get(somebody) ?? 0 },
      ...{ isForbidden: forbidden.has(parameter), startedAt: Date.now() },
    });
    const api = (instances[Number(id) % processes] as EgainAuth).api({ type: 'on-behalf-of', subject }, { scope });
    const signal = abortAfterMs === undefined ? undefined : abortAfter(abortAfterMs);
    const options = { headers: { [REQUEST_HEADER]: id }, ...(signal && { signal }) };
    if (subject.persona === 'customer' || Number(id) % 2 === 0) {
      // The journal shows `q`.
      await api.get('/knowledge/portalmgr/v4/PROD-1000/search', { ...options, query: { q: id } });
      return;
    }
    const path: string = '/knowledge/portalmgr/v4/portals/user';
    const answer: { user: [{ firstName: string }] } = await api.get(path, options);
    const { firstName } = answer.user[0];
    if (firstName !== journalName) violations.push(`request ${id}, ${parameter}: answered the data of ${firstName}`);
  }

  async function revoke(somebody: Somebody): Promise<void> {
    const askedBefore = traffic.step();
    const results = await Promise.allSettled(instances.map((instance) => instance.revoke(somebody.subject)));
    // Where the store failed, whoever revokes knows.
    if (results.some(({ status }) => status === 'rejected')) return;
    revokedAt.set(somebody, Math.max(askedBefore, revokedAt.get(somebody) ?? 0));
    revocations += 1;
  }

  async function incur(incident: Incident): Promise<void> {
    switch (incident.type) {
      case 'revoke':
        return revoke(people[incident.who] as Somebody);
      case 'forbid': {
        forbidden.add((people[incident.who] as Somebody).parameter);
        // The one who was forbidden first is allowed again.
        const [first = ''] = forbidden;
        if (forbidden.size > MAX_FORBIDDEN) forbidden.delete(first);
        return;
      }
      case 'advance':
        passTime(incident.ms);
        return;
      case 'refuse all tokens':
        await emulator.rotateKeys({ oldTokens: 'refused' });
        // Any younger, they would not be replaced.
        passTime(2000);
    }
  }

  function readJournal(from: number): void {
    const isNew = ({ parameters }: JournalEntry) => Number(parameters['q']) >= from;
    for (const { parameters, status, actor, subject } of emulator.journal('api').filter(isNew)) {
      const somebody = calls.get(parameters['q'] ?? '')?.somebody;
      // Without a token that is good eGain knows nobody.
      if (subject === undefined && status !== 200 && status !== 204) continue;
      apiCallsServed += 1;
      if (actor !== `on-behalf-of-${somebody?.subject.persona}` || subject !== somebody?.journalName) {
        violations.push(`request ${parameters['q']}, ${somebody?.parameter}: served as ${actor} ${subject}`);
      }
    }
  }

  const onEvent = (event: unknown) => increase(events, (event as TokenEvent).type);
  subscribe('egain-auth:token', onEvent);
  try {
    const random = createRandom(seed);
    const total = subjects * requestsPerSubject;
    for (let from = 0; from < total; from += CHUNK) {
      const ids = Array.from({ length: Math.min(CHUNK, total - from) }, (_, index) => String(from + index));
      // One queue for all lanes.
      const queue = ids
        .map((id) => ({ id, incident: nextIncident(random, subjects), asked: nextRequest(random, subjects) }))
        .values();
      const lanes = Array.from({ length: LANES }, async () => {
        for (const { id, incident, asked } of queue) {
          if (incident) await incur(incident);
          increase(outcomes, await request(id, asked).then(() => 'ok', outcomeOf));
        }
      });
      await Promise.all(lanes);
      readJournal(from);
      calls.clear();
    }
  } finally {
    unsubscribe('egain-auth:token', onEvent);
    await Promise.all(instances.map((instance) => instance.close()));
    await Promise.all([traffic.close(), emulator.close()]);
  }
  for (const outcome of Object.keys(outcomes).filter((name) => !EXPECTED.has(name))) {
    violations.push(`${outcomes[outcome]} requests ended with ${outcome}`);
  }
  return { violations, apiCallsSent, apiCallsServed, outcomes, events, revocations };
}

/** Every third of one of a few, so that many wait for the same. */
function pickSubject(random: () => number, subjects: number): number {
  return Math.floor(random() * (random() < 1 / 3 ? Math.min(5, subjects) : subjects));
}

function nextRequest(random: () => number, subjects: number): ApiRequest {
  return {
    who: pickSubject(random, subjects),
    scope: SCOPES[Math.floor(random() * SCOPES.length)] ?? [],
    abortAfterMs: random() < 0.05 ? Math.floor(random() * 20) : undefined,
  };
}

function nextIncident(random: () => number, subjects: number): Incident | undefined {
  const kind = random();
  if (kind < 0.02) return { type: 'revoke', who: pickSubject(random, subjects) };
  if (kind < 0.03) return { type: 'forbid', who: pickSubject(random, subjects) };
  if (kind < 0.07) return { type: 'advance', ms: 1000 + Math.floor(random() * 60_000) };
  return kind < 0.071 ? { type: 'refuse all tokens' } : undefined;
}

const GIVEN_UP = new Error('the caller gave up');

function abortAfter(ms: number): AbortSignal {
  const caller = new AbortController();
  setTimeout(() => caller.abort(GIVEN_UP), ms).unref();
  return caller.signal;
}

function outcomeOf(error: unknown): string {
  if (error === GIVEN_UP) return 'aborted';
  if (!isEgainAuthError(error)) return String(error);
  return error instanceof EgainApiError ? `${error.code} ${error.apiStatus}` : error.code;
}

function increase(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
