import { request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type Actor,
  type AdapterContext,
  createMemorySessionStore,
  type EgainAuthOptions,
  isEgainAuthError,
  type RequestContext,
} from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { hostsToClose, type PlainHandler, type PlainHost } from '../plain-host.ts';
import { soon } from '../soon.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
/** How long the emulator's access tokens live here, well below the idle limit of a session. */
const LIFETIME_MS = 120_000;

async function signIn({ browser, baseUrl, emulator }: PlainHost): Promise<void> {
  await browser.open(`${baseUrl}/auth/login?as=user`);
  const [person] = emulator.users;
  if (!person) throw new Error('nobody');
  await browser.signIn(person);
}

/** A host with a signed-in person, and the context of a request whose response is over. */
async function answered(options: Partial<EgainAuthOptions> = {}) {
  const contexts: RequestContext[] = [];
  const handler: PlainHandler = async (context) => void contexts.push(context);
  const host = await start(options, {
    handler,
    emulator: { refreshTokens: 'rotating', accessTokenLifetimeSeconds: LIFETIME_MS / 1000 },
  });
  await signIn(host);
  await host.browser.open(host.baseUrl);
  const context = contexts.at(-1);
  const actor = context?.actor;
  if (!context || actor?.type !== 'session') throw new Error('nobody is signed in');
  return { host, context, actor: actor as Actor };
}

/** The server hears a moment later that a response is over. */
async function untilOver(context: RequestContext | undefined): Promise<void> {
  const isOver = async () =>
    context?.getToken().then(
      () => false,
      (error) => isEgainAuthError(error, 'request_ended'),
    );
  while (!(await isOver())) await sleep(5);
}

/** A handler that does not answer requests for `/held` before it is told to. */
function holdRequests() {
  const contexts: RequestContext[] = [];
  let answer = (): void => {};
  const answering = new Promise<undefined>((resolve) => {
    answer = () => resolve(undefined);
  });
  const handler: PlainHandler = async (context, path) => {
    if (path !== '/held') return undefined;
    contexts.push(context);
    return answering;
  };
  return { contexts, answer, handler };
}

const refreshesOf = ({ emulator }: PlainHost) =>
  emulator.journal('token').filter(({ grant }) => grant === 'refresh_token').length;

describe('after the response', () => {
  test('T112: the context is over: every call says to name the actor, and what it says of the person stays', async () => {
    const { host, context } = await answered();
    const asked = host.emulator.journal().length;
    for (const call of [
      () => context.getToken(),
      () => context.api.get(MY_DETAILS),
      () => context.apiAs({ type: 'anonymous-customer' }).get('/knowledge/portalmgr/v4/PROD-1000/search'),
      () => context.apiAs(['user']).get(MY_DETAILS),
      () => context.api.paginate(MY_DETAILS)[Symbol.asyncIterator]().next(),
      () => context.login(),
      () => context.logout(),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'request_ended',
        remedy: expect.stringMatching(/egain\.api\(actor\).*EgainHttpService\.as\(actor\)/),
      });
    }
    expect(host.emulator.journal()).toHaveLength(asked);
    expect(context).toMatchObject({ isAuthenticated: true, identity: { name: 'Pat Admin' } });
  });

  test('T112: a closed connection ends the context too, before anything was answered', async () => {
    const contexts: RequestContext[] = [];
    let answer = (): void => {};
    const answering = new Promise<undefined>((resolve) => {
      answer = () => resolve(undefined);
    });
    const handler: PlainHandler = async (context) => {
      contexts.push(context);
      return answering;
    };
    const { baseUrl } = await start({}, { handler });
    const leaving = request(baseUrl)
      .on('error', () => {})
      .end();
    await soon(() => expect(contexts).toHaveLength(1));
    leaving.destroy();
    await untilOver(contexts[0]);
    const context = contexts[0] as AdapterContext;
    for (const call of [() => context.challenge({}), () => context.api.get(MY_DETAILS), () => context.getToken()]) {
      await expect(call()).rejects.toMatchObject({ code: 'request_ended', expected: true });
    }
    answer();
  });

  test('T112: a logout of a browser that left before the answer ends the session', async () => {
    const { contexts, answer, handler } = holdRequests();
    const store = createMemorySessionStore();
    const host = await start({ session: { secret: 'a session secret of more than 32 bytes', store } }, { handler });
    await signIn(host);
    const cookie = [...host.browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const leaving = request(`${host.baseUrl}/held`, { headers: { cookie } })
      .on('error', () => {})
      .end();
    await soon(() => expect(contexts).toHaveLength(1));
    leaving.destroy();
    await untilOver(contexts[0]);
    expect(contexts[0]?.isAuthenticated).toBe(true);
    await contexts[0]?.logout();
    answer();
    const status = await fetch(`${host.baseUrl}/auth/session`, { headers: { cookie } });
    expect(await status.json()).toMatchObject({ authenticated: false });
  });

  test('T112: a stream that began before goes on', async () => {
    const streams: Promise<string>[] = [];
    const handler: PlainHandler = async (context) => {
      const { body } = await context.api.request('GET', MY_DETAILS);
      // Read when the response is over.
      const over = async () => {
        await untilOver(context);
        return readText(body);
      };
      streams.push(over());
      return undefined;
    };
    const host = await start({}, { handler });
    await signIn(host);
    expect(JSON.parse((await streams.at(-1)) ?? '')).toMatchObject({ user: [{ firstName: 'Pat' }] });
  });

  describe("{ type: 'session' }", () => {
    test('T112: calls eGain until the token of a sealed cookie ends, and never spends its refresh token', async () => {
      stopClock();
      const { host, actor } = await answered();
      expect(await host.egain.api(actor).get(MY_DETAILS)).toMatchObject({ user: [{ firstName: 'Pat' }] });
      passTime(LIFETIME_MS);
      await expect(host.egain.api(actor).get(MY_DETAILS)).rejects.toMatchObject({ code: 'login_required' });
      expect(refreshesOf(host)).toBe(0);
    });

    test('T112: is not renewed when the browser left before it could get the cookie', async () => {
      stopClock();
      const { contexts, answer, handler } = holdRequests();
      const emulator = { refreshTokens: 'rotating', accessTokenLifetimeSeconds: LIFETIME_MS / 1000 } as const;
      const host = await start({}, { handler, emulator });
      await signIn(host);
      const cookie = [...host.browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
      const leaving = request(`${host.baseUrl}/held`, { headers: { cookie } })
        .on('error', () => {})
        .end();
      await soon(() => expect(contexts).toHaveLength(1));
      const actor = contexts[0]?.actor as Actor;
      leaving.destroy();
      await untilOver(contexts[0]);
      passTime(LIFETIME_MS);
      await expect(host.egain.api(actor).get(MY_DETAILS)).rejects.toMatchObject({ code: 'login_required' });
      expect(refreshesOf(host)).toBe(0);
      answer();
    });

    test('T112: is renewed where the session is in a store', async () => {
      stopClock();
      const { host, actor } = await answered({ session: { store: createMemorySessionStore() } });
      passTime(LIFETIME_MS);
      await host.egain.api(actor).get(MY_DETAILS);
      expect(refreshesOf(host)).toBe(1);
    });

    test('T112: is refused after a logout', async () => {
      const { host, actor } = await answered();
      await host.browser.open(`${host.baseUrl}/`);
      const cookie = [...host.browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
      const headers = { cookie, origin: host.baseUrl, 'sec-fetch-site': 'same-origin' };
      expect((await fetch(`${host.baseUrl}/auth/logout`, { method: 'POST', headers, redirect: 'manual' })).status).toBe(
        303,
      );
      await expect(host.egain.getToken(actor)).rejects.toMatchObject({ code: 'login_required' });
    });
  });
});
