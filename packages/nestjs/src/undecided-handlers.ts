import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer, Reflector } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { ACCESS, DECIDE, EgainAuthGuard, ON_BEHALF_OF } from './egain-auth.guard.ts';

// Names of Nest's own metadata: `@UseGuards`, and what makes a method a handler of HTTP, GraphQL, WebSockets or RPC.
const GUARDS = '__guards__';
const HANDLERS = [
  'method',
  'graphql:resolver_type',
  'graphql:resolve_property',
  'websockets:message_mapping',
  'microservices:pattern',
];

const scanner = new MetadataScanner();
const reflector = new Reflector();

/**
 * `@OnBehalfOf` says for whom a handler acts, not who may call it. If {@link EgainAuthGuard} runs in front of such a handler,
 * `@Public()` or `@RequiresAuth()` must say so: the guard would refuse every request (T106).
 * @throws {TypeError} that names the handler and both decorators
 */
export function assertHandlersAreDecided(modules: ModulesContainer): void {
  const all = [...modules.values()];
  const providers = all.flatMap((module) => [...module.providers.values()]);
  const isGlobal = [...providers, ...all.flatMap((module) => [...module.injectables.values()])].some(isOurGlobalGuard);
  for (const { instance, metatype } of [...providers, ...all.flatMap((module) => [...module.controllers.values()])]) {
    const type = classOf(instance, metatype);
    if (type) assertIsDecided(type, isGlobal);
  }
}

function assertIsDecided(type: Type, isGlobal: boolean): void {
  const prototype: Record<string, () => unknown> = type.prototype;
  for (const name of scanner.getAllMethodNames(prototype)) {
    const handler = prototype[name];
    if (!handler || !isHandler(handler)) continue;
    const targets = [handler, type];
    const isGuarded = isGlobal || reflector.getAll<unknown[]>(GUARDS, targets).flat().some(isOurs);
    if (!isGuarded || !reflector.getAllAndOverride<unknown>(ON_BEHALF_OF, targets)) continue;
    if (reflector.getAllAndOverride<unknown>(ACCESS, targets)) continue;
    throw new TypeError(
      `${type.name}.${name} has @OnBehalfOf, and EgainAuthGuard does not know who may call it. ${DECIDE}`,
    );
  }
}

const isHandler = (method: () => unknown): boolean =>
  [ON_BEHALF_OF, ...HANDLERS].some((key) => reflector.get<unknown>(key, method) !== undefined);

/**
 * Whether a module provides {@link EgainAuthGuard} as `APP_GUARD`, or a guard that injects it. A guard that is merely provided
 * runs in front of no handler. Nest keeps global guards among the providers, or among the injectables if they are made for
 * each request, and gives them a name for a token. The injectables of `@UseGuards` have their class for a token.
 */
function isOurGlobalGuard(wrapper: InstanceWrapper): boolean {
  if (wrapper.subtype !== 'guard' || typeof wrapper.token !== 'string') return false;
  const properties = wrapper.getPropertiesMetadata() ?? [];
  const injected = [...(wrapper.getCtorMetadata() ?? []), ...properties.map((property) => property.wrapper)];
  return [wrapper, ...injected].some((made) => isOurs(made?.instance) || isOurs(made?.metatype));
}

/** A guard is given as its class or as an instance. */
const isOurs = (guard: unknown): boolean =>
  guard === EgainAuthGuard ||
  guard instanceof EgainAuthGuard ||
  (typeof guard === 'function' && guard.prototype instanceof EgainAuthGuard);

/** A provider that a factory made, or that was given as a value, has no class but that of its instance. */
function classOf(instance: unknown, metatype: unknown): Type | undefined {
  const isClass = typeof metatype === 'function' && metatype.prototype !== undefined;
  const type = isClass ? metatype : (instance as object | null | undefined)?.constructor;
  return typeof type === 'function' && type !== Object && type.prototype ? (type as Type) : undefined;
}
