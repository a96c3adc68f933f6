import type { Behaviour, BehaviourOptions } from './behaviour.ts';

/** Every value of every switch, the default first: what a test that wants to see all of them goes through. */
export const BEHAVIOUR_VALUES: { readonly [Name in keyof Behaviour]: readonly Behaviour[Name][] } = Object.freeze({
  generation: ['rigel', 'commercial'],
  expiresIn: ['number', 'string', 'absent'],
  tokenType: ['Bearer', 'bearer', 'absent'],
  scopeAnswer: ['as-requested', 'bare', 'prefixed', 'absent'],
  tokenFormat: ['jwt', 'opaque'],
  scopeClaim: ['scope', 'scp'],
  idToken: ['absent', 'present'],
  refreshTokenExpiresIn: ['absent', 'number'],
  publicClientRefreshTokens: ['issued', 'withheld'],
  errorShape: ['oauth', 'egain', 'gateway', 'html', 'empty'],
  invalidClientStatus: [401, 400],
  basicAuthentication: ['refused', 'accepted'],
  pkceOnWebClients: ['verified', 'ignored', 'rejected', 'required'],
  webClientSecret: ['required', 'optional-with-pkce'],
  anonymousCredentials: ['verified', 'present'],
  ungrantableScopes: ['refused', 'dropped'],
  ambiguousSubject: ['refused', 'first'],
  unknownSubject: ['invalid_grant', 'invalid_request', 'issued'],
  customerTokenExchange: ['refused', 'accepted'],
  issOnRedirect: [false, true],
  redirectErrors: ['plain', 'base64-description', 'base64'],
  apiErrors: ['egain', 'gateway'],
  paginationCount: ['items', 'pages'],
});

/** @throws {TypeError} when a switch is unknown, or has a value that is none of its own. */
export function resolveBehaviour(options: BehaviourOptions = {}): Behaviour {
  if (typeof options !== 'object' || options === null) throw new TypeError('behaviour is no object of switches.');
  const names = Object.keys(BEHAVIOUR_VALUES) as (keyof Behaviour)[];
  const unknown = Object.keys(options).find((name) => !names.some((known) => known === name));
  if (unknown !== undefined) throw new TypeError(`behaviour.${unknown} is no switch. There are: ${names.join(', ')}.`);
  return Object.freeze(
    Object.fromEntries(names.map((name) => [name, resolveSwitch(name, options[name])])) as Behaviour,
  );
}

function resolveSwitch(name: keyof Behaviour, value: unknown): unknown {
  const values: readonly unknown[] = BEHAVIOUR_VALUES[name];
  if (value === undefined) return values[0];
  if (values.includes(value)) return value;
  throw new TypeError(`behaviour.${name} ${JSON.stringify(value)} is not one of: ${values.join(', ')}.`);
}
