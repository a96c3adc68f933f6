import { EgainAuthError } from '../errors.ts';
import { requireConfidentialClient, requireConfigured } from '../protocol/require-configured.ts';
import { assertFlowScopes } from '../protocol/scopes.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import type { FlowContext, FlowRequest } from './flow-context.ts';

export interface TokenExchangeRequest extends FlowRequest {
  /** Id of the SSO Provider registration in the Administration Console. */
  readonly registrationId: string;
  /** Called once for this exchange: always the current token of the external identity provider. */
  readonly subjectToken: () => string | Promise<string>;
}

/**
 * Exchanges a token of a registered external identity provider. `scope` may be empty: eGain calls it optional here.
 * @throws {EgainAuthError} `invalid_subject` when there is no registration id or no external token
 * @see eGain authentication guide, "Token Exchange Flow"; RFC 8693 §2.1
 */
export async function requestTokenExchangeToken(
  { options, requestToken }: FlowContext,
  { registrationId, subjectToken, scope, parameters, signal }: TokenExchangeRequest,
): Promise<IssuedTokenSet> {
  if (scope.length > 0) assertFlowScopes('tokenExchange', scope, options);
  return requestToken({
    tokenUrl: requireConfigured(options.endpoints.tokenExchange.tokenUrl, 'endpoints.tokenExchange.tokenUrl'),
    client: requireConfidentialClient(options.clients.tokenExchange, 'clients.tokenExchange'),
    parameters: {
      ...parameters,
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: requireText(await subjectToken(), 'the function given as subjectToken returned no token'),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      registration_id: requireText(registrationId, 'registrationId is empty'),
    },
    scope,
    scopePrefix: options.scopePrefix.tokenExchange,
    signal,
  });
}

function requireText(value: unknown, problem: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new EgainAuthError('invalid_subject', problem, {
    remedy: 'Sign the person in at the external identity provider first; pass its current access token.',
  });
}
