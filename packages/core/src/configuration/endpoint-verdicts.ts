import { type Endpoints, isGuidePath, type Persona, personaOf } from '../protocol/endpoints.ts';
import type { Problems } from './option-problems.ts';

interface EndpointRole {
  readonly option: string;
  readonly url: URL | undefined;
  readonly action: 'authorize' | 'token';
  /** Whose it must be. Absent where no person is involved. */
  readonly persona?: Persona;
  /** Whose the guide shows it to be, although nobody says that the other cannot work. */
  readonly shownPersona?: Persona;
}

/**
 * The mistakes that cost integrators a day, found in the URLs themselves: the other persona's URL, the authorization URL
 * in place of the token URL (a copy of the guide says so for token exchange), the login host in place of the API host.
 */
export function judgeEndpoints(endpoints: Endpoints, apiUrl: URL | undefined, problems: Problems): void {
  for (const role of rolesOf(endpoints)) {
    if (!role.url) continue;
    judgeAction(role, role.url, problems);
    judgePersona(role, role.url, problems);
    judgeHost(role, role.url, problems);
  }
  const anonymous = endpoints.anonymousCustomer.tokenUrl;
  if (anonymous) judgeAnonymousQuery(anonymous, problems);
  if (apiUrl && isLoginHost(apiUrl)) {
    problems.add(
      'apiUrl',
      'login_host_as_api_host',
      `is ${apiUrl.host}, where people sign in`,
      `APIs are called at another host, such as https://api.${apiUrl.host.replace(/^login[.-]/, '')}.`,
    );
  } else if (apiUrl && rolesOf(endpoints).some(({ url }) => url?.origin === apiUrl.origin && isGuidePath(url))) {
    problems.warn('same_login_and_api_host', 'apiUrl is the host that people sign in at. At eGain they are two.');
  }
}

function rolesOf({ user, customer, client, anonymousCustomer, onBehalfOf, tokenExchange }: Endpoints): EndpointRole[] {
  const role = (option: string, url: URL | undefined, action: EndpointRole['action'], persona?: Persona) => ({
    option: `endpoints.${option}`,
    url,
    action,
    ...(persona && { persona }),
  });
  return [
    role('user.authorizationUrl', user.authorizationUrl, 'authorize', 'user'),
    role('user.tokenUrl', user.tokenUrl, 'token', 'user'),
    role('customer.authorizationUrl', customer.authorizationUrl, 'authorize', 'customer'),
    role('customer.tokenUrl', customer.tokenUrl, 'token', 'customer'),
    { ...role('client.tokenUrl', client.tokenUrl, 'token'), shownPersona: 'user' },
    role('anonymousCustomer.tokenUrl', anonymousCustomer.tokenUrl, 'token', 'customer'),
    role('onBehalfOf.user.tokenUrl', onBehalfOf.user.tokenUrl, 'token', 'user'),
    role('onBehalfOf.customer.tokenUrl', onBehalfOf.customer.tokenUrl, 'token', 'customer'),
    { ...role('tokenExchange.tokenUrl', tokenExchange.tokenUrl, 'token'), shownPersona: 'user' },
  ];
}

function judgeAction({ option, action }: EndpointRole, { pathname }: URL, problems: Problems): void {
  if (action === 'token' && /\/authorize\/?$/.test(pathname)) {
    const remedy = 'Use the one that ends in /token (“Access Token URL” in the console).';
    problems.add(option, 'authorization_url_as_token_url', 'is an authorization URL', remedy);
  }
  if (action === 'authorize' && /\/token\/?$/.test(pathname)) {
    const remedy = 'Use the one that ends in /authorize (“Authorization URL” in the console).';
    problems.add(option, 'token_url_as_authorization_url', 'is a token URL', remedy);
  }
}

function judgePersona({ option, persona, shownPersona }: EndpointRole, url: URL, problems: Problems): void {
  const found = personaOf(url);
  if (found === undefined) return;
  if (persona !== undefined && found !== persona) {
    const suffix = persona === 'user' ? '-U' : '-C';
    const remedy = `Use the URL of the ${persona} (${suffix} in the path, or user_type=${persona}).`;
    problems.add(option, 'wrong_persona', `is the URL of a ${found}`, remedy);
  }
  if (shownPersona !== undefined && found !== shownPersona) {
    problems.warn(
      'unusual_persona',
      `${option} is the URL of a ${found}; eGain’s guide shows that of a ${shownPersona}.`,
    );
  }
}

function judgeHost({ option }: EndpointRole, url: URL, problems: Problems): void {
  if (isGuidePath(url) && isApiHost(url)) {
    const remedy = `Sign-in and token URLs are at https://${url.host.replace(/^api[.-]/, '')}.`;
    problems.add(option, 'api_host_as_login_host', `is at ${url.host}, where APIs are called`, remedy);
  }
  if (url.pathname.startsWith('/core/authmgr/') && isLoginHost(url)) {
    problems.add(
      option,
      'login_host_as_api_host',
      `is at ${url.host}, where people sign in`,
      `This endpoint is at the API host, such as https://api.${url.host.replace(/^login[.-]/, '')}.`,
    );
  }
}

/** "Query Parameters: user_type Required, domain_hint Required" (guide, "For an Anonymous Customer"). */
function judgeAnonymousQuery({ pathname, searchParams }: URL, problems: Problems): void {
  const option = 'endpoints.anonymousCustomer.tokenUrl';
  if (!/\/anonymous\/token$/.test(pathname)) return;
  if (!searchParams.has('user_type')) {
    problems.add(option, 'missing_query', 'lacks user_type', 'Add ?user_type=customer to it.');
  }
  if (!searchParams.has('domain_hint')) {
    problems.warn('missing_domain_hint', `${option} lacks domain_hint, which eGain’s guide calls required.`);
  }
}

/** The names of both generations: `api.ai.egain.cloud`, `api.egain.cloud`, `api-emea.egain.cloud`. */
const isApiHost = ({ host }: URL): boolean => /^api[.-].*egain\.cloud$/.test(host);

const isLoginHost = ({ host }: URL): boolean => /^(?:ai|aidev|login|login-[\w-]+)\.egain\.cloud$/.test(host);
