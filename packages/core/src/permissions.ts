import { EgainAuthError } from './errors.ts';
import { bare } from './http/agent.ts';
import { findOperation } from './operations/find-operation.ts';
import type { Operation, OperationActor } from './operations/operation.ts';
import type { FlowName } from './options.ts';
import { accepts, notAccepted } from './outbound/caller.ts';
import type { Persona } from './protocol/endpoints.ts';
import { judgeScopes, SCOPE_REMEDIES, scopeKindOf } from './protocol/scopes.ts';
import type { ResolvedClient, ResolvedOptions } from './resolved-options.ts';

/** What an application does as one actor. */
export interface ApiUse {
  /** `exchanged`: whoever signed in at another identity provider. */
  readonly actor: OperationActor | 'exchanged';
  /** Method and path, each as it is called or as eGain publishes it: `GET /knowledge/portalmgr/v4/portals/{portalID}`. */
  readonly operations?: readonly string[];
  /** What it asks for besides, or instead of what the operations declare. */
  readonly scope?: readonly string[];
}

/** What the Partition Administrator has to set for one client application, in the words of the Administration Console. */
export interface ClientApplication {
  readonly clientId: string;
  readonly platform: 'Web Application' | 'Single Page Application';
  /** To be ticked. */
  readonly checkboxes: readonly ('Client On-Behalf-Of Flow' | 'Token Exchange Grant Type')[];
  /** Redirect URL(s); empty without a login. */
  readonly redirectUrls: readonly string[];
  readonly postLogoutRedirectUrl?: string;
  /** Permissions tab, Delegated: sorted, each once. */
  readonly delegatedPermissions: readonly string[];
  /** Permissions tab, Application: sorted, each once. */
  readonly applicationPermissions: readonly string[];
  /** Operations of which eGain's documents do not say what they need: look at the security section of their API pages. */
  readonly undocumented: readonly string[];
}

type Use = { readonly flow: FlowName; readonly scope: readonly string[]; readonly undocumented: readonly string[] };

/**
 * What must be assigned at eGain for what is configured, and for what the application says that it does.
 * @throws {EgainAuthError} `actor_not_allowed` for an operation that does not accept its actor, `scope_mismatch` for a scope
 *   that its flow cannot have
 * @throws {TypeError} for an operation that is not written as method and path
 */
export function listClientApplications(options: ResolvedOptions, uses: readonly ApiUse[]): ClientApplication[] {
  const { clients, login, defaultClientScope = [] } = options;
  const logins = Object.entries(login?.personas ?? {}).map(
    ([persona, { scope }]): Use => ({ flow: persona as Persona, scope, undocumented: [] }),
  );
  const asConfigured: Use[] = [
    ...logins,
    ...(defaultClientScope.length > 0
      ? [{ flow: 'client' as const, scope: defaultClientScope, undocumented: [] }]
      : []),
  ];
  const all = [...asConfigured, ...uses.map(describeUse)];
  const byClient = new Map<ResolvedClient, Use[]>();
  for (const use of all) {
    const client = clients[use.flow];
    if (!client) throw noClient(use.flow);
    const known = [...byClient.keys()].find(({ clientId }) => clientId === client.clientId) ?? client;
    byClient.set(known, [...(byClient.get(known) ?? []), use]);
  }
  return [...byClient].map(([client, ofClient]) => describeClient(client, ofClient, login));
}

function describeClient(
  { clientId, clientSecret }: ResolvedClient,
  uses: readonly Use[],
  login: ResolvedOptions['login'],
): ClientApplication {
  const flows = new Set(uses.map(({ flow }) => flow));
  const isLogin = flows.has('user') || flows.has('customer');
  const scopes = sorted(uses.flatMap(({ scope }) => scope));
  const isApplication = (scope: string) => ['application', 'client-default'].includes(scopeKindOf(scope));
  return {
    clientId,
    platform: clientSecret ? 'Web Application' : 'Single Page Application',
    checkboxes: [
      ...(flows.has('onBehalfOf') ? (['Client On-Behalf-Of Flow'] as const) : []),
      ...(flows.has('tokenExchange') ? (['Token Exchange Grant Type'] as const) : []),
    ],
    redirectUrls: login && isLogin ? [login.redirectUri] : [],
    ...(login && isLogin && { postLogoutRedirectUrl: login.postLogoutUrl.href }),
    delegatedPermissions: scopes.filter((scope) => !isApplication(scope)),
    applicationPermissions: scopes.filter(isApplication),
    undocumented: sorted(uses.flatMap(({ undocumented }) => undocumented)),
  };
}

const FLOW_OF: Readonly<Record<ApiUse['actor'], FlowName>> = {
  user: 'user',
  customer: 'customer',
  'anonymous-customer': 'anonymousCustomer',
  client: 'client',
  'on-behalf-of-user': 'onBehalfOf',
  'on-behalf-of-customer': 'onBehalfOf',
  exchanged: 'tokenExchange',
};

function describeUse(use: ApiUse): Use {
  const { actor, operations = [], scope = [] } = bare(use);
  const flow = FLOW_OF[actor];
  if (!flow) throw new TypeError(`permissions: unknown actor ${JSON.stringify(actor)}`);
  const [refused] = judgeScopes(flow, scope).filter(({ isError }) => isError);
  if (refused) {
    throw new EgainAuthError('scope_mismatch', `${actor} ${refused.message}, which this flow cannot have`, {
      remedy: SCOPE_REMEDIES[flow],
    });
  }
  const actors: readonly OperationActor[] = actor === 'exchanged' ? ['user', 'customer'] : [actor];
  const found = operations.map((written) => ({ written, operation: lookUp(written) }));
  const isDocumented = ({ operation }: { operation: Operation | undefined }) =>
    // The published `.default` says nothing of the scopes that are called `app.*`.
    operation?.isDeclared && actor !== 'client';
  for (const { operation } of found) {
    if (operation && !accepts(operation, actors)) throw notAccepted(operation, actors);
  }
  return {
    flow,
    scope: [
      ...scope,
      ...found.filter(isDocumented).flatMap(({ operation }) => {
        const declaring = actors.find((name) => operation?.scopes[name]);
        return (declaring && operation?.scopes[declaring]) ?? [];
      }),
    ],
    undocumented: scope.length > 0 ? [] : found.filter((one) => !isDocumented(one)).map(({ written }) => written),
  };
}

function lookUp(written: string): Operation | undefined {
  const [, method = '', path = ''] = /^([A-Z]+) (\/\S+)$/.exec(written) ?? [];
  if (path === '') {
    throw new TypeError(`permissions: ${JSON.stringify(written)} is not written as method and path, GET /path`);
  }
  return findOperation(method, path);
}

function noClient(flow: FlowName): EgainAuthError {
  return new EgainAuthError('invalid_configuration', `no client application is configured for the flow ${flow}`, {
    remedy: `Set clientId, or clients.${flow}.`,
  });
}

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
