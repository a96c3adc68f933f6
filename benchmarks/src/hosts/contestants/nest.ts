import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import { createMemorySessionStore, type SessionStore } from '@egain-auth/core';
import {
  EgainAuthModule,
  EgainContext,
  type EgainIdentity,
  Identity,
  OnBehalfOf,
  type RequestContext,
  RequiresAuth,
  user,
} from '@egain-auth/nestjs';
import { Controller, type DynamicModule, Get, Module, type Type, UnauthorizedException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Contestant } from '../../middleware/contestant.ts';
import { NAME, PROFILES } from '../../middleware/profile.ts';

type Platform = 'express' | 'fastify';

const SCOPE = ['knowledge.portalmgr.onbehalfof.read'] as const;

/** The floor: Nest, and a name that is always there. */
@Controller()
class BareController {
  @Get('sign-in')
  signIn(): string {
    return 'signed in';
  }

  @Get()
  home(): string {
    return NAME;
  }
}

/** Signed in, and on a page that does not care. */
@Controller()
class UntouchedController {
  @Get('sign-in')
  @RequiresAuth({ as: 'user' })
  signIn(): string {
    return 'signed in';
  }

  @Get()
  home(): string {
    return NAME;
  }
}

@Controller()
class IdentifiedController {
  @Get('sign-in')
  @RequiresAuth({ as: 'user' })
  signIn(): string {
    return 'signed in';
  }

  @Get()
  home(@Identity() identity: EgainIdentity | undefined): string {
    return nameOf(identity);
  }
}

/** Signed in, and eGain is about to be called on behalf of somebody: the token is in the cache. */
@Controller()
class OnBehalfOfController {
  @Get('sign-in')
  @RequiresAuth({ as: 'user' })
  signIn(): string {
    return 'signed in';
  }

  @Get()
  @OnBehalfOf(() => user({ username: 'maria.agent' }), { scope: SCOPE })
  async home(@EgainContext() egain: RequestContext): Promise<string> {
    const { accessToken } = await egain.getToken();
    return nameOf(accessToken ? egain.identity : undefined);
  }
}

export const bare = (platform: Platform): Contestant => ({
  create: () => createApplication(platform, BareController, []),
});
export const egainAuthCookie = (platform: Platform) => contestant(platform, IdentifiedController);
export const egainAuthStore = (platform: Platform) =>
  contestant(platform, IdentifiedController, createMemorySessionStore);
export const egainAuthUntouched = (platform: Platform) => contestant(platform, UntouchedController);
export const egainAuthOnBehalfOf = (platform: Platform) => contestant(platform, OnBehalfOfController);

/** Ours, as the README shows it. */
function contestant(platform: Platform, controller: Type, store?: () => SessionStore): Contestant {
  return {
    package: '@egain-auth/nestjs',
    create: ({ egain }) =>
      createApplication(platform, controller, [
        EgainAuthModule.forRoot({
          ...egain,
          login: { ...egain.login, resolveIdentity: async () => ({ id: 'maria.agent', ...PROFILES.small }) },
          session: { ...egain.session, ...(store && { store: store() }) },
          authorizeSubject: () => true,
        }),
      ]),
  };
}

/** The same Nest for everybody, as it comes. */
async function createApplication(
  platform: Platform,
  controller: Type,
  imports: DynamicModule[],
): Promise<RequestListener> {
  class AppModule {}
  Module({ imports, controllers: [controller] })(AppModule);
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'fatal'], abortOnError: false });
  await app.init();
  if (!(adapter instanceof FastifyAdapter)) return adapter.getInstance();
  const fastify = adapter.getInstance();
  await fastify.ready();
  return (request, response) => fastify.routing(request, response);
}

/** Nobody else than whom the load generator expects gets away with it. */
function nameOf(identity: EgainIdentity | undefined): string {
  if (identity?.name === undefined) throw new UnauthorizedException();
  return identity.name;
}
