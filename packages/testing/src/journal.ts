import type { EmulatorClock } from './clock.ts';
import type { FaultKind } from './faults/fault.ts';
import type { Faults } from './faults/faults.ts';
import { type EmulatorRequest, type Handler, json, type Reply, readForm } from './http.ts';
import type { Actor, Persona } from './persona.ts';

/**
 * `authorize`: a sign-in page was asked for. `sign-in`: its form was sent. `token`: a token endpoint, the anonymous one
 * too. `api`: an API operation. `identity-provider`: the external one. `unknown`: nothing lives there.
 */
export type JournalKind = 'authorize' | 'sign-in' | 'token' | 'api' | 'identity-provider' | 'unknown';

/** What an endpoint found out about a request. */
export interface JournalFacts {
  /** The OAuth `error`, the API error code such as `403-112`, or `invalid_credentials` for a wrong password. */
  error?: string;
  /** `grant_type` as sent, when it is one the emulator knows. */
  grant?: string;
  /** Client id of the client application, when it exists. */
  client?: string;
  persona?: Persona;
  /** Actor of the token that was issued or used. */
  actor?: Actor;
  /** Username, email, or client id of the token that was issued or used. */
  subject?: string;
  /** The scopes granted (login, token) or held by the token that was used (API). */
  scope?: readonly string[];
  /** The `Accept-Language` header of an API request. */
  acceptLanguage?: string;
  /** The scripted fault that the request ran into. */
  fault?: FaultKind;
}

/** One request that reached the emulator. */
export interface JournalEntry extends Readonly<JournalFacts> {
  /** When its answer was there, in epoch milliseconds of the emulator's clock. */
  readonly at: number;
  readonly kind: JournalKind;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Query and form parameters. Every value that is not known to be harmless reads `[redacted]`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** 0 where a fault dropped the request. */
  readonly status: number;
}

/** Adds facts to the entry of the running request. */
export type Note = (facts: JournalFacts) => void;

/** Where a request goes, and as what it is written down. */
export interface Route {
  readonly kind: JournalKind;
  /** Whether it is the anonymous customer's token URL. */
  readonly isAnonymousToken?: boolean;
  readonly answer: (request: EmulatorRequest, note: Note) => Reply | Promise<Reply>;
}

export interface Journal {
  readonly entries: (kind?: JournalKind) => readonly JournalEntry[];
  readonly add: (entry: JournalEntry) => void;
}

const REDACTED = '[redacted]';
const MAX_ENTRIES = 10_000;

// A list of what may be read, not of what may not: a parameter nobody thought of is a secret until shown otherwise.
const READABLE_PARAMETERS: ReadonlySet<string> = new Set([
  ...['client_id', 'response_type', 'redirect_uri', 'scope', 'code_challenge', 'code_challenge_method', 'domain_hint'],
  ...['grant_type', 'subject_username', 'subject_userid', 'subject_email', 'subject_token_type', 'registration_id'],
  ...['user_type', 'username', 'email', 'action', 'prompt', 'forceLogin', 'localLogin', 'audience'],
  ...['q', '$lang', '$pagenum', '$pagesize', '$sort', '$order', 'articleAdditionalAttributes'],
]);

const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  ...['client_secret', 'code', 'code_verifier', 'state', 'password'],
  ...['subject_token', 'actor_token', 'refresh_token', 'access_token', 'assertion', 'client_assertion'],
]);

export function createJournal(): Journal {
  const entries: JournalEntry[] = [];
  return {
    entries: (kind) => entries.filter((entry) => kind === undefined || entry.kind === kind),
    add: (entry) => {
      entries.push(Object.freeze(entry));
      if (entries.length > MAX_ENTRIES) entries.shift();
    },
  };
}

/** What every server of an emulator shares. */
export interface HandlerContext {
  readonly journal: Journal;
  readonly faults: Faults;
  readonly clock: EmulatorClock;
}

/**
 * Answers each request by its route, or by the fault that is scripted for it, and writes it down. The entry exists before
 * the answer leaves, so that whoever has the answer finds the entry.
 */
export function createJournaledHandler(
  { journal, faults, clock }: HandlerContext,
  findRoute: (request: EmulatorRequest) => Route,
): Handler {
  return async (request) => {
    const { kind, isAnonymousToken = false, answer } = findRoute(request);
    const { method, path } = request;
    const asked = { kind, method, path, parameters: redact(request) };
    const facts: JournalFacts = {};
    const note: Note = (more) => Object.assign(facts, more);
    const ask = () => answerSafely(() => answer(request, note), note);
    const reply = await answerSafely(() => {
      const fault = faults.take(asked, isAnonymousToken);
      if (fault === undefined) return ask();
      note({ fault: fault.kind });
      return fault.answer(ask);
    }, note);
    journal.add({ at: clock.now(), ...asked, status: reply.status, ...facts });
    return reply;
  };
}

async function answerSafely(answer: () => Reply | Promise<Reply>, note: Note): Promise<Reply> {
  try {
    return await answer();
  } catch (error) {
    note({ error: 'server_error' });
    return json(500, { error: 'server_error', error_description: `The emulator, or a fault, broke: ${String(error)}` });
  }
}

function redact(request: EmulatorRequest): JournalEntry['parameters'] {
  const form = readForm(request) ?? new URLSearchParams();
  return Object.freeze(Object.fromEntries([...request.query, ...form].map(redactParameter)));
}

function redactParameter([name, value]: [name: string, value: string]): [name: string, value: string] {
  if (READABLE_PARAMETERS.has(name)) return [name, value];
  // A body in the wrong format can turn a secret into a parameter name: {"client_secret":"…"} sent as a form.
  return [SECRET_PARAMETERS.has(name) ? name : '[unknown]', REDACTED];
}
