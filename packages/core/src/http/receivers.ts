import { Readable, type ReadableOptions } from 'node:stream';
import type { Dispatcher } from 'undici';
import { bare } from './agent.ts';
import type { IncomingAnswer, IncomingHead, IncomingStream } from './client.ts';
import { HttpFailure } from './http-failure.ts';

export interface Outcome<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly giveUp: (reason: HttpFailure) => void;
}

/** The answer once it is there from the first byte to the last. */
export function receiveWhole(
  maxBodyBytes: number,
  { resolve, reject, giveUp }: Outcome<IncomingAnswer>,
): Dispatcher.DispatchHandler {
  let head: IncomingHead | undefined;
  const received = createBuffer(maxBodyBytes);
  return {
    onResponseStart(_controller, status, given) {
      // An informational answer: the real one follows.
      if (status < 200) return;
      head = { status, headers: bare(given) };
      if (!isPlain(head)) giveUp(compressed());
    },
    onResponseData(_controller, chunk) {
      if (received.add(chunk)) return;
      giveUp(new HttpFailure('too-large', `the answer is larger than ${maxBodyBytes} bytes`));
    },
    onResponseEnd() {
      if (head) resolve({ ...head, body: received.bytes() });
    },
    onResponseError(_controller, error) {
      reject(error);
    },
  };
}

export interface StreamOutcome extends Outcome<IncomingStream> {
  /** What a stream is destroyed with that ends early. */
  readonly toFailure: (error: unknown, head: IncomingHead) => Error;
  /** Nothing more will come, or be listened to. */
  readonly onOver: () => void;
}

/** The answer as soon as its head is there. What is not read is not received: the connection waits. */
export function receiveStream(outcome: StreamOutcome): Dispatcher.DispatchHandler {
  const { resolve, reject, giveUp, toFailure, onOver } = outcome;
  let answer: IncomingStream | undefined;
  return {
    onResponseStart(controller, status, given) {
      // An informational answer: the real one follows.
      if (status < 200) return;
      const head = { status, headers: bare(given) };
      if (!isPlain(head)) return giveUp(compressed());
      const body = new Readable(
        bare<ReadableOptions>({
          read: () => controller.resume(),
          destroy(error, callback) {
            onOver();
            // Ended, it has nothing left to give up.
            if (!this.readableEnded) controller.abort(error ?? new Error('given up'));
            // Not before whoever asked has the stream: it may break in the same breath as its head. And an error that nobody
            // listens to would end the process; a caller that reads later still hears it.
            if (error) setImmediate(() => callback(this.listenerCount('error') > 0 ? error : null));
            else callback();
          },
        }),
      );
      answer = { ...head, body };
      resolve(answer);
    },
    onResponseData(controller, chunk) {
      if (answer?.body.push(chunk) === false) controller.pause();
    },
    onResponseEnd() {
      // What is left to be read is here already.
      onOver();
      answer?.body.push(null);
    },
    onResponseError(_controller, error) {
      if (answer) answer.body.destroy(toFailure(error, answer));
      else reject(error);
    },
  };
}

const compressed = () => new HttpFailure('encoded', 'the answer is compressed, although that was not asked for');

/** Whether the bytes are the answer as it is, with nothing to inflate: `content-encoding` and its hop-by-hop sister. */
function isPlain({ headers }: IncomingHead): boolean {
  const { 'content-encoding': content = 'identity', 'transfer-encoding': transfer = 'chunked' } = headers;
  return content === 'identity' && String(transfer).toLowerCase() === 'chunked';
}

const EMPTY = Buffer.alloc(0);

/**
 * One buffer that grows, not a list of chunks: a mebibyte that comes in chunks of one byte would be a million objects,
 * each of which keeps alive what the socket read (T058).
 */
function createBuffer(maxBytes: number): { add(chunk: Buffer): boolean; bytes(): Buffer } {
  // What comes in one piece, as most answers do, is not copied.
  let buffer: Buffer | undefined;
  let size = 0;
  return {
    /** @returns whether there was room */
    add(chunk) {
      const needed = size + chunk.length;
      if (needed > maxBytes) return false;
      if (!buffer) {
        buffer = chunk;
        size = needed;
        return true;
      }
      if (needed > buffer.length) {
        const larger = Buffer.alloc(Math.min(maxBytes, Math.max(needed, 2 * buffer.length)));
        buffer.copy(larger, 0, 0, size);
        buffer = larger;
      }
      chunk.copy(buffer, size);
      size = needed;
      return true;
    },
    bytes: () => buffer?.subarray(0, size) ?? EMPTY,
  };
}
