import { isAnyArrayBuffer } from 'node:util/types';
import type { OutgoingBody } from '../http/client.ts';
import { multipartOf } from './multipart.ts';
import { isStreamOfBytes } from './owned-body.ts';

/** A body as it is sent. */
interface Content {
  readonly body: OutgoingBody | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it can be sent again. */
  readonly isReplayable: boolean;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const BYTES_TYPE = { 'content-type': 'application/octet-stream' };
/** RFC 6839 §3.1: every type that ends in `+json` is JSON too. */
const IS_JSON = /^[\w.-]+\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * The body as bytes or text. Nothing is guessed: a value that neither says itself how it is sent nor is JSON is refused (F80).
 * @param type the caller's own `content-type`
 * @throws {TypeError} for a body that cannot be sent, or not as this type
 */
export function contentOf(body: unknown, type: string | undefined): Content {
  if (body === undefined) return { body: undefined, isReplayable: true };
  const bytes = bytesOf(body);
  if (bytes) return { body: bytes, headers: BYTES_TYPE, isReplayable: true };
  if (body instanceof URLSearchParams) {
    return {
      body: body.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      isReplayable: true,
    };
  }
  if (isForm(body)) {
    if (type === undefined) return contentOf(multipartOf(body), type);
    throw new TypeError('options.body: leave out the content-type of a form: it has to name the boundary of its parts');
  }
  if (body instanceof Blob) {
    return { body, headers: body.type === '' ? BYTES_TYPE : { 'content-type': body.type }, isReplayable: true };
  }
  if (isStreamOfBytes(body)) return { body, headers: BYTES_TYPE, isReplayable: false };
  if (typeof body === 'string' && type !== undefined) return { body, isReplayable: true };
  const text = serializeJson(body);
  if (type === undefined || IS_JSON.test(type)) return { body: text, headers: JSON_TYPE, isReplayable: true };
  throw new TypeError(
    `options.body: this value is sent as JSON, and not as the content-type of the call; ${WHAT_TO_PASS}`,
  );
}

/**
 * The same judgement for `fetch`, which would send `String(body)` of anything else. Forms of another class than Node's become
 * a Blob.
 * @throws {TypeError} for what is no body of the Fetch standard, nor a stream of Node's
 */
export function fetchBodyOf<B>(body: B): B | Blob {
  if (body === undefined || body === null || typeof body === 'string') return body;
  if (isForm(body)) return multipartOf(body);
  const isSent = bytesOf(body) || body instanceof URLSearchParams || body instanceof Blob || isStreamOfBytes(body);
  if (!isSent) throw unsendable(body);
  return body;
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return isAnyArrayBuffer(body) ? Buffer.from(body) : undefined;
}

/**
 * By its name: a form of the package undici is of another class than Node's. One of the package form-data has the name, but
 * not the methods.
 */
const isForm = (body: unknown): body is FormData =>
  tagOf(body) === 'FormData' && typeof (body as Partial<FormData>).getAll === 'function';

/** JSON.stringify makes `{}` of a Promise, a Map or an Error. eGain would answer 2xx to that, so each value is looked at. */
function serializeJson(body: unknown): string {
  return JSON.stringify(body, (_name, value: unknown) => {
    if (!isJson(value)) throw unsendable(value);
    return value;
  });
}

/** JSON.stringify has already replaced an object by what its `toJSON` returned, and leaves out members that are `undefined`. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
  return Array.isArray(value) || isPlainObject(value);
}

/** Of any realm: its prototype is the last of the chain. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && tagOf(value) === 'Object');
}

const WHAT_TO_PASS =
  'pass a plain object, a list, text with its content-type, bytes, a Blob, FormData, URLSearchParams or a stream of bytes';

/** What to pass instead of the mistakes that are easily made. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['Promise', 'await it first'],
  ['function', 'call it'],
  ['Map', 'pass Object.fromEntries(map)'],
  ['Set', 'pass [...set]'],
  ['FormData', 'pass the FormData of Node, or form.pipe(new PassThrough()) with the headers form.getHeaders()'],
]);

/** Names the kind of the value, and nothing in it. */
function unsendable(value: unknown): TypeError {
  const kind = kindOf(value);
  return new TypeError(
    `options.body: a value of the kind ${kind} cannot be sent; ${REMEDIES.get(kind) ?? WHAT_TO_PASS}`,
  );
}

function kindOf(value: unknown): string {
  if (typeof value === 'function') return 'function';
  const isThenable = typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
  const tag = isThenable ? 'Promise' : tagOf(value);
  return tag === 'Object' ? 'class instance' : tag;
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice('[object '.length, -1);
