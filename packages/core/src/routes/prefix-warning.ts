import { publishWarning, type SilencedWarnings } from '../events.ts';
import type { ResolvedLogin } from '../resolved-options.ts';

/**
 * Warns once if a path of ours arrives with more or less of the path of `baseUrl` than configured, because a proxy strips
 * it, or does not. Such a request is not ours, and a sign-in would end in a 404 that nobody could explain (F81).
 * @returns takes the path of each request that is not ours
 */
export function createPrefixWarning(
  { routes, baseUrl, strippedPrefix }: ResolvedLogin,
  silenced: SilencedWarnings,
): (path: string) => undefined {
  const expected = (path: string) => path.slice(strippedPrefix.length);
  const paths = Object.values(routes);
  const ours = new Set(paths.map(expected));
  /** What ours look like once any number of segments of the mount path was removed; by what should have arrived. */
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
    const message = `A request for "${path}" arrived, but with this "baseUrl" it should be "${should}", so it was not answered. If a proxy in front removes a part of the path, set "strippedPrefix" to that part; if it does not, leave "strippedPrefix" out.`;
    publishWarning({ code: 'base_path_missing', message }, silenced);
  };
}
