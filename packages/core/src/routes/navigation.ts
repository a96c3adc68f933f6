import { EgainAuthError } from '../errors.ts';
import { type HttpRequest, headerOf, isFramed } from '../http/exchange.ts';

/**
 * Signing in is something that a person sees. A script that calls one of its routes could not follow it to eGain anyway,
 * another site's frame must not start a session behind somebody's back (T049), and a page that a browser loads ahead must
 * not spend the code that the person is about to use (T016). What does not say what it is for passes: it is no browser.
 * @throws {EgainAuthError} `navigation_required`
 */
export function assertNavigation(request: HttpRequest): void {
  // Browsers say both; Node's own fetch says `cors` alone, and is somebody's test.
  const isScript =
    headerOf(request, 'sec-fetch-dest') !== undefined && headerOf(request, 'sec-fetch-mode') !== 'navigate';
  const purpose = headerOf(request, 'sec-purpose') ?? headerOf(request, 'purpose') ?? '';
  if (!isScript && !isFramed(request) && !purpose.startsWith('prefetch')) return;
  throw new EgainAuthError('navigation_required', 'a sign-in was asked for by a script, a frame or a prefetch', {
    remedy: 'Send the whole page there: a link, a redirect, or `location.assign(loginUrl)`.',
  });
}
