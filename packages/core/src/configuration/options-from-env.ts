import type { EgainAuthOptions } from '../options.ts';
import { withoutSpaceAround } from '../protocol/copied-text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The options that the `EGAIN_*` variables state; the README has the table. An empty variable counts as absent. Scopes
 * and session secrets are separated by spaces.
 */
export function optionsFromEnv(env: Environment = process.env): EgainAuthOptions {
  const text = (name: string) => withoutSpaceAround(ownVariable(env, `EGAIN_${name}`) ?? '') || undefined;
  const list = (name: string) => text(name)?.split(/[ \t\r\n]+/);
  const login = (name: string) => defined({ scope: list(name) });
  const endpoint = (name: string) => defined({ tokenUrl: text(`${name}_TOKEN_URL`) });
  const loginEndpoints = (name: string) =>
    defined({
      authorizationUrl: text(`${name}_AUTHORIZATION_URL`),
      tokenUrl: text(`${name}_TOKEN_URL`),
      issuer: text(`${name}_ISSUER`),
      revocationUrl: text(`${name}_REVOCATION_URL`),
      endSessionUrl: text(`${name}_END_SESSION_URL`),
    });

  const options = defined({
    clientId: text('CLIENT_ID'),
    clientSecret: text('CLIENT_SECRET'),
    tenantId: text('TENANT_ID'),
    domainUrl: text('DOMAIN_URL'),
    apiUrl: text('API_URL'),
    baseUrl: text('BASE_URL'),
    strippedPrefix: text('STRIPPED_PREFIX'),
    login: defined({
      user: login('LOGIN_USER_SCOPE'),
      customer: login('LOGIN_CUSTOMER_SCOPE'),
      postLogoutUrl: text('POST_LOGOUT_URL'),
    }),
    session: defined({ secret: list('SESSION_SECRET'), cookieName: text('SESSION_COOKIE_NAME') }),
    defaultClientScope: list('DEFAULT_CLIENT_SCOPE'),
    endpoints: defined({
      user: loginEndpoints('USER'),
      customer: loginEndpoints('CUSTOMER'),
      client: endpoint('CLIENT'),
      anonymousCustomer: endpoint('ANONYMOUS_CUSTOMER'),
      onBehalfOf: defined({
        user: endpoint('ON_BEHALF_OF_USER'),
        customer: endpoint('ON_BEHALF_OF_CUSTOMER'),
      }),
      tokenExchange: endpoint('TOKEN_EXCHANGE'),
    }),
    scopePrefix: defined({
      user: text('USER_SCOPE_PREFIX'),
      customer: text('CUSTOMER_SCOPE_PREFIX'),
      client: text('CLIENT_SCOPE_PREFIX'),
      anonymousCustomer: text('ANONYMOUS_CUSTOMER_SCOPE_PREFIX'),
      onBehalfOf: text('ON_BEHALF_OF_SCOPE_PREFIX'),
      tokenExchange: text('TOKEN_EXCHANGE_SCOPE_PREFIX'),
    }),
  });
  // The variables may state half of something: createEgainAuth says what is missing.
  return (options ?? {}) as EgainAuthOptions;
}

/**
 * Decides whether plain http and a random session secret may be used on loopback. `NODE_ENV` is read leniently, because a
 * misspelt "production" must not be less strict: `set NODE_ENV=production && node` on Windows leaves a space behind it (T116).
 */
export function isProduction(env: Environment = process.env): boolean {
  return /^\s*prod(?:uction)?\s*$/i.test(ownVariable(env, 'NODE_ENV') ?? '');
}

/** `process.env` inherits from `Object.prototype`, as every object does (T098). */
function ownVariable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value !== undefined && Object.hasOwn(env, name) ? value : undefined;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without its absent members, or nothing at all when none is left: absent and `undefined` differ in the options. */
function defined<T extends object>(members: T): Defined<T> | undefined {
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return present.length === 0 ? undefined : (Object.fromEntries(present) as Defined<T>);
}
