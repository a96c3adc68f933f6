import type { AuthRequirement } from '../outbound/request-context.ts';
import { nearestName } from './nearest-name.ts';

const OPTIONS = ['as', 'scope', 'unauthenticated'];

/**
 * Checks what a guard of an adapter was given, when it is created. A guard that ignored a misspelt option, or a persona
 * given as text, would let in callers whom its author meant to keep out (T117).
 * @param call how to write it, such as `requiresAuth()`
 * @param further options of the adapter's own
 * @returns what was given, or no requirement
 * @throws {TypeError} names the option and what it takes
 */
export function checkRequirement<Requirement extends AuthRequirement>(
  given: Requirement | undefined,
  call: string,
  further: readonly string[] = [],
): Requirement | Record<string, never> {
  if (given === undefined) return {};
  const name = call.split('(', 1)[0];
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(`${name}() takes an object, such as ${name}({ as: 'user' })`);
  }
  const known = [...OPTIONS, ...further];
  for (const option of Object.keys(given)) {
    if (known.includes(option)) continue;
    const nearest = nearestName(option, known);
    const hint = nearest ? `Did you mean ${JSON.stringify(nearest)}?` : `It takes ${known.join(', ')}.`;
    throw new TypeError(`${name}() has no option ${JSON.stringify(option)}. ${hint}`);
  }
  const { as, scope, unauthenticated } = given;
  if (as !== undefined && as !== 'user' && as !== 'customer') {
    throw new TypeError(`${name}(): "as" must be "user" or "customer"`);
  }
  if (scope !== undefined && !(Array.isArray(scope) && scope.every((one) => typeof one === 'string'))) {
    throw new TypeError(`${name}(): "scope" must be a list of scopes`);
  }
  if (unauthenticated !== undefined && unauthenticated !== 'redirect' && unauthenticated !== 'json') {
    throw new TypeError(`${name}(): "unauthenticated" must be "redirect" or "json"`);
  }
  return given;
}
