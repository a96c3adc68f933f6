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
 * @throws {EgainAuthError} `invalid_subject` unless exactly one of the two is a non-blank string of at most 1024 characters
 *   without control characters
 * @see eGain authentication guide, "On-Behalf-Of Flow"
 */
export function user(subject: { username: string } | { userId: string }): UserSubject {
  const name = onlyName(subject);
  if (name === 'username') return new NamedSubject('user', 'username', ownString(subject, name));
  if (name === 'userId') return new NamedSubject('user', 'userid', ownString(subject, name));
  throw invalidSubject('expected exactly user({ username }) or user({ userId })');
}

/**
 * Names the customer to act for, by e-mail address, sent byte for byte.
 * @throws {EgainAuthError} `invalid_subject` unless `email` is a non-blank string of at most 1024 characters without
 *   control characters
 * @see eGain authentication guide, "On-Behalf-Of Flow"
 */
export function customer(subject: { email: string }): CustomerSubject {
  const name = onlyName(subject);
  if (name === 'email') return new NamedSubject('customer', 'email', ownString(subject, name));
  throw invalidSubject('expected exactly customer({ email })');
}

/**
 * The gate in front of every on-behalf-of request, whatever the types said.
 * @throws {EgainAuthError} `invalid_subject` for anything that {@link user} or {@link customer} did not make
 */
export function assertSubject(subject: unknown): asserts subject is Subject {
  const isObject = typeof subject === 'object' && subject !== null;
  if (!isObject || !Object.isFrozen(subject) || !Object.hasOwn(Object.getPrototypeOf(subject) ?? {}, SUBJECT)) {
    throw invalidSubject('the subject was not made by user() or customer()');
  }
}

/**
 * The brand is the prototype's: a copy with another value, made by spreading, has none, and one that a library made can be
 * changed and does not count. A class, against the house rule: one is made for each request, and to define a hidden
 * member costs more than the search for its token.
 */
class NamedSubject<P extends Subject['persona'], K extends Subject['kind']> {
  readonly persona: P;
  readonly kind: K;
  readonly value: string;

  constructor(persona: P, kind: K, value: string) {
    this.persona = persona;
    this.kind = kind;
    this.value = value;
    Object.freeze(this);
  }

  get [SUBJECT](): true {
    return true;
  }
}

/** Four times the longest e-mail address (RFC 5321 §4.5.3.1). eGain documents no limit for its names. */
const MAX_LENGTH = 1024;
/** NUL, CR and LF among them. */
const CONTROL_CHARACTER = /\p{Cc}/u;

function onlyName(subject: unknown): string | undefined {
  const names = typeof subject === 'object' && subject !== null ? Object.keys(subject) : [];
  return names.length === 1 ? names[0] : undefined;
}

function ownString<K extends string>(subject: object, name: K): string {
  const value: unknown = (subject as Record<K, unknown>)[name];
  if (typeof value !== 'string') throw invalidSubject(`${name} must be a string`);
  if (value.trim() === '') throw invalidSubject(`${name} is empty`);
  // eGain is not asked about what cannot be one of its names: each of these would be kept as the key of a refusal (T102).
  if (value.length > MAX_LENGTH) throw invalidSubject(`${name} is longer than ${MAX_LENGTH} characters`);
  if (CONTROL_CHARACTER.test(value)) throw invalidSubject(`${name} holds a control character`);
  // A lone surrogate has no UTF-8 form: two different names would be sent as the same U+FFFD (T078).
  if (!value.isWellFormed()) throw invalidSubject(`${name} is not well-formed Unicode`);
  return value;
}

function invalidSubject(problem: string): EgainAuthError {
  return new EgainAuthError('invalid_subject', problem, {
    remedy: 'Take the subject from your own verified session, and pass it as a non-empty string.',
  });
}
