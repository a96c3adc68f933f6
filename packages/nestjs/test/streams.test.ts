import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Controller, type ExecutionContext, Get, Inject, type MessageEvent, Sse, StreamableFile } from '@nestjs/common';
import { map, mergeMap, type Observable, timer } from 'rxjs';
import { EgainAuthModule, EgainHttpService, OnBehalfOf, RequiresAuth, user } from '../src/index.ts';
import { passTime } from './clock.ts';
import { type Host, type HostOptions, PLATFORMS, person, startHost } from './hosts.ts';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
const named = (context: ExecutionContext) =>
  user({ username: context.switchToHttp().getRequest().headers['x-test-login'] });

@Controller()
class StreamController {
  readonly #http: EgainHttpService;
  constructor(@Inject(EgainHttpService) http: EgainHttpService) {
    this.#http = http;
  }
  @Get('file') @RequiresAuth() file() {
    return new StreamableFile(Readable.from(['a ', 'stream']), { type: 'text/plain' });
  }
  @Sse('events')
  @OnBehalfOf(named, { scope: ['knowledge.portalmgr.onbehalfof.read'] })
  events(): Observable<MessageEvent> {
    return timer(0, 20).pipe(
      mergeMap(() => this.#http.get<{ user: { firstName: string }[] }>(MY_DETAILS)),
      map(({ user: [found] }) => ({ data: found?.firstName ?? '' })),
    );
  }
  @Sse('mine') @RequiresAuth() mine(): Observable<MessageEvent> {
    return timer(0, 20).pipe(map(() => ({ data: 'mine' })));
  }
}

async function host(platform: (typeof PLATFORMS)[number], emulator: HostOptions['emulator'] = {}): Promise<Host> {
  const started = await startHost({
    platform,
    imports: (egain) => [EgainAuthModule.forRoot(egain)],
    controllers: [StreamController],
    emulator,
  });
  hosts.push(started);
  return started;
}

/** The first events of a stream, which is left then. */
async function eventsOf(url: string, headers: Record<string, string>, count: number) {
  const left = new AbortController();
  const answer = await fetch(url, { headers, signal: left.signal });
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.split('data: ').length > count) break;
  }
  left.abort();
  return { cookies: answer.headers.getSetCookie(), data: [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data) };
}

describe.each(PLATFORMS)('%s', (platform) => {
  test('server-sent events call eGain for whom their own request names, for as long as they last', async () => {
    const { baseUrl } = await host(platform);
    const events = (login: string) => eventsOf(`${baseUrl}/events`, { 'x-test-login': login }, 3);
    const [pat, maria] = await Promise.all([events('pa'), events('maria.agent')]);
    expect(new Set(pat.data)).toEqual(new Set(['Pat']));
    expect(new Set(maria.data)).toEqual(new Set(['Maria']));
  });

  test('a stream brings the cookie of a session that was renewed before it began', async () => {
    // A request after that time renews the session’s token, and so writes its cookie.
    const started = await host(platform, { refreshTokens: 'rotating', accessTokenLifetimeSeconds: 120 });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/file`);
    await browser.signIn(person(started, 'user'));
    passTime(120_000);
    const streamed = await browser.open(`${baseUrl}/file`);
    expect([streamed.text, streamed.headers['set-cookie']?.length]).toEqual(['a stream', 1]);
    passTime(120_000);
    const cookie = [...browser.cookies('localhost')].map(([name, value]) => `${name}=${value}`).join('; ');
    const { cookies, data } = await eventsOf(`${baseUrl}/mine`, { cookie }, 1);
    expect(data).toContain('mine');
    expect(cookies).toEqual([expect.stringMatching(/^egain_session=/)]);
  });
});
