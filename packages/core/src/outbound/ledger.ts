import type { EgainAuthErrorCode } from '../errors.ts';
import type { OperationActor } from '../operations/operation.ts';
import type { TokenSet } from '../protocol/token-set.ts';

/** One call to eGain's API, when it is over. Holds neither subject, query, token nor anything of a body. */
export interface LedgerEntry {
  readonly method: string;
  /**
   * As eGain publishes it, `/knowledge/portalmgr/v4/portals/{portalID}`. In an unknown path each segment that may be an id is
   * `{...}`.
   */
  readonly path: string;
  /** eGain's name of the operation, `getArticleById`; absent where the path is none that eGain has published. */
  readonly operationId?: string;
  /** As whom, in the words of eGain's operations. Absent for a call that was refused before that was settled. */
  readonly actor?: OperationActor;
  /** What the token was granted. */
  readonly scope: readonly string[];
  /** Where the token came from. Absent where none could be had. */
  readonly tokenSource?: TokenSet['source'];
  /** eGain's answer; absent where none came. */
  readonly status?: number;
  /** When the call began, in epoch milliseconds. */
  readonly startedAt: number;
  /** Until the answer was there — of a stream, its head —, with its token and all tries, in milliseconds. */
  readonly durationMs: number;
  /** Of that, the wait for tokens. */
  readonly tokenMs: number;
  /** How often the request was sent again. */
  readonly retries: number;
  /** Why the call failed, where eGain did not answer. */
  readonly code?: EgainAuthErrorCode;
}

/** The value of a `Server-Timing` header for one call: nothing of a path that may hold what is not public. */
export function serverTiming({ durationMs, method, operationId = method }: LedgerEntry): string {
  return `egain;dur=${durationMs.toFixed(1)};desc="${operationId}"`;
}
