import type { EgainAuth } from '@egain-auth/core';
import type { InjectionToken } from '@nestjs/common';

export const DEFAULT_NAME = 'default';

/** Injects the {@link EgainAuth} of the module without a name: `@Inject(EGAIN_AUTH) egain: EgainAuth`. */
export const EGAIN_AUTH: InjectionToken<EgainAuth> = getEgainAuthToken();

/** The token of the {@link EgainAuth} that `EgainAuthModule.forRoot({ name })` made. */
export function getEgainAuthToken(name = DEFAULT_NAME): InjectionToken<EgainAuth> {
  return `egain-auth:${name}`;
}

/** The token of the `EgainHttpService` of a module with a name; without one it is the class itself. */
export function getEgainHttpServiceToken(name: string): InjectionToken {
  return `egain-auth:${name}:http`;
}

/** What only one module sees: its own instance, and the name of it. */
export const OWN_EGAIN_AUTH = Symbol('egain-auth:own');
export const OWN_NAME = Symbol('egain-auth:own-name');
