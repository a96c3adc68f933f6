import { OAuthError } from './oauth-error.ts';

/** The parameters of one OAuth request, each at most once and never empty. */
export type RequestParameters = ReadonlyMap<string, string>;

/** Parameters without a value count as left out (RFC 6749 3.1 and 3.2). Repeated ones keep their first value here. */
export function readParameters(search: URLSearchParams): RequestParameters {
  const parameters = new Map<string, string>();
  for (const [name, value] of search) {
    if (value !== '' && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** @throws {OAuthError} invalid_request when a parameter is sent twice (RFC 6749 3.1 and 3.2: MUST NOT). */
export function assertNotRepeated(search: URLSearchParams, names: Iterable<string> = search.keys()): void {
  for (const name of names) {
    if (search.getAll(name).length > 1) {
      throw new OAuthError('invalid_request', `The parameter '${name}' is sent more than once. Send it exactly once.`);
    }
  }
}

/** @throws {OAuthError} invalid_request when the parameter is missing. */
export function requireParameter(parameters: RequestParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `The required parameter '${name}' is missing.`);
  return value;
}
