import { createEgainEmulator } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  type ApiClient,
  createEgainAuth,
  EGAIN_AUTH,
  EgainApi,
  type EgainAuth,
  EgainAuthModule,
  type EgainAuthModuleExtras,
  type EgainAuthOptions,
  type EgainAuthOptionsFactory,
  EgainContext,
  EgainHttpService,
  getEgainAuthToken,
  getEgainHttpServiceToken,
  type RequestContext,
  RequiresAuth,
} from '../src/index.ts';
import { type Host, PLATFORMS, person, startHost } from './hosts.ts';

const started: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

const adapterOf = (platform: string) => (platform === 'platform-express' ? new ExpressAdapter() : new FastifyAdapter());
const SCOPE = ['app.knowledge.portalmgr.read'] as const;

/** An application's own configuration, as `ConfigService` of `@nestjs/config` is. */
@Injectable()
class ConfigService {
  static options: EgainAuthOptions;
  get egain(): EgainAuthOptions {
    return ConfigService.options;
  }
}
@Module({ providers: [ConfigService], exports: [ConfigService] })
class ConfigModule {}

@Injectable()
class OptionsFactory implements EgainAuthOptionsFactory {
  readonly #config: ConfigService;
  constructor(@Inject(ConfigService) config: ConfigService) {
    this.#config = config;
  }
  createEgainAuthOptions() {
    return this.#config.egain;
  }
}
@Module({ imports: [ConfigModule], providers: [OptionsFactory], exports: [OptionsFactory] })
class OptionsModule {}

@Controller()
class TokenController {
  readonly #egain: EgainAuth;
  constructor(@Inject(EGAIN_AUTH) egain: EgainAuth) {
    this.#egain = egain;
  }
  @Get('token') async token() {
    return { source: (await this.#egain.clientCredentials({ scope: SCOPE })).source };
  }
}

describe('forRootAsync', () => {
  test.each([
    [
      'useFactory',
      { imports: [ConfigModule], inject: [ConfigService], useFactory: (config: ConfigService) => config.egain },
    ],
    ['useClass', { imports: [ConfigModule], useClass: OptionsFactory }],
    ['useExisting', { imports: [OptionsModule], useExisting: OptionsFactory }],
  ])('README: takes its options from a provider, by %s', async (_name, options) => {
    const emulator = await createEgainEmulator().listen();
    started.push(emulator);
    ConfigService.options = emulator.config();
    const app = await Test.createTestingModule({
      imports: [EgainAuthModule.forRootAsync({ ...options, isGlobal: true })],
      controllers: [TokenController],
    }).compile();
    expect(await app.get(TokenController).token()).toEqual({ source: 'issuer' });
    await app.close();
  });
});

describe('forRoot', () => {
  const environmentOf = ({ clientId, clientSecret, tenantId, domainUrl, apiUrl }: EgainAuthOptions) =>
    Object.entries({
      EGAIN_CLIENT_ID: clientId,
      EGAIN_CLIENT_SECRET: clientSecret,
      EGAIN_TENANT_ID: tenantId,
      EGAIN_DOMAIN_URL: domainUrl,
      EGAIN_API_URL: apiUrl,
    }) as [string, string][];

  test.each([
    ['without argument', () => EgainAuthModule.forRoot()],
    ['with extras alone', () => EgainAuthModule.forRoot({ isGlobal: true, guard: 'global' })],
  ])('README: %s it reads the environment, when the application starts', async (_name, forRoot) => {
    const emulator = await createEgainEmulator().listen();
    started.push(emulator);
    const described = forRoot();
    const environment = environmentOf(emulator.config());
    for (const [name, value] of environment) process.env[name] = value;
    try {
      const app = await Test.createTestingModule({ imports: [described] }).compile();
      const egain = app.get<EgainAuth>(EGAIN_AUTH, { strict: false });
      expect((await egain.clientCredentials({ scope: SCOPE })).source).toBe('issuer');
      await app.close();
    } finally {
      for (const [name] of environment) delete process.env[name];
    }
  });

  test('a lost configuration is not a wish for the environment', () => {
    expect(() => EgainAuthModule.forRoot(undefined)).toThrow(TypeError);
  });

  test('an EgainAuth goes to forRootAsync', async () => {
    await using emulator = await createEgainEmulator().listen();
    const egain = createEgainAuth(emulator.config());
    expect(() => EgainAuthModule.forRoot(egain as unknown as EgainAuthOptions)).toThrow(/useFactory: \(\) => egain/);
    await egain.close();
  });

  test('T056: a misspelt guard does not leave everything open', () => {
    const extras = { guard: 'Global' } as unknown as EgainAuthModuleExtras;
    expect(() => EgainAuthModule.forRoot(extras)).toThrow("guard can be 'global' only");
  });

  test('what is wrong with the options is said at start-up', async () => {
    const module = Test.createTestingModule({ imports: [EgainAuthModule.forRoot({} as EgainAuthOptions)] });
    await expect(module.compile()).rejects.toMatchObject({ code: 'invalid_configuration' });
  });
});

describe.each(PLATFORMS)('%s', (platform) => {
  test('README: overrideProvider(EGAIN_AUTH) puts another one in its place, everywhere', async () => {
    await using emulator = await createEgainEmulator().listen();
    const egain = createEgainAuth(emulator.config());
    const module = await Test.createTestingModule({
      imports: [EgainAuthModule.forRoot({ isGlobal: true })],
      controllers: [TokenController],
    })
      .overrideProvider(EGAIN_AUTH)
      .useValue(egain)
      .compile();
    const app = module.createNestApplication(adapterOf(platform), { logger: false });
    await app.listen(0, 'localhost');
    const answer = await fetch(`${await app.getUrl()}/token`);
    expect(await answer.json()).toEqual({ source: 'issuer' });
    await app.close();
    // Not made by the module, so not closed by it.
    expect((await egain.clientCredentials({ scope: SCOPE })).source).toBe('memory');
    await egain.close();
  });

  test('closes what it made when the application ends, after the requests under way', async () => {
    const emulator = await createEgainEmulator().listen();
    started.push(emulator);
    let arrive: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    @Controller()
    class SlowController extends TokenController {
      @Get('token') override token() {
        arrive();
        return super.token();
      }
    }
    class AppModule {}
    Module({
      imports: [EgainAuthModule.forRoot({ ...emulator.config(), isGlobal: true })],
      controllers: [SlowController],
    })(AppModule);
    const app = await NestFactory.create(AppModule, adapterOf(platform), { logger: false });
    await app.listen(0, 'localhost');
    const egain = app.get<EgainAuth>(EGAIN_AUTH);
    emulator.fail('token', { delayMs: 300 });
    const underWay = fetch(`${await app.getUrl()}/token`, { headers: { connection: 'close' } });
    await arrived;
    const closed = app.close();
    expect((await underWay).status).toBe(200);
    await closed;
    const another = egain.clientCredentials({ scope: SCOPE, forceRenewal: true });
    await expect(another).rejects.toMatchObject({ code: 'instance_closed' });
  });

  test('two of the same name are a mistake', async () => {
    await using emulator = await createEgainEmulator().listen();
    const module = await Test.createTestingModule({
      imports: [EgainAuthModule.forRoot(emulator.config()), EgainAuthModule.forRoot(emulator.config())],
    }).compile();
    const app = module.createNestApplication(adapterOf(platform), { logger: false });
    await expect(app.init()).rejects.toThrow('there are two EgainAuthModules named default');
    await app.close();
  });

  test('leaves open what was handed to it', async () => {
    await using emulator = await createEgainEmulator().listen();
    const egain = createEgainAuth(emulator.config());
    const module = await Test.createTestingModule({
      imports: [EgainAuthModule.forRootAsync({ useFactory: () => egain })],
    }).compile();
    const app = module.createNestApplication(adapterOf(platform), { logger: false });
    await app.init();
    expect(module.get(EGAIN_AUTH)).toBe(egain);
    await app.close();
    expect((await egain.clientCredentials({ scope: SCOPE })).source).toBe('issuer');
    await egain.close();
  });

  test('README: two instances, each with its own routes, session and token', async () => {
    @Controller()
    class BothController {
      readonly #names: string[];
      constructor(
        @Inject(EGAIN_AUTH) desk: EgainAuth,
        @Inject(getEgainAuthToken('shop')) shop: EgainAuth,
        @Inject(EgainHttpService) deskHttp: EgainHttpService,
        @Inject(getEgainHttpServiceToken('shop')) shopHttp: EgainHttpService,
      ) {
        this.#names = [desk === shop ? 'one' : 'two', deskHttp === shopHttp ? 'one' : 'two'];
      }
      @Get() home(@EgainContext() desk: RequestContext, @EgainContext('shop') shop: RequestContext) {
        return { names: this.#names, desk: desk.isAuthenticated, shop: shop.isAuthenticated };
      }
      @Get('desk') @RequiresAuth({ as: 'user' }) desk() {
        return {};
      }
      @Get('shop') @RequiresAuth({ as: 'customer', name: 'shop' }) async shop(@EgainApi('shop') api: ApiClient) {
        await api.get('/knowledge/portalmgr/v4/PROD-1000/search', { query: { q: 'card' } });
        return {};
      }
    }
    const host: Host = await startHost({
      platform,
      imports: (options, emulator) => [
        EgainAuthModule.forRoot(options),
        EgainAuthModule.forRootAsync({
          name: 'shop',
          useFactory: () => ({
            ...emulator.config({ baseUrl: `${options.baseUrl}/shop` }),
            session: { ...options.session, cookieName: 'shop_session' },
          }),
        }),
      ],
      controllers: [BothController],
    });
    started.push(host);
    const { browser, baseUrl, emulator } = host;
    const home = async () => JSON.parse((await browser.fetch(baseUrl)).text);
    await browser.open(`${baseUrl}/shop`);
    const landed = await browser.signIn(person(host, 'customer'));
    expect([landed.url.href, landed.status]).toEqual([`${baseUrl}/shop`, 200]);
    expect(landed.visited.some((url) => url.startsWith(`${baseUrl}/shop/auth/callback`))).toBe(true);
    expect(emulator.journal('api').at(-1)).toMatchObject({ actor: 'customer' });
    expect(await home()).toEqual({ names: ['two', 'two'], desk: false, shop: true });
    await browser.open(`${baseUrl}/desk`);
    await browser.signIn(person(host, 'user'));
    expect(await home()).toMatchObject({ desk: true, shop: true });
  });
});
