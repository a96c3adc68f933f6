// For applications
export type { Actor, ActorType } from './actor.ts';
// For adapter authors
export { createEgainAuth, type EgainAuth, isEgainAuth } from './egain-auth.ts';
export { EgainApiError, EgainAuthError, type EgainAuthErrorCode, isEgainAuthError } from './errors.ts';
export type { WarningEvent } from './events.ts';
export { errorResponse } from './http/error-response.ts';
export type { HttpReply, HttpRequest, HttpResponse } from './http/exchange.ts';
export { nodeReply, writeResponse } from './http/node.ts';
export type {
  ClientOptions,
  EgainAuthOptions,
  FlowName,
  LoginOptions,
  LogoutOptions,
  Secret,
  StartLoginOptions,
  SubjectContext,
} from './options.ts';
export { optionsFromEnv } from './options-from-env.ts';
export type { ApiClient, ApiMethod, ApiRequestOptions } from './outbound/api-client.ts';
export type { AdapterContext, AuthRequirement, RequestContext, TokenOptions } from './outbound/request-context.ts';
export type { Persona } from './protocol/endpoints.ts';
export type { TokenSet } from './protocol/token-set.ts';
export type { EgainIdentity, EgainSession } from './session/session.ts';
export { type CustomerSubject, customer, type Subject, type UserSubject, user } from './subject.ts';
