import { EgainAuthError } from './errors.ts';

/**
 * A global symbol: two installed copies agree on it, and it cannot arrive in JSON, a header or a query, so that no
 * request can state its own subject (T079, T080).
 */
const SUBJECT = Symbol.for('egain-auth.subject');

/** An eGain user (agent) this application acts for. Only {@link user} makes one. */
export interface UserSubject {
  readonly [SUBJECT]: true;
  readonly persona: 'user';
  readonly kind: 'username' | 'userid';
  readonly value: string;
}

/** An eGain customer this application acts for. Only {@link customer} makes one. */
export interface CustomerSubject {
  readonly [SUBJECT]: true;
  readonly persona: 'customer';
  readonly kind: 'email';
  readonly value: string;
}

export type Subject = UserSubject | CustomerSubject;

/**
 * Names the user to act for: by username, which eGain recommends, or by user id, which it calls slower.
 * The value is sent byte for byte: eGain's own rules on case and spaces apply, none of ours.
 * @throws {EgainAuthError} `invalid_subject` unless exactly one of the two is a non-blank string
 * @see eGain authentication guide, "On-Behalf-Of Flow"
 */
export function user(subject: { username: string } | { userId: string }): UserSubject {
  const { username, userId } = ownStrings(subject, ['username', 'userId'], 'user({ username }) or user({ userId })');
  return username === undefined
    ? brand({ persona: 'user', kind: 'userid', value: userId as string })
    : brand({ persona: 'user', kind: 'username', value: username });
}

/**
 * Names the customer to act for, by e-mail address, sent byte for byte.
 * @throws {EgainAuthError} `invalid_subject` unless `email` is a non-blank string
 * @see eGain authentication guide, "On-Behalf-Of Flow"
 */
export function customer(subject: { email: string }): CustomerSubject {
  const { email } = ownStrings(subject, ['email'], 'customer({ email })');
  return brand({ persona: 'customer', kind: 'email', value: email as string });
}

/**
 * The gate in front of every on-behalf-of request, whatever the types said.
 * @throws {EgainAuthError} `invalid_subject` for anything that {@link user} or {@link customer} did not make
 */
export function assertSubject(subject: unknown): asserts subject is Subject {
  if (typeof subject !== 'object' || subject === null || !Object.hasOwn(subject, SUBJECT)) {
    throw invalidSubject('the subject was not made by user() or customer()');
  }
}

/** Not enumerable: a copy with another value, made by spreading, is no subject any more. */
function brand<S extends object>(subject: S): Readonly<S & { [SUBJECT]: true }> {
  return Object.freeze(Object.defineProperty(subject, SUBJECT, { value: true }) as S & { [SUBJECT]: true });
}

function ownStrings<K extends string>(subject: unknown, names: readonly K[], usage: string): { [key in K]?: string } {
  const given = typeof subject === 'object' && subject !== null ? Object.keys(subject) : [];
  const name = names.find((candidate) => given[0] === candidate);
  if (given.length !== 1 || name === undefined) throw invalidSubject(`expected exactly ${usage}`);
  const value: unknown = (subject as Record<string, unknown>)[name];
  if (typeof value !== 'string') throw invalidSubject(`${name} must be a string`);
  if (value.trim() === '') throw invalidSubject(`${name} is empty`);
  // A lone surrogate has no UTF-8 form: two different names would be sent as the same U+FFFD (T078).
  if (/\p{Surrogate}/u.test(value)) throw invalidSubject(`${name} is not well-formed Unicode`);
  return { [name]: value } as { [key in K]?: string };
}

function invalidSubject(problem: string): EgainAuthError {
  return new EgainAuthError('invalid_subject', problem, {
    remedy: 'Take the subject from your own verified session, and pass it as a non-empty string.',
  });
}
