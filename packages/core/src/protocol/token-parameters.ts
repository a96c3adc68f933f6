import { EgainAuthError } from '../errors.ts';

/** Further parameters of a token request, sorted by name. */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** What the flows say themselves: nobody else may say whose a token is, or who asks (T081). */
const RESERVED =
  /^(?:grant_type|client_.*|subject_.*|actor_.*|scope|code|code_verifier|redirect_uri|refresh_token|registration_id|username|password|assertion|requested_token_type|requested_subject)$/i;

const NONE: Parameters = Object.freeze([]);

/**
 * Own members, in one order whatever order they were written in.
 * @throws {EgainAuthError} `reserved_parameter`
 * @throws {TypeError} for a value that is no string
 */
export function parseParameters(parameters: Readonly<Record<string, string>> | undefined): Parameters {
  if (parameters === undefined) return NONE;
  const entries = Object.entries(parameters);
  for (const [name, value] of entries) {
    if (typeof value !== 'string') throw new TypeError(`parameters.${name} must be a string`);
    if (name === '' || RESERVED.test(name)) {
      throw new EgainAuthError(
        'reserved_parameter',
        `the token request has a parameter ${JSON.stringify(name)} already`,
        {
          remedy: 'Leave it out of `parameters`: actor, scope and the options say it.',
        },
      );
    }
  }
  return Object.freeze(entries.map((entry) => Object.freeze(entry)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
