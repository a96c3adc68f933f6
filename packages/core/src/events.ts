import { channel } from 'node:diagnostics_channel';
import type { ActorType } from './actor.ts';
import type { EgainAuthErrorCode } from './errors.ts';

/** Something that works but will surprise. Published on `egain-auth:warning`; those of the start are in `egain.warnings`. */
export interface WarningEvent {
  readonly code:
    | 'identity_unavailable'
    | 'impersonation_unrestricted'
    | 'insecure_loopback'
    | 'missing_domain_hint'
    | 'same_login_and_api_host'
    | 'token_store_unavailable'
    | 'unusual_persona'
    | 'unusual_scope_kind';
  readonly message: string;
}

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

const warnings = channel('egain-auth:warning');

/** Whoever wants to know subscribes: nothing is printed, and nothing computed for nobody. */
export const tokenEvents = channel('egain-auth:token');
export const impersonationEvents = channel('egain-auth:on-behalf-of');

/** Nothing is printed: whoever wants to see warnings subscribes to the channel `egain-auth:warning`. */
export function publishWarning(event: WarningEvent): void {
  if (warnings.hasSubscribers) warnings.publish(event);
}
