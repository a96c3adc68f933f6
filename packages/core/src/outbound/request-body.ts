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

/** JSON, unless it is of a kind that says itself how it is sent. */
export function contentOf(body: unknown): Content {
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
  if (isForm(body)) return contentOf(multipartOf(body));
  if (body instanceof Blob) {
    return { body, headers: body.type === '' ? BYTES_TYPE : { 'content-type': body.type }, isReplayable: true };
  }
  if (isStreamOfBytes(body)) return { body, headers: BYTES_TYPE, isReplayable: false };
  return { body: JSON.stringify(body), headers: JSON_TYPE, isReplayable: true };
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return isAnyArrayBuffer(body) ? Buffer.from(body) : undefined;
}

/** By its name: a form of the package undici is of another class than Node's. */
const isForm = (body: unknown): body is FormData => Object.prototype.toString.call(body) === '[object FormData]';
