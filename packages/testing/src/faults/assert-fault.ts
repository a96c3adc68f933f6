import { isWhole, MAX_TIMER_MS } from '../is-whole.ts';
import type { Fault, FaultTarget } from './fault.ts';

const TARGETS: readonly FaultTarget[] = [
  'authorize',
  'sign-in',
  'token',
  'anonymous-token',
  'api',
  'identity-provider',
];

const MAX_BYTES = 256 * 1024 * 1024;

/** What each kind of fault is told by its first member, and with which further ones. */
const KINDS: Readonly<
  Record<string, { readonly isValid: (value: unknown) => boolean; readonly further: readonly string[] }>
> = {
  status: { isValid: (value) => isWhole(value, 200, 599), further: ['retryAfter', 'headers', 'body'] },
  rateLimit: { isValid: isRateLimit, further: [] },
  garbage: { isValid: (value) => value === true || typeof value === 'string', further: [] },
  drop: { isValid: (value) => ['request', 'answer', 'body'].some((known) => known === value), further: [] },
  delayMs: { isValid: (value) => isWhole(value, 0, MAX_TIMER_MS), further: [] },
  dripMs: { isValid: (value) => isWhole(value, 0, MAX_TIMER_MS), further: [] },
  oversizedBytes: { isValid: (value) => isWhole(value, 1, MAX_BYTES), further: [] },
};

/** @throws {TypeError} when it is no target, or not exactly one kind of fault with values that make sense. */
export function assertFault(target: FaultTarget, fault: Fault): void {
  if (!TARGETS.includes(target)) throw new TypeError(`'${target}' can have no faults. ${listed(TARGETS)} can.`);
  const given = Object.entries(fault).filter(([, value]) => value !== undefined);
  const first = given.find(([name]) => Object.hasOwn(KINDS, name));
  if (first === undefined) throw new TypeError(`A fault is one of ${listed(Object.keys(KINDS))}; this one is none.`);
  const [name, value] = first;
  if (KINDS[name]?.isValid(value) !== true) throw new TypeError(`${name} ${JSON.stringify(value)} makes no fault.`);
  const known = [name, ...(KINDS[name]?.further ?? []), 'times', 'when'];
  const stranger = given.find(([member]) => !known.includes(member));
  if (stranger !== undefined)
    throw new TypeError(`A fault with ${name} has no '${stranger[0]}'. It has ${listed(known)}.`);
  assertRule(fault);
}

function assertRule({ times, when }: Fault): void {
  if (times !== undefined && times !== Number.POSITIVE_INFINITY && !isWhole(times, 1)) {
    throw new TypeError(`times '${times}' is no positive whole number.`);
  }
  if (when !== undefined && typeof when !== 'function') throw new TypeError('when is no function.');
}

function isRateLimit(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([name, amount]) =>
      ['limit', 'resetMs'].includes(name) && (amount === undefined || isWhole(amount, 1, MAX_TIMER_MS)),
  );
}

const listed = (names: readonly string[]): string => names.join(', ');
