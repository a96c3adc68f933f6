import { publishWarning, type SilencedWarnings } from '../events.ts';
import type { ResolvedLogin } from '../resolved-options.ts';

/**
 * Warns once if a path of ours arrives with more or less of the path of `baseUrl` than configured, because a proxy strips
 * it, or does not. Such a request is not ours, and a sign-in would end in a 404 without an explanation (F81). The route may
 * also belong to another instance or to the application, so the warning says only what to do if nothing answers it.
 * @returns takes the path of each request that is not ours
 */
export function createPrefixWarning(
  { routes, baseUrl, strippedPrefix }: ResolvedLogin,
  silenced: SilencedWarnings,
): (path: string) => undefined {
  const expected = (path: string) => path.slice(strippedPrefix.length);
  const paths = Object.values(routes);
  const ours = new Set(paths.map(expected));
  /** Maps each path that a proxy makes of one of ours, by removing segments of the mount path, to the path that should arrive. */
  const misplaced = new Map<string, string>();
  const segments = baseUrl.pathname.split('/').filter((segment) => segment !== '');
  for (let removed = 0; removed <= segments.length; removed += 1) {
    const prefix = segments.slice(0, removed).map((segment) => `/${segment}`);
    for (const path of paths) misplaced.set(path.slice(prefix.join('').length), expected(path));
  }
  for (const path of ours) misplaced.delete(path);

  return (path) => {
    const should = misplaced.get(path);
    if (should === undefined) return;
    misplaced.clear();
    const message =
      `A request for "${path}" arrived. With this "baseUrl" this instance answers "${should}", so it left the request for ` +
      `"${path}" to the application. If nothing else answers it, set "strippedPrefix" to the part of the path that a proxy ` +
      'in front removes, or leave "strippedPrefix" out if no proxy removes any.';
    publishWarning({ code: 'base_path_missing', message }, silenced);
  };
}
