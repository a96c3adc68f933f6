import { ApiError } from './api-error.ts';
import type { EmulatorRequest } from './http.ts';
import type { BodyRule } from './operations/operation.ts';

type Members = Readonly<Record<string, unknown>>;

/** The members of a JSON body. @throws {ApiError} 415, 400-264, 400-152 */
export function readJsonBody({ headers, body }: EmulatorRequest, { isRequired, hasMediaTypeCheck }: BodyRule): Members {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (hasMediaTypeCheck && type !== 'application/json') throw new ApiError('415-100', 'Content-Type is not JSON.');
  if (body === '') {
    if (!isRequired) return {};
    throw new ApiError('400-264', 'Request body is mandatory. Please provide body for the request.');
  }
  // INFERRED: what a body that is no JSON object, or more than the emulator reads, is answered.
  const parsed = parseJson(body ?? '');
  if (!isMembers(parsed)) throw invalidAttribute('body');
  return parsed;
}

/** A member that is an object. @throws {ApiError} 400-152 */
export function requireMembers(body: Members, name: string): Members {
  const value = body[name];
  if (isMembers(value)) return value;
  throw invalidAttribute(name);
}

/** A member that is text of 1 to `max` characters, like `pattern`. @throws {ApiError} 400-152 */
export function requireText(body: Members, name: string, max: number, pattern = /./s): string {
  const value = body[name];
  if (typeof value === 'string' && value.length <= max && pattern.test(value)) return value;
  throw invalidAttribute(name);
}

/** INFERRED: the code and message of an invalid value serve for a missing one too; none is published for that. */
export const invalidAttribute = (name: string): ApiError =>
  new ApiError('400-152', `Invalid value is provided in the request body for the following attribute:'${name}'.`);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
