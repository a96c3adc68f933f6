import { EgainAuthError } from '../errors.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { ResolvedSession } from '../resolved-options.ts';
import { createChunkedCookie } from './chunked-cookie.ts';
import type { SessionRecord } from './session.ts';
import type { Exchange, SessionKeeper } from './session-keeper.ts';
import type { SessionSealer } from './session-sealer.ts';

/** Leaves a kilobyte of 8 KiB for logins under way; servers refuse headers above 16 (T034). */
const MAX_BYTES = 7 * 1024;

/** Sessions that are all in the browser, sealed. Nothing is kept here, so nothing can be forgotten. */
export function createSealedSessions(
  { cookieName, secure, absoluteMs }: Pick<ResolvedSession, 'cookieName' | 'secure' | 'absoluteMs'>,
  sealer: SessionSealer,
): SessionKeeper {
  const cookie = createChunkedCookie(cookieName, { secure });

  function cookiesOf(session: SessionRecord, request: HttpRequest): string[] {
    const sealed = sealer.seal(cookieName, session);
    if (sealed.length > MAX_BYTES) throw tooLarge();
    return cookie.write(sealed, session.startedAt + absoluteMs - Date.now(), request);
  }

  function write(session: SessionRecord, { request, reply }: Exchange): void {
    if (reply.headersSent) return;
    for (const value of cookiesOf(session, request)) reply.appendHeader('set-cookie', value);
  }

  return {
    isImmediate: true,

    read(request) {
      const found = cookie.read(request);
      return typeof found === 'string' ? found : sealer.open(cookieName, found.value);
    },

    create: (session, _ticket, request) => cookiesOf(session, request),
    touch: ({ session }, exchange) => write(session, exchange),
    // Whoever spends a refresh token must be able to say what came of it: the old one may be void by then.
    canRenew: ({ reply }) => !reply.headersSent && !reply.ended,
    renew: (_session, _name, refresh) => refresh(),
    renewed: write,
    end() {},
    expire: (request) => cookie.expire(request),
    claim: () => true,
    release() {},
  };
}

function tooLarge(): EgainAuthError {
  return new EgainAuthError('session_too_large', `the session does not fit into ${MAX_BYTES} bytes of cookies`, {
    remedy: 'Set session.store, request fewer scopes, or return less from login.resolveIdentity.',
  });
}
