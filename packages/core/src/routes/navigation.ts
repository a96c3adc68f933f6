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
  const cause = causes.find(({ applies }) => applies(request));
  if (cause) throw new EgainAuthError('navigation_required', cause.problem, { remedy: cause.remedy });
}

/** One remedy for each cause (F79). A prefetch looks like a script too, and a frame can be prefetched. */
const causes: readonly { applies: (request: HttpRequest) => boolean; problem: string; remedy: string }[] = [
  {
    applies: isSpeculative,
    problem: 'a prefetch asked for a sign-in',
    remedy: 'Exclude the login and callback routes from what your pages or service worker load ahead.',
  },
  {
    applies: isFramed,
    problem: 'a frame asked for a sign-in',
    remedy:
      'Open the sign-in outside of the frame: a link with target="_top", or `window.top.location.assign(loginUrl)`.',
  },
  {
    // Browsers send both headers. Node's own fetch sends the mode `cors` alone, and passes: it runs in a test, not in a page.
    applies: (request) =>
      headerOf(request, 'sec-fetch-dest') !== undefined && headerOf(request, 'sec-fetch-mode') !== 'navigate',
    problem: 'a script asked for a sign-in',
    remedy: 'Send the whole page there: a link, a redirect, or `location.assign(loginUrl)`.',
  },
];
