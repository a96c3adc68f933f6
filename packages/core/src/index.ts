// biome-ignore-all assist/source/organizeImports: two labelled blocks

// For applications
export type { Actor, ActorType, OperationActorOf, ScopeOf } from './actor.ts';
export { type LoadMetadataOptions, loadMetadata } from './configuration/load-metadata.ts';
export { optionsFromEnv } from './configuration/options-from-env.ts';
export { createEgainAuth } from './create-egain-auth.ts';
export type { EgainAuth } from './egain-auth.ts';
export {
  type ApiErrorDetails,
  type ConfigurationProblem,
  type ConfigurationProblemCode,
  EgainApiError,
  EgainAuthError,
  type EgainAuthErrorCode,
  type EgainAuthErrorOptions,
  isEgainAuthError,
} from './errors.ts';
export type {
  HttpEvent,
  ImpersonationEvent,
  SessionEvent,
  SignedOutReason,
  TokenEvent,
  WarningEvent,
} from './events.ts';
export type {
  ClientOptions,
  EgainAuthOptions,
  EgainMetadata,
  EndpointOptions,
  FlowName,
  LoginEndpointOptions,
  LoginOptions,
  LogoutOptions,
  ScopePrefixes,
  Secret,
  StartLoginOptions,
  SubjectContext,
} from './options.ts';
export type {
  ActorApiClient,
  ApiClient,
  ApiMethod,
  ApiRequestOptions,
  ApiResponse,
} from './outbound/api-client.ts';
export { path } from './outbound/api-path.ts';
export type { LedgerEntry } from './outbound/ledger.ts';
export type { AuthRequirement, RequestContext, TokenOptions } from './outbound/request-context.ts';
export type { OperationActor } from './operations/operation.ts';
export type { CheckedPath } from './operations/operation-types.ts';
export type { ApiUse, ClientApplication } from './permissions.ts';
export type { Persona } from './protocol/endpoints.ts';
export { parseMetadata } from './protocol/metadata.ts';
export type { TokenSet } from './protocol/token-set.ts';
export {
  type Access,
  type ApplicationScope,
  type ClientScope,
  type DelegatedScope,
  type EgainResources,
  type OnBehalfOfScope,
  type Resource,
  type Scope,
  scope,
  type UncheckedScope,
} from './scope.ts';
export { createMemorySessionStore, type MemorySessionStoreOptions } from './session/memory-session-store.ts';
export type { EgainIdentity, EgainSession } from './session/session.ts';
export type { SessionStore, SessionStoreSetOptions } from './session/session-store.ts';
export { type CustomerSubject, customer, type Subject, type UserSubject, user } from './subject.ts';
export { createMemoryTokenStore, type MemoryTokenStoreOptions } from './tokens/memory-token-store.ts';
export type { TokenStore, TokenStoreLockOptions, TokenStoreSetOptions } from './tokens/token-store.ts';

// For adapter authors
export { onAbort } from './abort.ts';
export { checkRequirement } from './configuration/auth-requirement.ts';
export { isEgainAuth } from './egain-auth.ts';
export { assertCalled } from './http/assert-called.ts';
export { errorResponse } from './http/error-response.ts';
export type { HttpReply, HttpRequest, HttpResponse } from './http/exchange.ts';
export { nodeReply, writeResponse } from './http/node.ts';
export { setOwnCookies } from './http/own-cookies.ts';
export { mergeVary } from './http/vary.ts';
export type { AdapterContext } from './outbound/request-context.ts';
