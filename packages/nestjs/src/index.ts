export {
  type Actor,
  type ApiClient,
  type ApplicationScope,
  type AuthRequirement,
  type CustomerSubject,
  createEgainAuth,
  customer,
  type DelegatedScope,
  EgainApiError,
  type EgainAuth,
  EgainAuthError,
  type EgainAuthErrorCode,
  type EgainAuthOptions,
  type EgainIdentity,
  type EgainSession,
  isEgainAuthError,
  loadMetadata,
  type OnBehalfOfScope,
  optionsFromEnv,
  parseMetadata,
  path,
  type RequestContext,
  type Scope,
  type ScopeOf,
  type Subject,
  scope,
  type TokenSet,
  type UserSubject,
  user,
} from '@egain-auth/core';
export {
  EgainApi,
  type EgainApiOptions,
  EgainContext,
  Identity,
  OnBehalfOf,
  Public,
  RequiresAuth,
} from './egain-auth.decorators.ts';
export { EgainAuthExceptionFilter, type ErrorDetails } from './egain-auth.filter.ts';
export { EgainAuthGuard, type RequiresAuthOptions } from './egain-auth.guard.ts';
export { EgainAuthModule, type EgainAuthModuleExtras, type EgainAuthOptionsFactory } from './egain-auth.module.ts';
export { EGAIN_AUTH, getEgainAuthToken, getEgainHttpServiceToken } from './egain-auth.tokens.ts';
export { EgainHttpService } from './egain-http.service.ts';
export type { OnBehalfOfOptions } from './on-behalf-of.interceptor.ts';
