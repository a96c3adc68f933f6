// A hook of Node's loader: which major of a framework the imports of a process mean. Applications are written once.
import { createRequire, type InitializeHook, type ResolveHook } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { FrameworkImports } from './hosts.ts';

const require = createRequire(import.meta.url);
let imports: FrameworkImports;

export const initialize: InitializeHook<FrameworkImports> = (given) => {
  imports = given;
};

export const resolve: ResolveHook = (specifier, context, next) => {
  const { prefix, name, from } = imports;
  const isTheirs = prefix.endsWith('/') ? specifier.startsWith(prefix) : specifier === prefix;
  if (!isTheirs) return next(specifier, context);
  const parentURL = from ? pathToFileURL(require.resolve(`${from}/package.json`)).href : import.meta.url;
  return next(name ?? specifier, { ...context, parentURL });
};
