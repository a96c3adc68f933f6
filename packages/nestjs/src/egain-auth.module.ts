import { createEgainAuth, type EgainAuth, type EgainAuthOptions, isEgainAuth, optionsFromEnv } from '@egain-auth/core';
import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Inject,
  Module,
  type NestModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { EgainAuthExceptionFilter } from './egain-auth.filter.ts';
import { EgainAuthGuard } from './egain-auth.guard.ts';
import { useEgainAuth } from './egain-auth.middleware.ts';
import {
  DEFAULT_NAME,
  getEgainAuthToken,
  getEgainHttpServiceToken,
  OWN_EGAIN_AUTH,
  OWN_NAME,
} from './egain-auth.tokens.ts';
import { EgainHttpService } from './egain-http.service.ts';
import { assertFieldResolversAreGuarded } from './field-resolvers.ts';
import { assertHandlersAreDecided } from './undecided-handlers.ts';

/** What stands beside the options, in `forRoot` and `forRootAsync`. */
export interface EgainAuthModuleExtras {
  /** Whether every module can inject what this one exports without importing it. @default false */
  isGlobal?: boolean;
  /** `global`: every handler of the application is closed, but for `@Public()`. @default none */
  guard?: 'global' | undefined;
  /** Whether {@link EgainAuthExceptionFilter} answers the errors of this suite in all of the application. @default true */
  filter?: boolean;
  /** Tells several instances apart: `getEgainAuthToken(name)`, `@RequiresAuth({ name })`, `@EgainApi(name)`. @default none */
  name?: string | undefined;
}

/** What a class of `forRootAsync({ useClass })` or `useExisting` implements. */
export interface EgainAuthOptionsFactory {
  createEgainAuthOptions(): EgainAuthOptions | EgainAuth | Promise<EgainAuthOptions | EgainAuth>;
}

const EXTRAS: Required<EgainAuthModuleExtras> = { isGlobal: false, guard: undefined, filter: true, name: undefined };

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<EgainAuthOptions | EgainAuth>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createEgainAuthOptions')
  .setExtras(EXTRAS, describeModule)
  .build();

/** What `forRoot()` is called with: not even an empty object. */
const NOTHING: EgainAuthModuleExtras = {};

/** Those that were made here are closed here; one that was handed over is its owner's. */
const made = new WeakSet<EgainAuth>();

/**
 * Answers the login, callback, logout and session routes of the whole server, and exports the {@link EgainAuth} and an
 * {@link EgainHttpService}. `forRootAsync` takes a factory of options, or of an `EgainAuth` to share.
 */
@Module({ providers: [OWN_EGAIN_AUTH, OWN_NAME].map((provide) => ({ provide, useFactory: importedUncalled })) })
export class EgainAuthModule extends ConfigurableModuleClass implements NestModule, OnApplicationShutdown {
  readonly #egain: EgainAuth;
  readonly #name: string;
  readonly #adapterHost: HttpAdapterHost;
  readonly #modules: ModulesContainer;

  constructor(
    @Inject(OWN_EGAIN_AUTH) egain: EgainAuth,
    @Inject(OWN_NAME) name: string,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    super();
    this.#egain = egain;
    this.#name = name;
    this.#adapterHost = adapterHost;
    this.#modules = modules;
  }

  /**
   * @param given options and extras; without options, that is without argument or with extras alone, the `EGAIN_*`
   *   variables are read when the application starts
   * @throws {TypeError} for a configuration that went missing
   */
  static override forRoot(
    ...given: [options?: (EgainAuthOptions & EgainAuthModuleExtras) | EgainAuthModuleExtras]
  ): DynamicModule {
    const options = given.length === 0 ? NOTHING : given[0];
    if (typeof options !== 'object' || options === null || isEgainAuth(options)) {
      throw new TypeError(
        'EgainAuthModule.forRoot() takes options, or nothing to read the environment; for an EgainAuth there is forRootAsync({ useFactory: () => egain })',
      );
    }
    const names = Object.keys(options);
    if (options === NOTHING || (names.length > 0 && names.every((name) => Object.hasOwn(EXTRAS, name)))) {
      // biome-ignore lint/complexity/noThisInStatic: the builder makes a module of `this`
      return super.forRootAsync({ ...(options as EgainAuthModuleExtras), useFactory: () => optionsFromEnv() });
    }
    // biome-ignore lint/complexity/noThisInStatic: as above
    return super.forRoot(options as EgainAuthOptions & EgainAuthModuleExtras);
  }

  /**
   * Nest calls it after the application's own `app.use()` and in front of all middleware of modules.
   * @throws {TypeError} for a name that is taken, for field resolvers of GraphQL whose guards would not run, and for
   *   handlers with `@OnBehalfOf` that do not say who may call them
   */
  configure(): void {
    assertFieldResolversAreGuarded(this.#modules);
    assertHandlersAreDecided(this.#modules);
    useEgainAuth(this.#adapterHost.httpAdapter, this.#egain, this.#name);
  }

  /** After the server has answered what it was asked: those requests may still need a token. */
  async onApplicationShutdown(): Promise<void> {
    if (made.has(this.#egain)) await this.#egain.close();
  }
}

function describeModule(
  definition: DynamicModule,
  { isGlobal = false, guard, filter, name = DEFAULT_NAME }: EgainAuthModuleExtras,
): DynamicModule {
  // A misspelt guard must not leave everything open.
  if (guard !== undefined && guard !== 'global') throw new TypeError("EgainAuthModule: guard can be 'global' only");
  const egain = getEgainAuthToken(name);
  const http = name === DEFAULT_NAME ? EgainHttpService : getEgainHttpServiceToken(name);
  return {
    ...definition,
    global: isGlobal,
    providers: [
      ...(definition.providers ?? []),
      { provide: egain, useFactory: provideEgainAuth, inject: [MODULE_OPTIONS_TOKEN] },
      { provide: http, useFactory: (own: EgainAuth) => new EgainHttpService(own, name), inject: [egain] },
      { provide: OWN_EGAIN_AUTH, useExisting: egain },
      { provide: OWN_NAME, useValue: name },
      // An alias, because a test can override the provider of a class but not one of APP_GUARD.
      ...(guard ? [EgainAuthGuard, { provide: APP_GUARD, useExisting: EgainAuthGuard }] : []),
      ...(filter ? [{ provide: APP_FILTER, useClass: EgainAuthExceptionFilter }] : []),
    ],
    exports: [egain, http],
  };
}

/** What `forRoot` provides takes its place. Nest would only say that it cannot resolve `Symbol(egain-auth:own)` (F76). */
function importedUncalled(): never {
  throw new TypeError(
    'EgainAuthModule was imported without calling forRoot(). Call it once: imports: [EgainAuthModule.forRoot({ isGlobal: true })]. Other modules then need no import',
  );
}

function provideEgainAuth(configuration: EgainAuthOptions | EgainAuth): EgainAuth {
  if (isEgainAuth(configuration)) return configuration;
  const egain = createEgainAuth(configuration);
  made.add(egain);
  return egain;
}
