export {
  type Actor,
  type ApiClient,
  type AuthRequirement,
  type CustomerSubject,
  createEgainAuth,
  customer,
  EgainApiError,
  type EgainAuth,
  EgainAuthError,
  type EgainAuthErrorCode,
  type EgainAuthOptions,
  type EgainIdentity,
  type EgainSession,
  isEgainAuthError,
  optionsFromEnv,
  type RequestContext,
  type Subject,
  type TokenSet,
  type UserSubject,
  user,
} from '@egain-auth/core';
export { type ErrorHandlerOptions, egainErrorHandler } from './error-handler.ts';
export { egainAuth, type OnBehalfOfOptions, onBehalfOf, requiresAuth } from './middleware.ts';
