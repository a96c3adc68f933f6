import { EgainAuthError } from './errors.ts';
import { requestAnonymousCustomerToken } from './flows/anonymous-customer.ts';
import { requestClientCredentialsToken } from './flows/client-credentials.ts';
import type { FlowContext } from './flows/flow-context.ts';
import { requestOnBehalfOfToken } from './flows/on-behalf-of.ts';
import { requestTokenExchangeToken } from './flows/token-exchange.ts';
import type { FlowName } from './options.ts';
import { type IssuedTokenSet, withoutRefreshToken } from './protocol/token-set.ts';
import type { ResolvedOptions } from './resolved-options.ts';
import type { SessionManager } from './session/session-manager.ts';
import type { TokenDestination } from './tokens/token-manager.ts';
import type { TokenRequest, TokenSource } from './tokens/token-source.ts';

/** The token source that mints each time: which flow serves which actor. */
export function createIssuer(flow: FlowContext, sessions: SessionManager | undefined): TokenSource {
  async function mint({ actor, ...request }: TokenRequest): Promise<IssuedTokenSet> {
    switch (actor.type) {
      case 'client':
        return requestClientCredentialsToken(flow, request);
      case 'anonymous-customer':
        return requestAnonymousCustomerToken(flow, request);
      case 'on-behalf-of':
        return requestOnBehalfOfToken(flow, { ...request, subject: actor.subject });
      case 'exchanged':
        return requestTokenExchangeToken(flow, { ...request, ...actor });
      case 'session':
        if (sessions) return sessions.getToken(actor.session, request);
        throw new EgainAuthError('login_not_configured', 'there are no sessions without a login', {
          remedy: 'Set the option `login`.',
        });
      default:
        throw new TypeError(`getToken: unknown actor type ${JSON.stringify((actor as { type?: unknown }).type)}`);
    }
  }

  return { getToken: async (request) => withoutRefreshToken(await mint(request)) };
}

const FLOW_OF: Readonly<Record<TokenDestination['actor'], Exclude<FlowName, 'user' | 'customer'>>> = {
  client: 'client',
  'anonymous-customer': 'anonymousCustomer',
  'on-behalf-of': 'onBehalfOf',
  exchanged: 'tokenExchange',
};

/** What of a token no request says: the tenant, the token URL, the client application and the prefix of its scopes. */
export function destinationOf(
  { tenantId, endpoints, clients, scopePrefix }: ResolvedOptions,
  { actor, persona }: TokenDestination,
): readonly (string | undefined)[] {
  const flow = FLOW_OF[actor];
  const endpoint = flow === 'onBehalfOf' ? endpoints.onBehalfOf[persona ?? 'user'] : endpoints[flow];
  return [tenantId, endpoint.tokenUrl?.href, clients[flow]?.clientId, scopePrefix[flow]];
}
