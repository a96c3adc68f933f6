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
 * The error for a caller who is not signed in. Its remedy is the one for its cause (F79). It is expected if a guard refused a
 * request without a session, or with one that is over: then the application works as intended.
 */
export function loginRequired({ request, isGuarded, reason, loginUrl }: MissingLogin): EgainAuthError {
  return new EgainAuthError('login_required', `the caller is not signed in (${reason ?? 'session ended'})`, {
    remedy: isGuarded ? remedyOf(request, reason) : UNGUARDED,
    expected: isGuarded && (ENDED.includes(reason) || ABSENT.includes(reason)),
    ...(loginUrl !== undefined && { loginUrl }),
  });
}

const UNGUARDED = 'Guard this handler with requiresAuth(), or act on behalf of a named person with onBehalfOf().';

/** Why a browser brings a session that cannot be used any more. */
const ENDED: readonly (SignedOutReason | undefined)[] = ['idle', 'expired', 'token_expired', 'signed_out', undefined];

/** Why a request has no session, although everything works. The store may have lost one (`unknown`), or it was ended. */
const ABSENT: readonly (SignedOutReason | undefined)[] = ['no_cookie', 'unknown'];

/** Why a session that a browser has cannot be read: a fault that signs people out, so it must be heard. */
const FAULTS: Readonly<Partial<Record<SignedOutReason, string>>> = {
  unreadable:
    'The session was sealed with another secret, or changed. Give all processes the same session.secret and baseUrl; to rotate a secret, list the new one and the old one.',
  other_configuration:
    'The session belongs to another tenant, client application or API. Give each application a session.cookieName of its own, and all processes of one application the same options.',
  duplicate_cookie:
    'The browser sent two cookies with this name. Look for another application, on this host or a parent domain, that sets one.',
  incomplete_cookie:
    'A part of the session cookie is missing. Look for a proxy or a browser that limits the size or number of cookies, or set session.store.',
};

/** The way in which the request was sent decides first: signing in cannot work there, whatever the session says. */
function remedyOf(request: HttpRequest, reason: SignedOutReason | undefined): string {
  if (isSpeculative(request)) {
    return 'Nothing to fix: the browser prefetched this page, and asks again when the person opens it.';
  }
  if (isFramed(request)) {
    return 'Open this page outside of the frame, for example by a link with target="_top": nobody can sign in inside a frame.';
  }
  const fault = reason && FAULTS[reason];
  if (fault) return fault;
  if (ENDED.includes(reason)) {
    return 'Nothing to fix: the session is over. Send the person to sign in again, for example by location.assign(loginUrl).';
  }
  if (isNavigation(request)) {
    return "Leave out unauthenticated: 'json' on this guard, so that a browser that opens the page is sent to sign in.";
  }
  return 'Nothing to fix on the server: a script or program called without a session. Send the browser to sign in: location.assign(loginUrl).';
}
