import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  Body,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Post,
  Query,
  Res,
  Scope,
} from '@nestjs/common';
import { count, firstValueFrom, map, mergeMap, type Observable, take, timer } from 'rxjs';
import {
  type ApiClient,
  EgainApi,
  EgainAuthError,
  EgainAuthModule,
  EgainHttpService,
  OnBehalfOf,
  RequiresAuth,
  user,
} from '../src/index.ts';
import { type Host, type HostOptions, PLATFORMS, person, startHost } from './hosts.ts';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
const SEARCH = '/knowledge/portalmgr/v4/PROD-1000/search';
const READERS = ['customer', 'anonymous-customer'] as const;
const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;

/** A provider as every other: one for all requests. */
@Injectable({ scope: Scope.DEFAULT })
class PeopleService {
  static made = 0;
  readonly #http: EgainHttpService;
  constructor(@Inject(EgainHttpService) http: EgainHttpService) {
    PeopleService.made += 1;
    this.#http = http;
  }
  search() {
    return this.#http.as(READERS).get(SEARCH, { query: { q: 'card' } });
  }
  firstName(delayMs = 0): Observable<string | undefined> {
    return timer(delayMs).pipe(
      mergeMap(() => this.#http.get<{ user: { firstName: string }[] }>(MY_DETAILS)),
      map(({ user: [found] }) => found?.firstName),
    );
  }
}

const byHeader = (context: ExecutionContext) =>
  user({ username: context.switchToHttp().getRequest().headers['x-test-login'] });

/** One worker for all requests. The first job starts it, so it keeps the `AsyncLocalStorage` of that request. */
@Injectable()
class JobsService {
  readonly done: unknown[] = [];
  readonly #http: EgainHttpService;
  #wake: (() => void) | undefined;
  #waiting: string[] = [];
  constructor(@Inject(EgainHttpService) http: EgainHttpService) {
    this.#http = http;
  }
  add(kind: string): void {
    this.#waiting.push(kind);
    if (this.#wake) this.#wake();
    else void this.#work();
  }
  async #work(): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      for (const kind of this.#waiting.splice(0)) {
        const actor = { type: 'on-behalf-of', subject: user({ username: 'tom.agent' }) } as const;
        const http = kind === 'named' ? this.#http.as(actor, { scope }) : this.#http;
        this.done.push(await firstValueFrom(http.get(MY_DETAILS)).catch((error: unknown) => error));
      }
    }
  }
}

@Controller('jobs')
class JobsController {
  readonly #jobs: JobsService;
  readonly #people: PeopleService;
  constructor(@Inject(JobsService) jobs: JobsService, @Inject(PeopleService) people: PeopleService) {
    this.#jobs = jobs;
    this.#people = people;
  }
  @Post('add') @OnBehalfOf(byHeader, { scope }) add(@Query('kind') kind: string) {
    this.#jobs.add(kind);
    return {};
  }
  @Post('accepted') @OnBehalfOf(byHeader, { scope }) async accepted(
    @Res() response: { status(status: number): { send(body: string): unknown } },
  ) {
    const began = firstValueFrom(this.#people.firstName(0));
    const name = await began;
    response.status(202).send(String(name));
    this.#jobs.done.push(await firstValueFrom(this.#people.firstName(0)).catch((error: unknown) => error));
  }
}

@Controller()
class PeopleController {
  readonly #people: PeopleService;
  constructor(@Inject(PeopleService) people: PeopleService) {
    this.#people = people;
  }
  @Get('me') @RequiresAuth() me() {
    return this.#people.firstName().pipe(map((firstName) => ({ firstName })));
  }
  @Post('named')
  @OnBehalfOf(
    (context: ExecutionContext) => user({ username: context.switchToHttp().getRequest().headers['x-test-login'] }),
    { scope },
  )
  async named(@Body() { delayMs }: { delayMs: number }) {
    await sleep(delayMs);
    return { firstName: await firstValueFrom(this.#people.firstName(delayMs)) };
  }
  @Get('search') search(@EgainApi({ actors: READERS }) api: ApiClient) {
    return api.get(SEARCH, { query: { q: 'card' } });
  }
  @Get('observed') observed() {
    return this.#people.search();
  }
  @Get('nobody') nobody() {
    return this.#people.firstName();
  }
}

async function host(options: Pick<HostOptions, 'platform' | 'options'>): Promise<Host> {
  const started = await startHost({
    imports: (egain) => [EgainAuthModule.forRoot({ ...egain, isGlobal: true })],
    controllers: [PeopleController, JobsController],
    providers: [PeopleService, JobsService],
    ...options,
  });
  hosts.push(started);
  return started;
}

describe.each(PLATFORMS)('%s', (platform) => {
  test('README: a service calls eGain as whoever signed in', async () => {
    const started = await host({ platform });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/me`);
    expect(JSON.parse((await browser.signIn(person(started, 'user'))).text)).toEqual({ firstName: 'Pat' });
  });

  test('T054: a service for all requests calls for whom each of them names, however they interleave', async () => {
    const { baseUrl } = await host({ platform });
    const made = PeopleService.made;
    const people = [
      ['pa', 'Pat'],
      ['maria.agent', 'Maria'],
      ['tom.agent', 'Tom'],
    ] as const;
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const [login, expected] = people[index % 3] ?? people[0];
        const answer = await fetch(`${baseUrl}/named`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-test-login': login },
          // Longer than a packet, so that parsing waits for the network.
          body: JSON.stringify({ delayMs: (index * 7) % 20, padding: 'x'.repeat(index % 2 ? 0 : 90_000) }),
        });
        return [expected, ((await answer.json()) as { firstName: string }).firstName];
      }),
    );
    expect(answers.filter(([expected, found]) => expected !== found)).toEqual([]);
    expect(PeopleService.made).toBe(made);
  });

  test('T112: a worker that a request started acts for nobody once that request is answered', async () => {
    const started = await host({ platform });
    const { baseUrl, emulator, app } = started;
    const { done } = app.get(JobsService);
    const add = (login: string, kind: string) =>
      fetch(`${baseUrl}/jobs/add?kind=${kind}`, { method: 'POST', headers: { 'x-test-login': login } });
    await add('pa', 'first');
    await add('maria.agent', 'ambient');
    await add('maria.agent', 'named');
    while (done.length < 3) await sleep(5);
    const ended = expect.objectContaining({ code: 'request_ended' });
    expect(done).toEqual([
      ended,
      ended,
      expect.objectContaining({ user: [expect.objectContaining({ firstName: 'Tom' })] }),
    ]);
    expect(emulator.journal('api').map(({ subject }) => subject)).toEqual(['tom.agent']);
  });

  test('T112: a handler that answers early calls eGain before, and is told to name the actor afterwards', async () => {
    const { baseUrl, app } = await host({ platform });
    const { done } = app.get(JobsService);
    const answer = await fetch(`${baseUrl}/jobs/accepted`, { method: 'POST', headers: { 'x-test-login': 'pa' } });
    expect([answer.status, await answer.text()]).toEqual([202, 'Pat']);
    while (done.length < 1) await sleep(5);
    expect(done).toEqual([
      expect.objectContaining({ code: 'request_ended', remedy: expect.stringContaining('EgainHttpService.as(actor)') }),
    ]);
  });

  test('without anybody signed in the error comes through the Observable, and is answered', async () => {
    const { browser, baseUrl, emulator } = await host({ platform });
    expect((await browser.fetch(`${baseUrl}/nobody`)).status).toBe(401);
    expect(emulator.journal()).toEqual([]);
  });

  test('README: as somebody else, also outside of a request', async () => {
    const { app, emulator } = await host({ platform });
    const http = app.get(EgainHttpService);
    expect(() => http.get(MY_DETAILS)).toThrow(/outside of an HTTP request: say as whom, with as\(actor\)/);
    const named = http.as({ type: 'on-behalf-of', subject: user({ username: 'tom.agent' }) }, { scope });
    expect(await firstValueFrom(named.get(MY_DETAILS))).toMatchObject({ user: [{ firstName: 'Tom' }] });
    await expect(firstValueFrom(named.get('https://elsewhere.example/'))).rejects.toBeInstanceOf(EgainAuthError);
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      await firstValueFrom(named[method](MY_DETAILS, { body: {} }), { defaultValue: undefined }).catch(() => undefined);
    }
    expect(emulator.journal('api').map(({ method }) => method)).toEqual(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
  });

  test('the answer as it comes, with its headers, and pages until nobody takes more', async () => {
    const { app } = await host({ platform });
    const named = app.get(EgainHttpService).as({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }, { scope });
    const { status, headers, body } = await firstValueFrom(named.request('GET', MY_DETAILS));
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('json')]);
    expect(JSON.parse(await text(body))).toMatchObject({ user: [{ firstName: 'Pat' }] });
    const portals = named.paginate<{ portal: unknown[] }>('/knowledge/portalmgr/v4/portals', {
      query: { $pagesize: 1 },
    });
    expect(await firstValueFrom(portals.pipe(take(2), count()))).toBe(2);
    const all = await firstValueFrom(portals.pipe(count()));
    expect(all).toBeGreaterThan(2);
  });

  test('the first of several actors who is there', async () => {
    const started = await host({ platform });
    const { browser, baseUrl, emulator } = started;
    await browser.fetch(`${baseUrl}/search`);
    expect(emulator.journal('api').at(-1)).toMatchObject({ actor: 'anonymous-customer' });
    await browser.fetch(`${baseUrl}/observed`);
    expect(emulator.journal('api').at(-1)).toMatchObject({ actor: 'anonymous-customer' });
    await browser.open(`${baseUrl}/auth/login?as=customer&returnTo=/search`);
    await browser.signIn(person(started, 'customer'));
    expect(emulator.journal('api').at(-1)).toMatchObject({ actor: 'customer' });
    await browser.fetch(`${baseUrl}/observed`);
    expect(emulator.journal('api').at(-1)).toMatchObject({ actor: 'customer' });
    expect(emulator.journal('api')).toHaveLength(4);
  });

  test('each subscription is a call', async () => {
    const { app, emulator } = await host({ platform });
    const named = app.get(EgainHttpService).as({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }, { scope });
    const call = named.get(MY_DETAILS);
    await firstValueFrom(call);
    await firstValueFrom(call);
    expect(emulator.journal('api')).toHaveLength(2);
  });

  test('unsubscribing aborts the call', async () => {
    const { promise: arrived, resolve: arrive } = deferred();
    const { promise: aborted, resolve: abort } = deferred();
    await using api = createServer((request) => {
      arrive();
      request.on('close', abort);
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const { app } = await host({ platform, options: { apiUrl } });
    const settled: unknown[] = [];
    const subscription = app
      .get(EgainHttpService)
      .as({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }, { scope })
      .get(MY_DETAILS)
      .subscribe({ next: (value) => settled.push(value), error: (error) => settled.push(error) });
    await arrived;
    subscription.unsubscribe();
    await aborted;
    expect(settled).toEqual([]);
  });

  test('so does the caller’s own signal, as an error', async () => {
    const { app } = await host({ platform });
    const named = app.get(EgainHttpService).as({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }, { scope });
    await expect(firstValueFrom(named.get(MY_DETAILS, { signal: AbortSignal.abort() }))).rejects.toThrow(/aborted/);
  });
});

function deferred() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
