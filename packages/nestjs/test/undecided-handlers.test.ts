import { fakeEgain, forgeSession } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  type Provider,
  Scope,
  Sse,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  EGAIN_AUTH,
  type EgainAuth,
  EgainAuthGuard,
  EgainAuthModule,
  OnBehalfOf,
  Public,
  RequiresAuth,
  user,
} from '../src/index.ts';
import { type Host, PLATFORMS, startHost } from './hosts.ts';

const started: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
const pa = () => user({ username: 'pa' });

@Controller('http')
class HttpController {
  @Get() @OnBehalfOf(pa, { scope }) act() {
    return 'acted';
  }
}

@Controller('all')
@OnBehalfOf(pa, { scope })
class WholeController {
  /** Not a handler, so nobody can call it. */
  helper() {}
  @Get() act() {
    return 'acted';
  }
}
@Controller('child')
class InheritedController extends WholeController {}

@Controller('stream')
class StreamController {
  @Sse() @OnBehalfOf(pa, { scope }) act() {}
}
@Controller()
class MessageController {
  @MessagePattern('act') @OnBehalfOf(pa, { scope }) act() {}
}
@Controller()
@OnBehalfOf(pa, { scope })
class EventController {
  @EventPattern('act') act(_data: unknown) {}
}
@Resolver()
class QueryResolver {
  @Query() @OnBehalfOf(pa, { scope }) act() {}
}
@Resolver('Person')
@OnBehalfOf(pa, { scope })
class FieldResolver {
  @ResolveField() act() {}
}
class MessageGateway {
  @SubscribeMessage('act') @OnBehalfOf(pa, { scope }) act() {}
}
class OwnGuard extends EgainAuthGuard {}
@Injectable({ scope: Scope.REQUEST })
class RequestGuard extends EgainAuthGuard {}
@Controller()
@UseGuards(OwnGuard)
class GuardedController {
  @Get('guarded') @OnBehalfOf(pa, { scope }) act() {}
}
@Controller()
class InstanceGuardedController {
  @Get('guarded') @UseGuards(new EgainAuthGuard(new Reflector())) @OnBehalfOf(pa, { scope }) act() {}
}

@Controller('decided')
@OnBehalfOf(pa, { scope })
class DecidedController {
  helper() {}
  @Get('public') @Public() open() {
    return 'acted';
  }
  @Get('closed') @RequiresAuth() closed() {
    return 'acted';
  }
}
@Controller('decided-class')
@Public()
class DecidedClassController {
  @Get() @OnBehalfOf(pa, { scope }) open() {
    return 'acted';
  }
}

/** Decides by ours for some requests, and by a key for others. */
class CompositeGuard implements CanActivate {
  readonly #ours: EgainAuthGuard;
  constructor(@Inject(EgainAuthGuard) ours: EgainAuthGuard) {
    this.#ours = ours;
  }
  canActivate(context: ExecutionContext) {
    return context.switchToHttp().getRequest().headers['x-key'] === 'k' || this.#ours.canActivate(context);
  }
}
class PropertyGuard implements CanActivate {
  @Inject(EgainAuthGuard) readonly ours!: EgainAuthGuard;
  canActivate(context: ExecutionContext) {
    return this.ours.canActivate(context);
  }
}
@Controller('own')
@UseGuards(OwnGuard)
class OwnController {
  @Get() closed() {
    return 'closed';
  }
}
@Controller('composite')
@UseGuards(CompositeGuard)
class CompositeController {
  @Get() closed() {
    return 'closed';
  }
}

interface Parts {
  readonly controllers?: Type[];
  readonly providers?: Provider[];
  readonly guard?: 'global';
}

async function start(platform: (typeof PLATFORMS)[number], { controllers = [], providers = [], guard }: Parts) {
  const host = await startHost({
    platform,
    // A module of its own, so that the check looks further than the module of the application.
    imports: (egain) => {
      class FeatureModule {}
      Module({ controllers, providers })(FeatureModule);
      return [EgainAuthModule.forRoot({ ...egain, guard }), FeatureModule];
    },
    controllers: [],
  });
  started.push(host);
  return host;
}

const statusOf = async ({ baseUrl }: Host, path: string, headers = {}) =>
  (await fetch(`${baseUrl}${path}`, { headers, redirect: 'manual' })).status;

describe.each(PLATFORMS)('%s', (platform) => {
  test.each<[string, Parts]>([
    ['HttpController.act', { controllers: [HttpController] }],
    ['WholeController.act', { controllers: [WholeController] }],
    ['InheritedController.act', { controllers: [InheritedController] }],
    ['StreamController.act', { controllers: [StreamController] }],
    ['MessageController.act', { controllers: [MessageController] }],
    ['EventController.act', { controllers: [EventController] }],
    ['QueryResolver.act', { providers: [QueryResolver] }],
    ['FieldResolver.act', { providers: [FieldResolver] }],
    ['MessageGateway.act', { providers: [MessageGateway] }],
  ])('T106: with the global guard %s does not start without @Public() or @RequiresAuth()', async (name, parts) => {
    const starting = start(platform, { ...parts, guard: 'global' });
    await expect(starting).rejects.toThrow(TypeError);
    await expect(starting).rejects.toThrow(new RegExp(`^${name} has @OnBehalfOf.*@Public\\(\\).*@RequiresAuth\\(\\)`));
  });

  test.each([GuardedController, InstanceGuardedController])(
    'T106: %p does not start: the guard that it names would refuse every request',
    async (controller) => {
      await expect(start(platform, { controllers: [controller] })).rejects.toThrow(
        `${controller.name}.act has @OnBehalfOf`,
      );
    },
  );

  test.each<[string, Provider[]]>([
    ['useClass', [{ provide: APP_GUARD, useClass: EgainAuthGuard }]],
    ['useClass of a subclass', [{ provide: APP_GUARD, useClass: OwnGuard }]],
    ['useClass, in the scope of a request', [{ provide: APP_GUARD, useClass: EgainAuthGuard, scope: Scope.REQUEST }]],
    ['useExisting', [OwnGuard, { provide: APP_GUARD, useExisting: OwnGuard }]],
    [
      'useExisting of a name',
      [
        { provide: 'desk', useClass: EgainAuthGuard },
        { provide: APP_GUARD, useExisting: 'desk' },
      ],
    ],
    ['useExisting, in the scope of a request', [RequestGuard, { provide: APP_GUARD, useExisting: RequestGuard }]],
    ['useFactory', [{ provide: APP_GUARD, useFactory: () => new EgainAuthGuard(new Reflector()) }]],
    [
      'useFactory that injects it',
      [
        EgainAuthGuard,
        {
          provide: APP_GUARD,
          useFactory: (ours: EgainAuthGuard) => new CompositeGuard(ours),
          inject: [EgainAuthGuard],
        },
      ],
    ],
    [
      'useFactory, in the scope of a request',
      [
        EgainAuthGuard,
        {
          provide: APP_GUARD,
          useFactory: (ours: EgainAuthGuard) => ours,
          inject: [EgainAuthGuard],
          scope: Scope.REQUEST,
        },
      ],
    ],
    ['useValue', [{ provide: APP_GUARD, useValue: new EgainAuthGuard(new Reflector()) }]],
    ['a composite guard', [EgainAuthGuard, { provide: APP_GUARD, useClass: CompositeGuard }]],
    ['a guard with it as a property', [EgainAuthGuard, { provide: APP_GUARD, useClass: PropertyGuard }]],
  ])('T106: a module that provides the guard as APP_GUARD by %s does not start', async (_way, providers) => {
    await expect(start(platform, { controllers: [HttpController], providers })).rejects.toThrow(
      'HttpController.act has @OnBehalfOf',
    );
  });

  test('T106: a guard that is provided or used by another controller guards no other handler', async () => {
    const used = await start(platform, {
      controllers: [HttpController, OwnController],
      providers: [OwnGuard, { provide: 'desk', useClass: EgainAuthGuard }],
    });
    expect(await statusOf(used, '/http')).toBe(200);
    expect(await statusOf(used, '/own')).toBe(401);
    const composed = await start(platform, {
      controllers: [HttpController, CompositeController],
      providers: [EgainAuthGuard, CompositeGuard],
    });
    expect(await statusOf(composed, '/http')).toBe(200);
    expect(await statusOf(composed, '/composite')).toBe(401);
    expect(await statusOf(composed, '/composite', { 'x-key': 'k' })).toBe(200);
  });

  test('T106: a handler that says who may call it starts, and so does every handler without the guard', async () => {
    const decided = await start(platform, {
      controllers: [DecidedController, DecidedClassController],
      guard: 'global',
    });
    expect(await statusOf(decided, '/decided/public')).toBe(200);
    expect(await statusOf(decided, '/decided/closed')).toBe(401);
    expect(await statusOf(decided, '/decided-class')).toBe(200);
    const unguarded = await start(platform, { controllers: [HttpController, InheritedController] });
    expect(await statusOf(unguarded, '/http')).toBe(200);
    expect(await statusOf(unguarded, '/child')).toBe(200);
  });

  test('T106: an undecided handler that the guard is put in front of later answers 401, also to a signed-in person', async () => {
    const host = await startHost({
      platform,
      imports: (egain) => [EgainAuthModule.forRoot(egain)],
      controllers: [HttpController, InheritedController],
      setUp: (app) => void app.useGlobalGuards(new EgainAuthGuard(new Reflector())),
    });
    started.push(host);
    const egain = host.app.get<EgainAuth>(EGAIN_AUTH);
    const { cookie } = await forgeSession(egain, { accessToken: await host.emulator.issueToken({ name: 'pa' }) });
    for (const path of ['/http', '/child']) {
      expect(await statusOf(host, path)).toBe(401);
      expect(await statusOf(host, path, { accept: 'text/html' })).toBe(401);
      expect(await statusOf(host, path, { cookie })).toBe(401);
    }
    expect(host.emulator.journal()).toEqual([]);
  });

  test('README: T106: a test of the application replaces the global guard', async () => {
    class OpenGuard implements CanActivate {
      canActivate(context: ExecutionContext) {
        asked.push(context.getHandler().name);
        return true;
      }
    }
    const asked: string[] = [];
    @Controller()
    class ClosedController {
      @Get('closed') closed() {
        return 'open';
      }
      @Get('required') @RequiresAuth() required() {
        return 'open';
      }
    }
    const module = await Test.createTestingModule({
      imports: [EgainAuthModule.forRoot({ guard: 'global' })],
      controllers: [ClosedController],
    })
      .overrideProvider(EGAIN_AUTH)
      .useValue(fakeEgain())
      .overrideProvider(EgainAuthGuard)
      .useClass(OpenGuard)
      .compile();
    const adapter = platform === 'platform-express' ? new ExpressAdapter() : new FastifyAdapter();
    const app = module.createNestApplication(adapter, { logger: false });
    await app.listen(0, '127.0.0.1');
    const baseUrl = await app.getUrl();
    try {
      expect(await (await fetch(`${baseUrl}/closed`)).text()).toBe('open');
      expect(asked).toEqual(['closed']);
      expect((await fetch(`${baseUrl}/required`)).status).toBe(401);
      expect(asked).toEqual(['closed', 'required']);
    } finally {
      await app.close();
    }
  });
});
