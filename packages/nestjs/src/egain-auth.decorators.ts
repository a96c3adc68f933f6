import {
  type ApiClient,
  checkRequirement,
  type EgainIdentity,
  type OperationActor,
  type RequestContext,
  type Subject,
} from '@egain-auth/core';
import {
  applyDecorators,
  type CustomDecorator,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { assertCalled } from './assert-called.ts';
import { requireContext, requireRequest } from './current-request.ts';
import { ACCESS, EgainAuthGuard, ON_BEHALF_OF, type RequiresAuthOptions } from './egain-auth.guard.ts';
import { DEFAULT_NAME } from './egain-auth.tokens.ts';
import { OnBehalfOfInterceptor, type OnBehalfOfOptions, type Representation } from './on-behalf-of.interceptor.ts';

/**
 * Lets a handler, or all of a controller, run only if somebody is signed in as required. Brings {@link EgainAuthGuard}
 * along. What is said of a handler replaces what is said of its controller.
 * @throws {TypeError} when it was written without calling it, or for an option that does not exist or has a wrong value
 */
export function RequiresAuth(...given: [requirement?: RequiresAuthOptions]): ClassDecorator & MethodDecorator {
  assertCalled(given, 'RequiresAuth()');
  const requirement = checkRequirement(given[0], 'RequiresAuth()', ['name']);
  return applyDecorators(SetMetadata(ACCESS, requirement), UseGuards(EgainAuthGuard));
}

/**
 * Opens a handler, or a controller, that a guard of the controller or of the application would close.
 * @throws {TypeError} when it was written without calling it
 */
export function Public(...given: []): CustomDecorator<symbol> {
  assertCalled(given, 'Public()');
  return SetMetadata(ACCESS, 'public');
}

/**
 * Makes the context of the request act for whom `subject` names, after all guards. Take the name from your own verified
 * session: eGain asks for no proof, so whoever can choose the name can be anybody.
 * @param given `subject` returns `user({ username })` or `customer({ email })`; it may throw to refuse
 * @throws {TypeError} when it was written without calling it, or `subject` is not a function
 */
export function OnBehalfOf(
  ...given: [subject: (context: ExecutionContext) => Subject | Promise<Subject>, options?: OnBehalfOfOptions]
): ClassDecorator & MethodDecorator {
  assertCalled(given, 'OnBehalfOf((context) => user({ username }))');
  const [subject, options = {}] = given;
  if (typeof subject !== 'function') {
    throw new TypeError('@OnBehalfOf() takes a function. Write @OnBehalfOf((context) => user({ username }))');
  }
  const representation: Representation = { subject, options };
  return applyDecorators(SetMetadata(ON_BEHALF_OF, representation), UseInterceptors(OnBehalfOfInterceptor));
}

/** eGain as seen from this request. Handlers that call its `login` or `logout` need `@Res()` too, so that Nest does not answer. */
export const EgainContext: (name?: string) => ParameterDecorator = createCalledDecorator(
  'EgainContext()',
  (name: string | undefined, context) => contextOf(context, '@EgainContext', name),
);

export interface EgainApiOptions {
  /** Of the instance. @default the one without a name */
  readonly name?: string;
  /**
   * The first of them who is there, and whom the operation accepts: `['customer', 'anonymous-customer']`.
   * @default whoever signed in, or whom `@OnBehalfOf` names
   */
  readonly actors?: readonly OperationActor[];
}

/** eGain's API as whoever signed in, or whom `@OnBehalfOf` names, or the first of several. */
export const EgainApi: (options?: string | EgainApiOptions) => ParameterDecorator = createCalledDecorator(
  'EgainApi()',
  (options: string | EgainApiOptions = {}, context): ApiClient => {
    const { name, actors }: EgainApiOptions = typeof options === 'string' ? { name: options } : options;
    const egain = contextOf(context, '@EgainApi', name);
    return actors ? egain.apiAs(actors) : egain.api;
  },
);

/** Who signed in with this browser, or `undefined`. */
export const Identity: (name?: string) => ParameterDecorator = createCalledDecorator(
  'Identity()',
  (name: string | undefined, context): EgainIdentity | undefined => contextOf(context, '@Identity', name).identity,
);

/**
 * A decorator of parameters that says so when it was written without calling it. A parameter without decorator would
 * silently be `undefined`, or the request (F76).
 */
function createCalledDecorator<Data>(
  call: string,
  find: (data: Data | undefined, context: ExecutionContext) => unknown,
): (data?: Data) => ParameterDecorator {
  const decorate = createParamDecorator(find);
  return (...given: [data?: Data]) => {
    assertCalled(given, call);
    return decorate(...(given as [Data]));
  };
}

const reflector = new Reflector();

function contextOf(context: ExecutionContext, what: string, name = DEFAULT_NAME): RequestContext {
  const current = requireRequest(context, what);
  const representation = reflector.getAllAndOverride<Representation | undefined>(ON_BEHALF_OF, [
    context.getHandler(),
    context.getClass(),
  ]);
  // Not as whoever signed in instead.
  if (representation && current.represented !== representation.subject) {
    throw new TypeError(`${what}: what runs between @OnBehalfOf and this resolver must keep its AsyncLocalStorage`);
  }
  return requireContext(current, name);
}
