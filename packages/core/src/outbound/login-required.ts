import { EgainAuthError } from '../errors.ts';
import type { SignedOutReason } from '../events.ts';
import { type HttpRequest, isFramed, isNavigation, isSpeculative } from '../http/exchange.ts';

export interface MissingLogin {
  readonly request: HttpRequest;
  /** Whether a guard ran in front of the handler. */
  readonly isGuarded: boolean;
  readonly reason: SignedOutReason | undefined;
  /** Where the browser can sign in. */
  readonly loginUrl: string | undefined;
}

/**
 * The error for a caller who is not signed in. Its remedy is the one for its cause (F79). If a guard refused the request, the
 * application works as intended, so the error is expected.
 */
export function loginRequired({ request, isGuarded, reason, loginUrl }: MissingLogin): EgainAuthError {
  return new EgainAuthError('login_required', `nobody is signed in (${reason ?? 'session ended'})`, {
    remedy: isGuarded ? remedyOf(request, reason) : UNGUARDED,
    expected: isGuarded,
    ...(loginUrl !== undefined && { loginUrl }),
  });
}

const UNGUARDED = 'Guard this handler with requiresAuth(), or act on behalf of a named person with onBehalfOf().';

/** Why a browser brings a session that cannot be used any more. */
const ENDED: readonly (SignedOutReason | undefined)[] = ['idle', 'expired', 'token_expired', 'signed_out', undefined];

/** The way in which the request was sent decides first: signing in cannot work there, whatever the session says. */
function remedyOf(request: HttpRequest, reason: SignedOutReason | undefined): string {
  if (isSpeculative(request)) {
    return 'Nothing to fix: the browser prefetched this page, and asks again when the person opens it.';
  }
  if (isFramed(request)) {
    return 'Open this page outside of the frame, for example by a link with target="_top": nobody can sign in inside a frame.';
  }
  if (ENDED.includes(reason)) {
    return 'Nothing to fix: the session is over. Send the person to sign in again, for example by location.assign(loginUrl).';
  }
  if (isNavigation(request)) {
    return "Leave out unauthenticated: 'json' on this guard, so that a browser that opens the page is sent to sign in.";
  }
  return 'Nothing to fix on the server: a script or program called without a session. Send the browser to sign in: location.assign(loginUrl).';
}
