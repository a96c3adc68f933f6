import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer, Reflector } from '@nestjs/core';
import { ACCESS, ON_BEHALF_OF } from './egain-auth.guard.ts';

// Names of @nestjs/graphql, which is no dependency.
const FIELD_RESOLVER = 'graphql:resolve_property';
const GRAPHQL_OPTIONS = 'GqlModuleOptions';

interface GraphqlOptions {
  readonly fieldResolverEnhancers?: readonly string[];
}

/** What GraphQL must run in front of a field resolver, by what is said of it. */
const NEEDED = [
  [ACCESS, 'guards'],
  [ON_BEHALF_OF, 'interceptors'],
] as const;

const scanner = new MetadataScanner();
const reflector = new Reflector();

/**
 * GraphQL runs neither guards nor interceptors of field resolvers unless its options say so: one that `@RequiresAuth` is
 * meant to close would be open (T056).
 * @throws {TypeError}
 */
export function assertFieldResolversAreGuarded(modules: ModulesContainer): void {
  const providers = [...modules.values()].flatMap((module) => [...module.providers.values()]);
  for (const { instance } of providers.filter(({ token }) => token === GRAPHQL_OPTIONS)) {
    const { fieldResolverEnhancers = [] } = instance as GraphqlOptions;
    for (const { metatype } of providers) assertIsGuarded(metatype as Type | null, fieldResolverEnhancers);
  }
}

function assertIsGuarded(provider: Type | null, enhancers: readonly string[]): void {
  const prototype: Record<string, () => unknown> | undefined = provider?.prototype;
  if (!provider || !prototype) return;
  for (const name of scanner.getAllMethodNames(prototype)) {
    const handler = prototype[name];
    if (!handler || !reflector.get<unknown>(FIELD_RESOLVER, handler)) continue;
    for (const [key, enhancer] of NEEDED) {
      const said = reflector.getAllAndOverride<unknown>(key, [handler, provider]) ?? 'public';
      if (said === 'public' || enhancers.includes(enhancer)) continue;
      throw new TypeError(
        `${provider.name}.${name} is a field resolver, and GraphQL does not run its ${enhancer}: set fieldResolverEnhancers: ['guards', 'interceptors', 'filters'] in GraphQLModule.forRoot(), or guard the queries that lead to it`,
      );
    }
  }
}
