import { channel } from 'node:diagnostics_channel';
import type { ActorType } from './actor.ts';
import type { EgainAuthErrorCode } from './errors.ts';
import type { OperationActor } from './operations/operation.ts';

/** The codes of {@link WarningEvent}. */
export const WARNING_CODES = [
  'base_path_missing',
  'identity_unavailable',
  'impersonation_unrestricted',
  'insecure_loopback',
  'large_cookies',
  'missing_domain_hint',
  'random_session_secret',
  'return_to_ignored',
  'revocation_failed',
  'same_login_and_api_host',
  'session_not_saved',
  'store_value_not_text',
  'token_store_unavailable',
  'unusual_persona',
  'unusual_scope_kind',
] as const;

/**
 * Something that works but will surprise. Each is published on `egain-auth:warning` whenever its cause occurs, but
 * `large_cookies` once per process, `store_value_not_text` once per store, and `base_path_missing` and
 * `impersonation_unrestricted` once per instance. Those of the start are in `egain.warnings` too. Each code with its message is also emitted once per process by `process.emitWarning`, as an
 * `EgainAuthWarning` whose code is `EGAIN_AUTH_` and this code in capitals.
 */
export interface WarningEvent {
  readonly code: (typeof WARNING_CODES)[number];
  readonly message: string;
}

/** The warnings that an application does not want to be emitted: some codes, or all. */
export type SilencedWarnings = 'all' | readonly WarningEvent['code'][];

/**
 * What the token cache did. Published on `egain-auth:token`, one for each use of memory (`hit`, `stale`) and one for each
 * token that was obtained, however many waited for it (`miss`, `renew`, `fail`). Holds neither subject nor token.
 */
export interface TokenEvent {
  /**
   * `hit`: from memory. `miss`: callers waited for a new one. `renew`: a new one was had while callers went on with the
   * old. `stale`: the old one although a new one was due, because that could not be had. `fail`: no new one.
   */
  readonly type: 'hit' | 'miss' | 'renew' | 'stale' | 'fail';
  readonly actor: ActorType;
  /** What was requested. */
  readonly scope: readonly string[];
  /** Absent for `fail`. */
  readonly source?: 'memory' | 'store' | 'issuer' | 'stale';
  /** How long it took, in milliseconds; 0 for memory. */
  readonly durationMs: number;
  /** A keyed hash of all that the token depends on: equal for equal requests of this process, and nothing to be guessed by. */
  readonly key: string;
  /** Of `fail`, where the failure is one of this suite. */
  readonly code?: EgainAuthErrorCode;
}

/**
 * The audit trail of impersonation (T082): each token obtained for somebody else, and each that was refused. Published on
 * `egain-auth:on-behalf-of`.
 */
export interface ImpersonationEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly outcome: 'granted' | 'refused' | 'failed';
  readonly actor: 'on-behalf-of' | 'exchanged';
  readonly tenantId: string | undefined;
  /** Of the subject; absent for an exchange, where only eGain knows. */
  readonly persona?: 'user' | 'customer';
  /**
   * A keyed hash of the subject — of the external token, for an exchange. Processes that share `tokens.encryptionKeys`, or
   * else `session.secret`, agree on it.
   */
  readonly subject: string;
  /** What was requested. */
  readonly scope: readonly string[];
  /** Why not. */
  readonly code?: EgainAuthErrorCode;
}

/**
 * Why nobody is signed in, for the developer: a browser is never told.
 * - `no_cookie`: none came, as from whoever is new, or signed out long ago.
 * - `duplicate_cookie`: two of one name; a sibling domain may have set either.
 * - `incomplete_cookie`: one of several parts is missing.
 * - `unreadable`: sealed with a secret that is not (or no longer) configured, for another deployment, changed, or
 *   in a format that this version does not read.
 * - `other_configuration`: of another tenant, client application, token URL or API than this instance has, or of a persona
 *   that `login` does not name any more.
 * - `unknown`: the store does not have it (any more).
 * - `idle`, `expired`: longer ago than `session.idleMs`, `session.absoluteMs`.
 * - `token_expired`: its token ended, and nothing can renew it.
 * - `signed_out`: by a logout or a later login in this process.
 * - `store_unavailable`: `session.store` cannot be asked.
 */
export type SignedOutReason =
  | 'no_cookie'
  | 'duplicate_cookie'
  | 'incomplete_cookie'
  | 'unreadable'
  | 'other_configuration'
  | 'unknown'
  | 'idle'
  | 'expired'
  | 'token_expired'
  | 'signed_out'
  | 'store_unavailable';

/**
 * What became of a browser's session. Published on `egain-auth:session`. `refused`: a request brought what looks like a
 * session, but nobody is signed in by it; a request without any is not worth an event.
 */
export interface SessionEvent {
  readonly type: 'started' | 'renewed' | 'ended' | 'refused';
  /** A hash of its id, the same in all processes. Absent where none could be made out. */
  readonly session?: string;
  readonly persona?: 'user' | 'customer';
  /** Of `refused`. */
  readonly reason?: SignedOutReason;
}

/**
 * One request to eGain's API, each try by itself. Published on `egain-auth:http` when its answer is there — of a stream, its
 * head —, in the asynchronous context of the caller. Holds neither subject, token, query nor anything of a body.
 */
export interface HttpEvent {
  readonly method: string;
  /** Where it went, `https://api.ai.egain.cloud`. */
  readonly origin: string;
  /** As eGain publishes it, `/knowledge/portalmgr/v4/portals/{portalID}`; absent where the path is unknown. */
  readonly path?: string;
  /** As whom, in the words of eGain's operations; absent where eGain alone knows. */
  readonly actor?: OperationActor;
  /** Absent where no answer came. */
  readonly status?: number;
  /** When it was sent, in epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** How often the same call had been sent before. */
  readonly resend: number;
  /** Why no answer came. */
  readonly failure?: 'timeout' | 'network' | 'too-large' | 'encoded' | 'aborted';
}

const warnings = channel('egain-auth:warning');

/** Whoever wants to know subscribes: nothing is printed, and nothing computed for nobody. */
export const tokenEvents = channel('egain-auth:token');
export const impersonationEvents = channel('egain-auth:on-behalf-of');
const sessionEvents = channel('egain-auth:session');
export const httpEvents = channel('egain-auth:http');

export function publishSession(describe: () => SessionEvent): void {
  if (sessionEvents.hasSubscribers) sessionEvents.publish(describe());
}

/** Bounds the messages of one code: some name a scope of a request. Many of one code must not silence another. */
const MAX_EMITTED_PER_CODE = 100;
const emitted = new Map<WarningEvent['code'], Set<string>>();
const silencedByAny = new Set<WarningEvent['code']>();

/** Notes what an instance silences, for warnings that belong to no instance. */
export function silenceWarnings(silenced: SilencedWarnings): void {
  for (const code of silenced === 'all' ? WARNING_CODES : silenced) silencedByAny.add(code);
}

/**
 * Publishes a warning on its channel, and emits it once per process, so that Node prints it unless the application
 * silenced it (F75). `--disable-warning` and `NODE_NO_WARNINGS` work as for every other warning of Node.
 * @param silenced the option `silenceWarnings` of the instance that warns. A warning that belongs to no instance is silenced
 *   as soon as one instance silences it.
 */
export function publishWarning(event: WarningEvent, silenced?: SilencedWarnings): void {
  if (warnings.hasSubscribers) warnings.publish(event);
  const { code, message } = event;
  const isSilenced = silenced ? silenced === 'all' || silenced.includes(code) : silencedByAny.has(code);
  const messages = emitted.get(code) ?? new Set();
  if (isSilenced || messages.has(message) || messages.size >= MAX_EMITTED_PER_CODE) return;
  emitted.set(code, messages.add(message));
  process.emitWarning(message, 'EgainAuthWarning', `EGAIN_AUTH_${code.toUpperCase()}`);
}

/**
 * For values of a store that are not text, such as the Buffers of a Redis client (F73).
 * @param effect what comes of it
 * @returns warns at its first call
 */
export function createNotTextWarning(
  option: 'session.store' | 'tokens.store',
  effect: string,
  silenced?: SilencedWarnings,
): (value: unknown) => void {
  let isPublished = false;
  return (value) => {
    if (isPublished) return;
    isPublished = true;
    const kind = Buffer.isBuffer(value) ? 'a Buffer' : `a value of type ${typeof value}`;
    const message = `"${option}": get() returned ${kind}, not a string, so ${effect}. Return the string that was set.`;
    publishWarning({ code: 'store_value_not_text', message }, silenced);
  };
}
