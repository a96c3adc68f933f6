import { dirname, join } from 'node:path/posix';
import { importsOf, type SourceFile } from './sources.ts';

/** Packages that each package may import of this repository. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  express: ['@egain-auth/core'],
  koa: ['@egain-auth/core'],
  nestjs: ['@egain-auth/core'],
  testing: ['@egain-auth/core'],
};

/** The folders of core, from the ground up: each may import those below it, none beside it or above. */
const LAYERS: readonly (readonly string[])[] = [
  ['operations'],
  ['abort', 'deadline', 'errors', 'events', 'expiring-map', 'json', 'scope', 'seal', 'sha256', 'subject'],
  ['http'],
  ['protocol'],
  ['flows', 'tokens'],
  ['session'],
  ['routes', 'outbound'],
  ['configuration', 'issuer', 'permissions'],
  ['egain-auth'],
  ['create-egain-auth'],
  // The entry points: neither loads the other.
  ['index', 'opentelemetry'],
];

/** Optional peers, and the only folder of core that may import each: who does without must not meet it. */
const OPTIONAL_PEERS: Readonly<Record<string, string>> = { '@opentelemetry/api': 'opentelemetry' };

/** Files of types alone, which describe the whole: everybody may name them, and they everybody. */
const VOCABULARY = ['actor', 'options', 'resolved-options'];

/** Where a file may not import what it does. */
export function boundaryViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    importsOf(file.text)
      .filter((specifier) => !isAllowed(file, specifier))
      .map((specifier) => `${file.path} imports ${specifier}`),
  );
}

function isAllowed({ path, text }: SourceFile, specifier: string): boolean {
  const [, name = '', inside = ''] = /^packages\/([^/]+)\/src\/(.*)$/.exec(path) ?? [];
  if (!specifier.startsWith('.')) {
    const owner = OPTIONAL_PEERS[specifier];
    if (owner !== undefined) return name === 'core' && moduleOf(inside) === owner;
    const [scope = '', second = ''] = specifier.split('/');
    return scope !== '@egain-auth' || (PACKAGES[name]?.includes(`${scope}/${second}`) ?? false);
  }
  const target = join(dirname(inside), specifier);
  if (target.startsWith('..')) return false;
  return name !== 'core' || isDownwards(inside, target, text);
}

function isDownwards(from: string, to: string, text: string): boolean {
  const [source, target] = [moduleOf(from), moduleOf(to)];
  if (VOCABULARY.includes(source)) return !/^import (?!type\b)/m.test(text);
  if (VOCABULARY.includes(target)) return true;
  if (from.includes('/') && source === target) return source !== 'flows' || to.endsWith('/flow-context.ts');
  const [sourceLayer, targetLayer] = [layerOf(source), layerOf(target)];
  // The files at the root of a layer are one folder: they may name each other.
  return targetLayer < sourceLayer || (targetLayer === sourceLayer && !from.includes('/') && !to.includes('/'));
}

const moduleOf = (path: string): string => (path.split('/')[0] ?? '').replace(/\.ts$/, '');

function layerOf(module: string): number {
  const layer = LAYERS.findIndex((modules) => modules.includes(module));
  if (layer < 0) throw new Error(`${module} belongs to no layer: add it to LAYERS`);
  return layer;
}
