import { requireConfidentialClient, requireConfigured } from '../protocol/require-configured.ts';
import { assertFlowScopes } from '../protocol/scopes.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import { assertSubject, type Subject } from '../subject.ts';
import type { FlowContext, FlowRequest } from './flow-context.ts';

export interface OnBehalfOfRequest extends FlowRequest {
  readonly subject: Subject;
}

/**
 * A token for a named user or customer who is not present. eGain asks for no proof of their consent: whoever may call
 * this may be anybody, so nothing may call it but the guarded token source.
 *
 * Exactly one subject parameter is sent, byte for byte; its persona decides the endpoint (T081).
 * @see eGain authentication guide, "On-Behalf-Of Flow"
 */
export async function requestOnBehalfOfToken(
  { options, requestToken }: FlowContext,
  { subject, scope, parameters, signal }: OnBehalfOfRequest,
): Promise<IssuedTokenSet> {
  assertSubject(subject);
  assertFlowScopes('onBehalfOf', scope, options);
  const { persona, kind, value } = subject;
  const endpoint = options.endpoints.onBehalfOf[persona];
  return requestToken({
    tokenUrl: requireConfigured(endpoint.tokenUrl, `endpoints.onBehalfOf.${persona}.tokenUrl`),
    client: requireConfidentialClient(options.clients.onBehalfOf, 'clients.onBehalfOf'),
    parameters: { ...parameters, grant_type: 'password', [`subject_${kind}`]: value },
    scope,
    scopePrefix: options.scopePrefix.onBehalfOf,
    signal,
  });
}
