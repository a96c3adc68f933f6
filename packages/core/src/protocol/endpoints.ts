import type { EndpointOptions } from '../options.ts';

export type Persona = 'user' | 'customer';

/** Every URL this suite may call. A flow whose endpoint is unknown cannot be used; the others can. */
export interface Endpoints {
  readonly user: LoginEndpoints;
  readonly customer: LoginEndpoints;
  readonly client: TokenEndpointUrl;
  readonly anonymousCustomer: TokenEndpointUrl;
  readonly onBehalfOf: Readonly<Record<Persona, TokenEndpointUrl>>;
  readonly tokenExchange: TokenEndpointUrl;
}

export interface TokenEndpointUrl {
  readonly tokenUrl: URL | undefined;
}

export interface LoginEndpoints extends TokenEndpointUrl {
  readonly authorizationUrl: URL | undefined;
  /** Compared byte for byte with `iss` of the callback, where it is configured. */
  readonly issuer: string | undefined;
  readonly revocationUrl: URL | undefined;
  readonly endSessionUrl: URL | undefined;
}

/** The hosts whose API host is documented: `api.` before them ("Domain Usage Note" of the guide). */
const DOCUMENTED_LOGIN_HOSTS = ['ai.egain.cloud', 'aidev.egain.cloud'];

/**
 * The two hosts behind a "Domain URL". Copies of the guide disagree whether it is the login or the API host, so both
 * of the documented pair are understood.
 * @param domainUrl an absolute URL
 */
export function resolveHosts(domainUrl: URL): { loginUrl: URL; apiUrl: URL | undefined } {
  const host = domainUrl.host;
  const loginHost = DOCUMENTED_LOGIN_HOSTS.find((documented) => host === documented || host === `api.${documented}`);
  if (loginHost === undefined) return { loginUrl: domainUrl, apiUrl: undefined };
  return { loginUrl: new URL(`https://${loginHost}`), apiUrl: new URL(`https://api.${loginHost}`) };
}

/**
 * The endpoints of the guide's shape: one authorization server per persona, `-U` for users and `-C` for customers. The
 * client application speaks to `-U` although no user is involved, the anonymous customer to the API host.
 * @see eGain authentication guide, "Authentication Flow Implementations"
 */
export function deriveEndpoints(tenantId: string, loginUrl: URL, apiUrl: URL | undefined): Endpoints {
  const at = (suffix: 'U' | 'C', action: string) =>
    new URL(`/system/auth/${encodeURIComponent(tenantId)}-${suffix}/oauth2/${action}`, loginUrl);
  const undocumented = { issuer: undefined, revocationUrl: undefined, endSessionUrl: undefined };
  const user = { authorizationUrl: at('U', 'authorize'), tokenUrl: at('U', 'token'), ...undocumented };
  const customer = { authorizationUrl: at('C', 'authorize'), tokenUrl: at('C', 'token'), ...undocumented };
  const anonymous = apiUrl && new URL('/core/authmgr/v3/oauth2/v2.0/anonymous/token', apiUrl);
  anonymous?.searchParams.set('user_type', 'customer');
  anonymous?.searchParams.set('domain_hint', tenantId);
  return {
    user,
    customer,
    client: { tokenUrl: user.tokenUrl },
    anonymousCustomer: { tokenUrl: anonymous },
    onBehalfOf: { user: { tokenUrl: user.tokenUrl }, customer: { tokenUrl: customer.tokenUrl } },
    tokenExchange: { tokenUrl: user.tokenUrl },
  };
}

/** What was given as a full URL wins over what was derived. */
export function overrideEndpoints(
  derived: Endpoints | undefined,
  given: EndpointOptions | undefined,
  parse: (name: string, url: string | undefined) => URL | undefined,
): Endpoints {
  const tokenUrl = (name: string, own: { tokenUrl?: string } | undefined, fallback: TokenEndpointUrl | undefined) => ({
    tokenUrl: parse(`endpoints.${name}.tokenUrl`, own?.tokenUrl) ?? fallback?.tokenUrl,
  });
  const loginUrl = (persona: Persona, name: 'authorizationUrl' | 'revocationUrl' | 'endSessionUrl') =>
    parse(`endpoints.${persona}.${name}`, given?.[persona]?.[name]) ?? derived?.[persona][name];
  const login = (persona: Persona): LoginEndpoints => ({
    authorizationUrl: loginUrl(persona, 'authorizationUrl'),
    revocationUrl: loginUrl(persona, 'revocationUrl'),
    endSessionUrl: loginUrl(persona, 'endSessionUrl'),
    issuer: given?.[persona]?.issuer ?? derived?.[persona].issuer,
    ...tokenUrl(persona, given?.[persona], derived?.[persona]),
  });
  return {
    user: login('user'),
    customer: login('customer'),
    client: tokenUrl('client', given?.client, derived?.client),
    anonymousCustomer: tokenUrl('anonymousCustomer', given?.anonymousCustomer, derived?.anonymousCustomer),
    onBehalfOf: {
      user: tokenUrl('onBehalfOf.user', given?.onBehalfOf?.user, derived?.onBehalfOf.user),
      customer: tokenUrl('onBehalfOf.customer', given?.onBehalfOf?.customer, derived?.onBehalfOf.customer),
    },
    tokenExchange: tokenUrl('tokenExchange', given?.tokenExchange, derived?.tokenExchange),
  };
}

/** `TMPRODB88619984` and `U` of the guide's URLs. */
const GUIDE_PATH = /^\/system\/auth\/([^/]+)-([UC])\/oauth2\//;

export const isGuidePath = ({ pathname }: URL): boolean => GUIDE_PATH.test(pathname);

/** The tenant of a URL of the guide's shape. */
export const tenantOf = ({ pathname }: URL): string | undefined => GUIDE_PATH.exec(pathname)?.[1];

/** By the path of the guide's generation, the query of an on-behalf-of URL, or the policy name of the other generation. */
export function personaOf({ pathname, searchParams }: URL): Persona | undefined {
  const [, , suffix] = GUIDE_PATH.exec(pathname) ?? [];
  if (suffix !== undefined) return suffix === 'U' ? 'user' : 'customer';
  const named = searchParams.get('user_type') ?? /\/B2C_[^/]*?_(User|Customer)_/i.exec(pathname)?.[1]?.toLowerCase();
  return named === 'user' || named === 'customer' ? named : undefined;
}
