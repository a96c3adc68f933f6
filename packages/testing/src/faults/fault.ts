import type { JournalEntry } from '../journal.ts';

/** Which requests a fault is for. `token`: every token URL, the anonymous one too. The rest are kinds of the journal. */
export type FaultTarget = 'authorize' | 'sign-in' | 'token' | 'anonymous-token' | 'api' | 'identity-provider';

/** The request as the journal will show it: what is known before anybody answers. */
export type FaultedRequest = Pick<JournalEntry, 'kind' | 'method' | 'path' | 'parameters'>;

/** What the journal calls a fault. */
export type FaultKind = 'status' | 'rate-limit' | 'garbage' | 'drop' | 'delay' | 'drip' | 'oversized';

/** This status instead of an answer. The endpoint is not asked. */
export interface StatusFault {
  readonly status: number;
  /** Seconds, or an HTTP date. @default no `Retry-After`, as eGain documents none */
  readonly retryAfter?: number | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. @default eGain's error body for 401, 429 and 500 of an API, else none */
  readonly body?: unknown;
}

/** 429 with the headers and body that eGain documents, until the window ends by the emulator's clock. */
export interface RateLimitFault {
  readonly rateLimit: {
    /** `X-RateLimit-Limit`: requests per minute. @default 60 */
    readonly limit?: number;
    /** When `X-RateLimit-Reset` is, from now; then the fault is over. @default 60_000 */
    readonly resetMs?: number;
  };
}

/** Status 200 with this text as JSON, which it is not. `true`: some text that is none. The endpoint is not asked. */
export interface GarbageFault {
  readonly garbage: string | true;
}

/**
 * The connection ends. `request`: before the endpoint is asked. `answer`: after, so that a code or refresh token is spent
 * and nobody has what it was spent for. `body`: in the middle of the answer.
 */
export interface DropFault {
  readonly drop: 'request' | 'answer' | 'body';
}

/** The answer comes this much later; the endpoint is asked at once. */
export interface DelayFault {
  readonly delayMs: number;
}

/** The answer's body comes byte by byte, this long apart. */
export interface DripFault {
  readonly dripMs: number;
}

/** The answer is padded with spaces to at least this size: JSON stays JSON. */
export interface OversizedFault {
  readonly oversizedBytes: number;
}

type AnyFault = StatusFault & RateLimitFault & GarbageFault & DropFault & DelayFault & DripFault & OversizedFault;

/** Only this: TypeScript would let the members of a union mix. */
type Only<Kind> = Kind & { readonly [Name in Exclude<keyof AnyFault, keyof Kind>]?: never };

/** What goes wrong, how often, and for which requests. */
export type Fault = (
  | Only<StatusFault>
  | Only<RateLimitFault>
  | Only<GarbageFault>
  | Only<DropFault>
  | Only<DelayFault>
  | Only<DripFault>
  | Only<OversizedFault>
) & {
  /** For how many requests. @default Infinity */
  readonly times?: number;
  /** For which of them. @default all */
  readonly when?: (request: FaultedRequest) => boolean;
};

/** A fault that was scripted. */
export interface ScriptedFault {
  /** How many requests it was for. */
  readonly hits: number;
  /** Ends it. Calling it twice is fine. */
  readonly clear: () => void;
}
