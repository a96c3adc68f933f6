import type { EgainAuthOptions } from '../options.ts';
import { nearestName } from './nearest-name.ts';
import type { Problems } from './option-problems.ts';

/** The names of the options: `true` for a value, a shape for an object with options of its own. */
interface Shape {
  readonly [name: string]: true | Shape;
}

const CLIENT: Shape = { clientId: true, clientSecret: true, pkce: true };
const TOKEN_ENDPOINT: Shape = { tokenUrl: true };
const LOGIN_ENDPOINTS: Shape = {
  authorizationUrl: true,
  tokenUrl: true,
  issuer: true,
  revocationUrl: true,
  endSessionUrl: true,
};
const perFlow = (value: true | Shape): Shape => ({
  user: value,
  customer: value,
  client: value,
  anonymousCustomer: value,
  onBehalfOf: value,
  tokenExchange: value,
});

const ENDPOINTS: Shape = {
  user: LOGIN_ENDPOINTS,
  customer: LOGIN_ENDPOINTS,
  client: TOKEN_ENDPOINT,
  anonymousCustomer: TOKEN_ENDPOINT,
  onBehalfOf: { user: TOKEN_ENDPOINT, customer: TOKEN_ENDPOINT },
  tokenExchange: TOKEN_ENDPOINT,
};

const OPTIONS: Shape = {
  clientId: true,
  clientSecret: true,
  clients: perFlow(CLIENT),
  tenantId: true,
  domainUrl: true,
  apiUrl: true,
  endpoints: ENDPOINTS,
  scopePrefix: perFlow(true),
  metadata: { tenantId: true, apiUrl: true, endpoints: ENDPOINTS, scopePrefix: perFlow(true) },
  baseUrl: true,
  strippedPrefix: true,
  login: { user: { scope: true }, customer: { scope: true }, resolveIdentity: true, postLogoutUrl: true },
  session: { secret: true, store: true, cookieName: true, idleMs: true, absoluteMs: true },
  routes: { login: true, callback: true, logout: true, session: true },
  authorizeSubject: true,
  defaultClientScope: true,
  serverTiming: true,
  silenceWarnings: true,
  tokens: {
    store: true,
    encryptionKeys: true,
    onStoreError: true,
    maxEntries: true,
    renewAheadMs: true,
    minTtlMs: true,
  },
  http: { timeoutMs: true, maxConnections: true, maxStreams: true, dispatcher: true },
};

/**
 * A frozen copy of the own members, without prototype at any depth: whatever the caller's object inherits, or somebody
 * put on `Object.prototype`, configures nothing (T098). A member that is `undefined` counts as absent.
 */
export function copyOptions(options: EgainAuthOptions, problems: Problems): EgainAuthOptions {
  return copy('', options, OPTIONS, problems) as EgainAuthOptions;
}

function copy(path: string, given: object, shape: Shape, problems: Problems): object {
  const own: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(given)) {
    const inner = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (inner === undefined) {
      problems.add(`${path}${name}`, 'unknown_option', 'is no option', hint(name, Object.keys(shape)));
    } else if (value !== undefined) {
      own[name] = inner === true ? copyValue(value) : copyObject(`${path}${name}`, value, inner, problems);
    }
  }
  return Object.freeze(own);
}

function copyObject(path: string, value: unknown, shape: Shape, problems: Problems): object | undefined {
  if (typeof value === 'object' && value !== null) return copy(`${path}.`, value, shape, problems);
  problems.add(path, 'not_an_object', 'is not an object', `It takes ${Object.keys(shape).join(', ')}.`);
  return undefined;
}

function hint(written: string, known: readonly string[]): string {
  const nearest = nearestName(written, known);
  return nearest === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${nearest}?`;
}

const copyValue = (value: unknown): unknown => (Array.isArray(value) ? Object.freeze([...value]) : value);
