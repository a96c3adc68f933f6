import { AsyncResource } from 'node:async_hooks';
import { fakeEgain, forgeSession } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Module,
  type NestInterceptor,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { firstValueFrom, map } from 'rxjs';
import {
  type ApiClient,
  EGAIN_AUTH,
  EgainApi,
  type EgainAuth,
  EgainAuthModule,
  type EgainAuthModuleExtras,
  EgainContext,
  EgainHttpService,
  type EgainIdentity,
  Identity,
  OnBehalfOf,
  Public,
  type RequestContext,
  RequiresAuth,
  user,
} from '../src/index.ts';
import { type Host, PLATFORMS, type Platform, startHost } from './hosts.ts';

const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
const DETAILS = '/knowledge/portalmgr/v4/portals/user';

interface Details {
  readonly user: readonly { readonly firstName: string }[];
}
const firstNameOf = ({ user: [found] }: Details) => String(found?.firstName);

const argument = (context: ExecutionContext) => context.getArgByIndex<{ readonly name: string }>(1).name;
const byArgument = (context: ExecutionContext) => user({ username: argument(context) });
const byParent = (context: ExecutionContext) =>
  user({ username: context.getArgByIndex<{ readonly username: string }>(0).username });

const typeDefs = `
  type Query {
    unmarked: String! open: String! me: String! customers: String! cases: String! own: String! ownByService: String!
    by(name: String!): String! byService(name: String!): String! eager(name: String!): String!
    people: [Person!]!
  }
  type Mutation { change: String! }
  type Person { username: String! firstName: String! secret: String! }
`;

@Resolver()
class DeskResolver {
  readonly #http: EgainHttpService;
  constructor(@Inject(EgainHttpService) http: EgainHttpService) {
    this.#http = http;
  }

  @Query() unmarked() {
    return 'open';
  }
  @Query() @Public() open(@Identity() identity: EgainIdentity | undefined) {
    return identity?.name ?? 'nobody';
  }
  @Query() @RequiresAuth() me(@Identity() identity: EgainIdentity) {
    return String(identity.name);
  }
  @Query() @RequiresAuth({ as: 'customer' }) customers() {
    return 'open';
  }
  @Query() @RequiresAuth({ unauthenticated: 'redirect', scope: ['core.casemgr.manage'] }) cases() {
    return 'open';
  }
  @Query() @RequiresAuth() async own(@EgainApi() api: ApiClient) {
    return firstNameOf(await api.get<Details>(DETAILS));
  }
  @Query() @Public() @OnBehalfOf(byArgument, { scope }) async by(
    @EgainApi() api: ApiClient,
    @EgainContext() context: RequestContext,
  ) {
    const { actor } = context;
    return `${firstNameOf(await api.get<Details>(DETAILS))} as ${actor?.type}`;
  }
  @Query() @Public() @OnBehalfOf(byArgument, { scope }) byService() {
    return firstValueFrom(this.#http.get<Details>(DETAILS).pipe(map(firstNameOf)));
  }
  @Query() @Public() @OnBehalfOf(byArgument, { scope, eager: true }) eager() {
    return 'open';
  }
  @Query() @RequiresAuth() async ownByService() {
    return firstNameOf(await firstValueFrom(this.#http.get<Details>(DETAILS)));
  }
  @Mutation() @RequiresAuth() change() {
    return 'changed';
  }
}

const closers: AsyncDisposable[] = [];
afterEach(async () => {
  for (const closer of closers.splice(0)) await closer[Symbol.asyncDispose]();
});

@Resolver('Person')
class PersonResolver {
  @Query() @Public() people() {
    return ['maria.agent', 'pa'].map((username) => ({ username }));
  }
  @ResolveField() @OnBehalfOf(byParent, { scope }) async firstName(@EgainApi() api: ApiClient) {
    return firstNameOf(await api.get<Details>(DETAILS));
  }
  @ResolveField() @RequiresAuth() secret() {
    return 'open';
  }
}

/** Its methods are closed, but for GraphQL's field resolvers. */
@Resolver('Person')
@RequiresAuth()
class ClosedResolver {
  @ResolveField() secret() {
    return 'open';
  }
}

@Resolver('Person')
class ActingResolver {
  @ResolveField() @OnBehalfOf(byParent, { scope }) firstName() {
    return 'open';
  }
}

@Resolver('Person')
@RequiresAuth()
class PublicResolver {
  @ResolveField() @Public() secret() {
    return 'open';
  }
}

const outside = new AsyncResource('of a queue, which knows no request');

/** Of an application that goes on in another place. */
class QueueInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return outside.runInAsyncScope(() => next.handle());
  }
}

@Resolver()
class QueueResolver {
  @Query() @UseInterceptors(QueueInterceptor) @OnBehalfOf(byArgument, { scope }) by(@EgainApi() api: ApiClient) {
    return api.get<Details>(DETAILS).then(firstNameOf);
  }
}

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

interface Setting {
  readonly extras?: EgainAuthModuleExtras;
  readonly graphql?: Partial<ApolloDriverConfig>;
  readonly resolvers?: Type[];
}

async function graphql(platform: Platform, setting: Setting = {}) {
  const host = await startHost({
    platform,
    emulator: {
      users: [{ username: 'pa' }, { username: 'maria.agent' }, { username: 'tom.agent' }, { username: 'carl.agent' }],
    },
    options: { authorizeSubject: ({ value }) => value !== 'tom.agent' },
    imports: (options) => [
      EgainAuthModule.forRoot({ ...options, isGlobal: true, ...setting.extras }),
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        typeDefs,
        playground: false,
        ...setting.graphql,
      }),
    ],
    controllers: [],
    providers: setting.resolvers ?? [DeskResolver],
  });
  closers.push(host);
  return { host, ...client(host) };
}

function client(host: Host) {
  const ask = async (query: string, cookie = ''): Promise<Answer> => {
    const answer = await fetch(`${host.baseUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(cookie && { cookie }) },
      body: JSON.stringify({ query }),
      redirect: 'manual',
    });
    expect(answer.headers.get('content-type')).toContain('json');
    return (await answer.json()) as Answer;
  };
  const signIn = async (username = 'pa') => {
    const accessToken = await host.emulator.issueToken({ name: username });
    return (await forgeSession(host.app.get<EgainAuth>(EGAIN_AUTH), { accessToken, identity: { name: username } }))
      .cookie;
  };
  return { ask, signIn };
}

const codesOf = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions?.['code']);

const ENHANCERS: Partial<ApolloDriverConfig> = { fieldResolverEnhancers: ['guards', 'interceptors', 'filters'] };

describe.each(PLATFORMS)('GraphQL on %s', (platform) => {
  test('README: a guarded resolver runs for whoever is signed in, and eGain is called as them', async () => {
    const { ask, signIn } = await graphql(platform);
    const all = await ask('{ me own ownByService open }', await signIn('maria.agent'));
    const name = 'maria.agent';
    expect(all).toEqual({ data: { me: name, own: name, ownByService: name, open: name } });
    expect(await ask('mutation { change }', await signIn())).toEqual({ data: { change: 'changed' } });
  });

  test('a refusal is an error of GraphQL with a code, and never a redirect', async () => {
    const { ask, signIn } = await graphql(platform);
    expect((await ask('{ me }')).errors).toEqual([
      expect.objectContaining({
        message: 'login_required',
        extensions: expect.objectContaining({
          code: 'login_required',
          requestId: expect.any(String),
          loginUrl: '/auth/login',
        }),
      }),
    ]);
    const cookie = await signIn();
    expect(codesOf(await ask('mutation { change }'))).toEqual(['login_required']);
    expect(codesOf(await ask('{ customers }', cookie))).toEqual(['actor_not_allowed']);
    expect(codesOf(await ask('{ cases }', cookie))).toEqual(['scope_not_granted']);
    expect(codesOf(await ask('{ cases }'))).toEqual(['login_required']);
  });

  test('T056: with the global guard a resolver is closed unless it says otherwise', async () => {
    const { ask, signIn } = await graphql(platform, { extras: { guard: 'global' } });
    expect(codesOf(await ask('{ unmarked }'))).toEqual(['login_required']);
    expect(await ask('{ open }')).toEqual({ data: { open: 'nobody' } });
    expect(await ask('{ unmarked }', await signIn())).toEqual({ data: { unmarked: 'open' } });
  });

  test('resolvers side by side act each for their own subject', async () => {
    const { ask, signIn, host } = await graphql(platform);
    const names = ['pa', 'maria.agent'];
    const fields = names.flatMap((name, n) => [
      `by${n}: by(name: "${name}")`,
      `service${n}: byService(name: "${name}")`,
    ]);
    const { data } = await ask(`{ ${fields.join(' ')} own ownByService }`, await signIn('carl.agent'));
    expect(data).toEqual({
      by0: 'pa as on-behalf-of',
      service0: 'pa',
      by1: 'maria.agent as on-behalf-of',
      service1: 'maria.agent',
      own: 'carl.agent',
      ownByService: 'carl.agent',
    });
    const called = host.emulator.journal('api').map(({ actor, subject }) => `${actor} ${subject}`);
    expect(called.toSorted()).toEqual([
      ...Array(2).fill('on-behalf-of-user maria.agent'),
      ...Array(2).fill('on-behalf-of-user pa'),
      ...Array(2).fill('user carl.agent'),
    ]);
  });

  test('a subject that is refused is an error, before or in the resolver', async () => {
    const { ask } = await graphql(platform);
    expect(codesOf(await ask('{ by(name: "tom.agent") }'))).toEqual(['subject_refused']);
    expect(codesOf(await ask('{ eager(name: "tom.agent") }'))).toEqual(['subject_refused']);
  });

  test('README: field resolvers act for their subject, and are guarded, with fieldResolverEnhancers', async () => {
    const { ask, signIn, host } = await graphql(platform, { graphql: ENHANCERS, resolvers: [PersonResolver] });
    const people = ['maria.agent', 'pa'].map((firstName) => ({ firstName }));
    expect(await ask('{ people { firstName } }')).toEqual({ data: { people } });
    expect(new Set(host.emulator.journal('api').map(({ actor }) => actor))).toEqual(new Set(['on-behalf-of-user']));
    expect(codesOf(await ask('{ people { secret } }'))).toContain('login_required');
    const open = [{ secret: 'open' }, { secret: 'open' }];
    expect(await ask('{ people { secret } }', await signIn())).toEqual({ data: { people: open } });
  });

  test('a resolver that lost its subject does not act as whoever signed in instead', async () => {
    const { ask, signIn, host } = await graphql(platform, { resolvers: [QueueResolver] });
    const { errors = [] } = await ask('{ by(name: "pa") }', await signIn());
    expect(errors[0]?.message).toContain('must keep its AsyncLocalStorage');
    expect(host.emulator.journal('api')).toEqual([]);
  });

  test('a resolver whose context has no request stays closed and says so', async () => {
    const { ask } = await graphql(platform, { graphql: { context: () => ({ req: {} }) } });
    for (const query of ['{ me }', '{ open }', '{ by(name: "pa") }']) {
      const { data, errors = [] } = await ask(query);
      expect(data).toBeNull();
      expect(errors[0]?.message).toContain('this one is called by graphql without a request in its context');
    }
  });
});

describe('field resolvers when the application starts', () => {
  async function start(resolver: Type, fieldResolverEnhancers?: ApolloDriverConfig['fieldResolverEnhancers']) {
    class AppModule {}
    Module({
      imports: [
        EgainAuthModule.forRootAsync({ useFactory: () => fakeEgain() }),
        GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          typeDefs,
          playground: false,
          ...(fieldResolverEnhancers && { fieldResolverEnhancers }),
        }),
      ],
      providers: [resolver],
    })(AppModule);
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    closers.push({ [Symbol.asyncDispose]: () => app.close() });
    await app.init();
  }

  test.each([
    ['guards', 'PersonResolver.secret', PersonResolver, 'interceptors'],
    ['guards', 'ClosedResolver.secret', ClosedResolver, 'interceptors'],
    ['interceptors', 'ActingResolver.firstName', ActingResolver, 'guards'],
  ] as const)('T056: without the %s of %s it does not', async (missing, name, resolver, other) => {
    const problem = `${name} is a field resolver, and GraphQL does not run its ${missing}: set fieldResolverEnhancers`;
    await expect(start(resolver, [other])).rejects.toThrow(problem);
    await expect(start(resolver)).rejects.toThrow('is a field resolver, and GraphQL does not run its');
  });

  test('those that are public need no guard', async () => {
    await expect(start(PublicResolver)).resolves.toBeUndefined();
  });
});
