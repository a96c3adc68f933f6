import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EgainAuthError, EgainAuthOptions, RequestContext } from '@egain-auth/core';
import type { EgainEmulator } from '../egain-emulator.ts';
import { createEgainEmulator } from '../emulator.ts';
import type { EgainEmulatorOptions } from '../options.ts';
import { createUserAgent, type UserAgent, type VisitedPage } from '../user-agent.ts';
import { createGate, createRoutes, type HandlerLog } from './application.ts';
import type { ContractApplication, ContractHost, StartContractHost } from './host.ts';
import { type RawAnswer, type RawRequest, SCRIPT, send } from './request.ts';
import { createWallClock } from './wall-clock.ts';

export interface WorldOptions {
  readonly mount?: string;
  readonly emulator?: EgainEmulatorOptions;
  /** @default 'adapter' */
  readonly errors?: ContractApplication['errors'];
  /** Beside what the emulator says. */
  readonly options?: Partial<EgainAuthOptions>;
}

/** One application with an eGain of its own. */
export interface World {
  readonly emulator: EgainEmulator;
  readonly host: ContractHost;
  /** What a browser sees: origin, the prefix that a proxy would strip, and mount. */
  readonly baseUrl: string;
  readonly browser: UserAgent;
  /** What the error handler was told, in order. */
  readonly errors: readonly EgainAuthError[];
  /** Whether it was told that they are expected, in the same order. */
  readonly expected: readonly boolean[];
  /** The handlers that ran, in order. */
  readonly log: HandlerLog;
  /** What they were handed, in the same order. */
  readonly contexts: readonly RequestContext[];
  /** Lets time pass for the application and for eGain, without waiting for it. */
  passTime(ms: number): void;
  /** Resolves once so many handlers have begun. */
  begun(count: number): Promise<void>;
  /** Lets the requests with `HOLD_HEADER` go on. */
  release(): void;
  /** Opens a path of the application. */
  open(path: string): Promise<VisitedPage>;
  /** Signs in as a user, or as a customer, who then opens `path`. */
  signIn(as?: 'user' | 'customer', path?: string): Promise<VisitedPage>;
  /** One request with the browser's cookies, as a script unless headers say otherwise. Cookies of the answer are not kept. */
  send(request: RawRequest): Promise<RawAnswer>;
  /** What the browser would send as `Cookie`. */
  cookie(): string;
}

/** Starts worlds for one rule, and ends them all. */
export interface Worlds {
  start(options?: WorldOptions): Promise<World>;
  end(): Promise<void>;
}

export function createWorlds(startHost: StartContractHost): Worlds {
  const started: World[] = [];
  const clock = createWallClock();

  return {
    async start({ mount = '', errors: handler = 'adapter', emulator: settings, options = {} } = {}) {
      const path = `${options.strippedPrefix ?? ''}${mount}`;
      const emulator = await createEgainEmulator(settings).listen();
      const errors: EgainAuthError[] = [];
      const expected: boolean[] = [];
      const log: HandlerLog = [];
      const contexts: RequestContext[] = [];
      const gate = createGate();
      const host = await startHost({
        mount,
        options: (origin) => ({
          authorizeSubject: () => true,
          ...emulator.config({ baseUrl: `${origin}${path}` }),
          ...options,
        }),
        errors: handler,
        routes: createRoutes(log, contexts, gate),
        onError(error, details) {
          errors.push(error);
          expected.push(details.expected);
        },
      });
      const browser = createUserAgent();
      const baseUrl = `${host.origin}${path}`;
      const cookie = () => [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
      const world: World = {
        ...{ emulator, host, baseUrl, browser, errors, expected, log, contexts, cookie },
        passTime: (ms) => clock.advance(ms),
        async begun(count) {
          while (log.length < count) await sleep(5);
        },
        release: () => gate.open(),
        open: (path) => browser.open(`${baseUrl}${path}`),
        async signIn(as = 'user', page = '/') {
          await browser.open(`${baseUrl}/auth/login?as=${as}&returnTo=${encodeURIComponent(`${mount}${page}`)}`);
          const person = as === 'user' ? emulator.users[0] : emulator.customers[0];
          assert(person, 'the emulator has nobody who could sign in');
          return browser.signIn(person);
        },
        send: ({ path = '/', headers = {}, ...request }) =>
          send(host.origin, {
            ...request,
            path: `${mount}${path}`,
            headers: { ...SCRIPT, ...(cookie() !== '' && { cookie: cookie() }), ...headers },
          }),
      };
      started.push(world);
      return world;
    },

    async end() {
      clock.restore();
      for (const world of started.splice(0)) {
        // A rule that failed may have left requests behind that a server would wait for.
        world.release();
        await world.host.close();
        await world.emulator.close();
      }
    },
  };
}
