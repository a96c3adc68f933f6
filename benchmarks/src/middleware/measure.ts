// A server with and without a session, in pairs: what else the machine does hits both of a pair.
import { createEgainEmulator, createUserAgent, type EgainEmulator } from '@egain-auth/testing';
import { type Child, startChild } from '../process.ts';
import { type Measured, measured } from '../statistics.ts';
import type { LoadOrders } from './load-process.ts';
import type { ApplicationOrders } from './serve-contestant.ts';

export interface MiddlewareOptions {
  /** Starts the process of a contestant's application. */
  readonly startApplication: (name: string) => Child<ApplicationOrders>;
  readonly floor: string;
  readonly contestants: readonly string[];
  readonly pairs: number;
  readonly roundMs: number;
  /** Before anything counts, until the code is compiled. */
  readonly warmUpMs: number;
  readonly progress: (text: string) => void;
}

export interface MiddlewareFigures {
  readonly contestant: string;
  readonly requestsPerSecond: Measured;
  readonly cpuMicroseconds: Measured;
  /** Requests per second, beside the floor's of the same pair. */
  readonly ofBare: Measured;
  /** What the same CPU time serves, beside the floor's of the same pair: holds where others use the machine too. */
  readonly ofBareByCpu: Measured;
  readonly cpuMicrosecondsAdded: Measured;
  /** What the browser sends each time. */
  readonly cookieBytes: number;
  /** What each answer to an unchanged session sets. */
  readonly setCookieBytes: number;
  /** How often eGain was asked for a token, warm-up included, by who was signed in before. */
  readonly tokenRequests: number;
  /** How much of a core the load generator used: near 1 it would be what is measured. */
  readonly loadBusy: Measured;
}

interface Application {
  readonly child: Child<ApplicationOrders>;
  readonly origin: string;
  readonly cookie: string;
  tokenRequests: number;
}

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMicroseconds: number;
  readonly setCookieBytes: number;
  readonly loadBusy: number;
}

export async function measureMiddleware(options: MiddlewareOptions): Promise<MiddlewareFigures[]> {
  const { startApplication, floor: floorName, contestants, pairs, roundMs, warmUpMs, progress } = options;
  const load = startChild<LoadOrders>(new URL('load-process.js', import.meta.url), ['load']);
  const children: Child<ApplicationOrders>[] = [];
  const emulator = await createEgainEmulator().listen();

  async function start(name: string): Promise<Application> {
    const child = startApplication(name);
    children.push(child);
    const origin = await child.ask('baseUrl');
    await child.ask('serve', { egain: emulator.config({ baseUrl: origin }) });
    return { child, origin, cookie: await signIn(emulator, origin), tokenRequests: 0 };
  }

  async function run(application: Application, durationMs: number): Promise<Round> {
    const { child, origin, cookie } = application;
    const tokenRequestsBefore = emulator.journal('token').length;
    await child.ask('takeCpu');
    const { requests, elapsedMs, setCookieBytes, busy } = await load.ask('run', { origin, cookie, durationMs });
    const cpu = await child.ask('takeCpu');
    application.tokenRequests += emulator.journal('token').length - tokenRequestsBefore;
    return {
      requestsPerSecond: (requests / elapsedMs) * 1000,
      cpuMicroseconds: cpu / requests,
      setCookieBytes: setCookieBytes / requests,
      loadBusy: busy,
    };
  }

  try {
    const names = contestants.filter((name) => name !== floorName);
    const [floor, ...started] = await Promise.all([start(floorName), ...names.map(start)]);
    const others = new Map(started.map((application, index) => [names[index] ?? '', application]));
    for (const [name, application] of [[floorName, floor] as const, ...others]) {
      progress(`warming up ${name}`);
      await run(application, warmUpMs);
    }

    const rounds = new Map([...others.keys()].map((name) => [name, [] as { own: Round; bare: Round }[]]));
    for (let pair = 1; pair <= pairs; pair += 1) {
      progress(`pair ${pair} of ${pairs}`);
      for (const [name, application] of others) {
        // Neither of the two always comes first.
        const [first, second] = pair % 2 ? [floor, application] : [application, floor];
        const results = [await run(first, roundMs), await run(second, roundMs)] as const;
        const [bare, own] = pair % 2 ? results : [results[1], results[0]];
        rounds.get(name)?.push({ own, bare });
      }
    }
    const bares = [...rounds.values()].flat().map(({ bare }) => ({ own: bare, bare }));
    return [[floorName, bares] as const, ...rounds].map(([name, values]) =>
      figuresOf(name, others.get(name) ?? floor, values),
    );
  } finally {
    await Promise.all([load, ...children].map((child) => child.stop()));
    await emulator.close();
  }
}

function figuresOf(
  contestant: string,
  { cookie, tokenRequests }: Application,
  pairs: readonly { own: Round; bare: Round }[],
): MiddlewareFigures {
  const of = (value: (pair: { own: Round; bare: Round }) => number) => measured(pairs.map(value));
  return {
    contestant,
    requestsPerSecond: of(({ own }) => own.requestsPerSecond),
    cpuMicroseconds: of(({ own }) => own.cpuMicroseconds),
    ofBare: of(({ own, bare }) => own.requestsPerSecond / bare.requestsPerSecond),
    ofBareByCpu: of(({ own, bare }) => bare.cpuMicroseconds / own.cpuMicroseconds),
    cpuMicrosecondsAdded: of(({ own, bare }) => own.cpuMicroseconds - bare.cpuMicroseconds),
    cookieBytes: cookie.length,
    setCookieBytes: of(({ own }) => own.setCookieBytes).max,
    tokenRequests,
    loadBusy: of(({ own }) => own.loadBusy),
  };
}

/** As a person would, wherever the application sends them. @returns what their browser then sends */
async function signIn({ users }: EgainEmulator, origin: string): Promise<string> {
  const browser = createUserAgent();
  let page = await browser.open(`${origin}/sign-in`);
  if (page.url.origin !== origin && users[0]) page = await browser.signIn(users[0]);
  if (page.url.origin !== origin || page.status !== 200) throw new Error(`cannot sign in: ${page.status} ${page.text}`);
  return [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
}
