import type { Readable } from 'node:stream';
import { EgainAuthError } from '../errors.ts';
import { isObject } from '../json.ts';

/** A Node stream, a web stream, or what else can be sent as it comes. */
export function isStreamOfBytes(body: unknown): body is AsyncIterable<Uint8Array> {
  return isObject(body) && typeof (body as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function';
}

/**
 * Makes a call that was handed a body. A stream belongs to the call from then on: its error rejects the call, and a call
 * that fails destroys it. Without a listener the error of a stream that nobody reads yet would end the process, for
 * example while a token is waited for (F53).
 * @throws {EgainAuthError} `api_unavailable` with the error of the stream as its cause
 * @throws whatever `call` throws
 */
export async function owningBody<T>(body: unknown, call: () => Promise<T>): Promise<T> {
  if (!isStreamOfBytes(body) && !isNodeStream(body)) return call();
  const failed = new Promise<never>((_resolve, reject) => onBodyError(body, (error) => reject(unreadable(error))));
  try {
    // The stream first: what has failed already makes the call fail for a reason that says less.
    return await Promise.race([failed, call()]);
  } catch (error) {
    destroyBody(body);
    throw error;
  }
}

/** Listens for the error of a Node stream, and reports one that has failed already. Other streams fail when they are read. */
export function onBodyError(body: unknown, listener: (error: Error) => void): void {
  if (!isNodeStream(body)) return;
  // It stays: a stream that is destroyed can still fail.
  body.on('error', listener);
  if (body.errored) listener(body.errored);
}

/** Gives up what was not sent, so that its file or connection is closed. */
export function destroyBody(body: unknown): void {
  if (isNodeStream(body)) body.destroy();
  // A stream that is being read is cancelled by its reader.
  else if (body instanceof ReadableStream) void (body.locked || body.cancel().catch(() => {}));
  else if (isStreamOfBytes(body)) void endIterator(body);
}

/** What was iterated over already ends itself; a generator that was not begun ends here. */
async function endIterator(body: AsyncIterable<unknown>): Promise<void> {
  try {
    await (body as Partial<AsyncGenerator<unknown>>).return?.(undefined);
  } catch {
    // It was given up: nobody waits for its error.
  }
}

/** Also one of an old kind, which is refused. Not one to write to alone: a response that is passed by mistake stays open. */
const isNodeStream = (body: unknown): body is Readable =>
  isObject(body) && isMethod(body, 'on') && isMethod(body, 'destroy') && (isStreamOfBytes(body) || 'readable' in body);

const isMethod = (body: object, name: string): boolean => typeof (body as Record<string, unknown>)[name] === 'function';

function unreadable(cause: Error): EgainAuthError {
  return new EgainAuthError('api_unavailable', 'the stream that was given as body failed', {
    remedy: 'See the cause. Nothing counts as sent: call again with a new stream.',
    cause,
  });
}
