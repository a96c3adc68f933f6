import { EgainAuthError } from '../errors.ts';
import { type HttpRequest, headerOf, isFramed, isSpeculative } from '../http/exchange.ts';

/**
 * A person sees the sign-in, so the login and callback routes refuse three kinds of requests. A script could not follow the
 * redirect to eGain. A frame of another site could start a session without the person's notice (T049). A speculative
 * request would spend the code that the person is about to use (T016). A request without these headers passes, because it
 * does not come from a browser.
 * @throws {EgainAuthError} `navigation_required`
 */
export function assertNavigation(request: HttpRequest): void {
  // Browsers say both; Node's own fetch says `cors` alone, and is somebody's test.
  const isScript =
    headerOf(request, 'sec-fetch-dest') !== undefined && headerOf(request, 'sec-fetch-mode') !== 'navigate';
  if (!isScript && !isFramed(request) && !isSpeculative(request)) return;
  throw new EgainAuthError('navigation_required', 'a sign-in was asked for by a script, a frame or a prefetch', {
    remedy: 'Send the whole page there: a link, a redirect, or `location.assign(loginUrl)`.',
  });
}
