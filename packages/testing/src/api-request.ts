import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './api-error.ts';
import type { Operation } from './operations/operation.ts';

/** `Accept-Language` of the OpenAPI files. */
const LANGUAGES: ReadonlySet<string> = new Set(
  'en-us es-es fr-fr it-it de-de nl-nl pt-br pt-pt da-dk ru-ru fr-ca zh-cn ja-jp ko-kr sv-se'.split(' '),
);

/** @throws {ApiError} 406-100 */
export function assertAcceptLanguage(headers: IncomingHttpHeaders): void {
  if (isAcceptedLanguage(headers['accept-language'])) return;
  throw new ApiError('406-100', "The 'Accept-Language' header value is invalid.");
}

// INFERRED: browsers send a list with weights, and eGain's own SDK lower-case tags; one known tag is enough.
const isAcceptedLanguage = (header = ''): boolean =>
  header.split(',').some((range) => LANGUAGES.has(range.split(';')[0]?.trim().toLowerCase() ?? ''));

/** @throws {ApiError} 400-101 for a parameter that is not declared, 400-112 for one that is required and missing */
export function assertQuery({ requiredQuery, optionalQuery }: Operation, query: URLSearchParams): void {
  const declared = [...requiredQuery, ...optionalQuery];
  // An object such as `$filter[tags]` has the names of its members behind it.
  const isDeclared = (name: string) => declared.some((known) => name === known || name.startsWith(`${known}[`));
  // INFERRED: the code is documented, which operations use it is not.
  const unsupported = [...new Set(query.keys())].filter((name) => !isDeclared(name));
  if (unsupported.length > 0) {
    throw new ApiError('400-101', `Unsupported query parameter(s) supplied: ${quoted(unsupported)}.`);
  }
  const missing = requiredQuery.filter((name) => !query.get(name));
  if (missing.length === 0) return;
  throw new ApiError(
    '400-112',
    `Required query parameter(s) is missing. The following parameters are required: ${quoted(missing)}.`,
  );
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
