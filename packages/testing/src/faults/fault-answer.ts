import type { EmulatorClock } from '../clock.ts';
import type { Delivery } from '../delivery.ts';
import { json, type Reply } from '../http.ts';
import type { Fault, FaultKind, FaultTarget, RateLimitFault, StatusFault } from './fault.ts';

/** A fault in the making: what the endpoint would answer may be asked for, or not. */
export interface FaultAnswer {
  readonly kind: FaultKind;
  readonly answer: (ask: () => Promise<Reply>) => Promise<Reply>;
  /** Epoch milliseconds after which it is over. */
  readonly endsAt?: number;
}

/** Nobody gets to see this status; the journal shows it. */
const NO_ANSWER: Reply = { status: 0, headers: {}, body: '', delivery: { kind: 'drop' } };

/** @param fault one that {@link assertFault} lets pass */
export function createFaultAnswer(fault: Fault, target: FaultTarget, clock: EmulatorClock): FaultAnswer {
  if (fault.status !== undefined) {
    return { kind: 'status', answer: async () => statusReply(fault, target === 'api') };
  }
  if (fault.rateLimit !== undefined) return createRateLimit(fault.rateLimit, clock);
  if (fault.garbage !== undefined) {
    const body = fault.garbage === true ? '{"access_token": garbage' : fault.garbage;
    return { kind: 'garbage', answer: async () => ({ ...json(200, {}), body }) };
  }
  if (fault.drop === 'request') return { kind: 'drop', answer: async () => NO_ANSWER };
  if (fault.drop !== undefined) return deliverAs('drop', { kind: fault.drop === 'body' ? 'cut' : 'drop' });
  if (fault.delayMs !== undefined) return deliverAs('delay', { kind: 'delay', ms: fault.delayMs });
  if (fault.dripMs !== undefined) return deliverAs('drip', { kind: 'drip', ms: fault.dripMs });
  return { kind: 'oversized', answer: async (ask) => padTo(fault.oversizedBytes, await ask()) };
}

const deliverAs = (kind: FaultKind, delivery: Delivery): FaultAnswer => ({
  kind,
  answer: async (ask) => ({ ...(await ask()), delivery }),
});

const padTo = (bytes: number, reply: Reply): Reply => ({ ...reply, body: reply.body.padEnd(bytes) });

/** eGain's OpenAPI files, `Too_Many_Request` and its like. */
const API_BODIES: Readonly<Record<number, object>> = {
  401: {
    code: '401-101',
    developerMessage: "Invalid or expired 'Authorization' header provided. New login is required.",
  },
  429: { code: '429-001', developerMessage: 'Too many requests.' },
  500: {
    code: '500-100',
    developerMessage: 'System is unable to process this request. Please contact your administrator.',
  },
};

function statusReply({ status, retryAfter, headers, body }: StatusFault, isApi: boolean): Reply {
  const value = body ?? (isApi ? API_BODIES[status] : undefined) ?? '';
  const reply = typeof value === 'string' ? { status, headers: {}, body: value } : json(status, value);
  const waiting = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return { ...reply, headers: { ...reply.headers, ...waiting, ...headers } };
}

function createRateLimit(
  { limit = 60, resetMs = 60_000 }: RateLimitFault['rateLimit'],
  clock: EmulatorClock,
): FaultAnswer {
  const endsAt = clock.now() + resetMs;
  // OpenAPI files: a date-time, not epoch seconds, and no Retry-After. Seen for one operation; INFERRED for the others.
  const headers = {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': new Date(endsAt).toISOString(),
  };
  return { kind: 'rate-limit', endsAt, answer: async () => json(429, API_BODIES[429], headers) };
}
