import { setTimeout as sleep } from 'node:timers/promises';
import type { OnBehalfOfScope, RequestContext } from '@egain-auth/core';
import type { ContractAnswer, ContractRequest, ContractRoute } from './host.ts';

/** The paths of the handlers that ran. */
export type HandlerLog = string[];

const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
/** What a handler sets as its own `Vary` before the adapter answers. */
export const VARY_HEADER = 'x-own-vary';
export const NAME_HEADER = 'x-verified-name';
/** Says how long a handler waits before it does anything, in milliseconds. */
export const DELAY_HEADER = 'x-delay';
/** A handler waits for {@link Gate.open} before it does anything. */
export const HOLD_HEADER = 'x-hold';
/** More than what is called would ask for by itself. */
export const ON_BEHALF_OF: readonly OnBehalfOfScope[] = [
  'knowledge.portalmgr.onbehalfof.manage',
  'knowledge.portalmgr.onbehalfof.read',
];

/** Keeps requests under way for as long as a rule needs them to be. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

type Handler = (request: ContractRequest) => Promise<ContractAnswer | undefined>;

/** Who is signed in, as a handler sees it. */
const whoAmI: Handler = async ({ egain }) => ({
  body: {
    isAuthenticated: egain.isAuthenticated,
    persona: egain.identity?.persona ?? null,
    name: egain.identity?.name ?? null,
    scope: [...(egain.session?.scope ?? [])],
    actor: egain.actor?.type ?? null,
    reason: egain.signedOutReason ?? null,
  },
});

const callApi: Handler = async ({ egain }) => ({ body: (await egain.api.get(MY_DETAILS)) as unknown });

/** Says more than its headers, once it has asked for a token. */
const streamToken: Handler = async ({ egain, flush }) => {
  flush('early ');
  const { source } = await egain.getToken();
  return { body: { source } };
};

/**
 * The one application of all rules.
 * @param contexts where each handler leaves what it was handed
 * @param gate holds the requests that have {@link HOLD_HEADER}
 */
export function createRoutes(log: HandlerLog, contexts: RequestContext[], gate: Gate): readonly ContractRoute[] {
  const onBehalfOf = { header: NAME_HEADER, scope: ON_BEHALF_OF, eager: false };
  const routes: ContractRoute[] = [
    { method: 'GET', path: '/', handle: whoAmI },
    { method: 'GET', path: '/any', guard: {}, handle: whoAmI },
    { method: 'POST', path: '/any', guard: {}, handle: whoAmI },
    { method: 'GET', path: '/desk', guard: { as: 'user' }, handle: whoAmI },
    { method: 'GET', path: '/help', guard: { as: 'customer' }, handle: whoAmI },
    { method: 'GET', path: '/manage', guard: { scope: ['knowledge.portalmgr.manage'] }, handle: whoAmI },
    { method: 'GET', path: '/json', guard: { unauthenticated: 'json' }, handle: whoAmI },
    { method: 'GET', path: '/redirect', guard: { unauthenticated: 'redirect' }, handle: whoAmI },
    { method: 'GET', path: '/me', handle: callApi },
    {
      method: 'GET',
      path: '/token',
      guard: {},
      handle: async ({ egain }) => {
        const { source, expiresAt } = await egain.getToken();
        return { body: { source, expiresAt } };
      },
    },
    { method: 'GET', path: '/crm', onBehalfOf, handle: callApi },
    { method: 'GET', path: '/crm/idle', onBehalfOf, handle: whoAmI },
    { method: 'GET', path: '/crm/eager', onBehalfOf: { ...onBehalfOf, eager: true }, handle: whoAmI },
    { method: 'GET', path: '/crm/guarded', guard: { as: 'user' }, onBehalfOf, handle: callApi },
    {
      method: 'GET',
      path: '/cookie/before',
      handle: async (request) => {
        request.setCookie('app', 'before');
        return whoAmI(request);
      },
    },
    {
      method: 'GET',
      path: '/cookie/after',
      handle: async (request) => {
        const answer = await whoAmI(request);
        request.setCookie('app', 'after');
        return answer;
      },
    },
    {
      method: 'GET',
      path: '/cookie/login',
      handle: async ({ egain, setCookie }) => {
        setCookie('app', 'kept');
        await egain.login({ as: 'user', returnTo: '/any' });
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/leave',
      handle: async ({ egain, setCookie }) => {
        setCookie('app', 'kept');
        await egain.logout({ returnTo: '/' });
        return undefined;
      },
    },
    {
      method: 'GET',
      path: '/stream',
      handle: async (request) => {
        request.flush('early ');
        return whoAmI(request);
      },
    },
    { method: 'GET', path: '/stream/token', handle: streamToken },
    { method: 'GET', path: '/stream/guarded', guard: {}, handle: streamToken },
    {
      method: 'GET',
      path: '/stream/touched',
      handle: async ({ egain, flush }) => {
        const { isAuthenticated } = egain;
        flush('early ');
        return { body: { isAuthenticated } };
      },
    },
    {
      method: 'GET',
      path: '/vary/login',
      handle: async ({ egain, header, setHeader }) => {
        setHeader('vary', header(VARY_HEADER) ?? '');
        await egain.login({ as: 'user', returnTo: '/any' });
        return undefined;
      },
    },
    {
      method: 'GET',
      path: '/vary/error',
      handle: async ({ egain, header, setHeader }) => {
        setHeader('vary', header(VARY_HEADER) ?? '');
        return { body: (await egain.api.get(MY_DETAILS)) as unknown };
      },
    },
    {
      method: 'GET',
      path: '/late/started',
      guard: {},
      handle: async ({ egain, takeOver }) => {
        const call = egain.api.get(MY_DETAILS);
        takeOver().end('accepted');
        await call;
        return undefined;
      },
    },
    {
      method: 'GET',
      path: '/late/events',
      guard: {},
      handle: async ({ egain, takeOver }) => {
        const response = takeOver();
        response.writeHead(200).write('begun');
        await egain.api.get(MY_DETAILS);
        response.write(' called');
        return undefined;
      },
    },
    { method: 'GET', path: '/teapot', handle: async () => ({ status: 418, body: { teapot: true } }) },
    {
      method: 'GET',
      path: '/head',
      handle: async ({ egain, takeOver }) => {
        const { isAuthenticated } = egain;
        takeOver()
          .writeHead(200, { 'set-cookie': 'app=own', 'cache-control': 'public, max-age=60', vary: 'Accept' })
          .end(`${isAuthenticated}`);
        return undefined;
      },
    },
    {
      method: 'GET',
      path: '/head/early',
      handle: async ({ egain, takeOver }) => {
        const { isAuthenticated } = egain;
        const response = takeOver();
        response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
        response.statusCode = 200;
        response.setHeader('set-cookie', ['app=own']);
        response.end(`${isAuthenticated}`);
        return undefined;
      },
    },
    {
      method: 'GET',
      path: '/taken/error',
      handle: async ({ egain, takeOver }) => {
        takeOver();
        return { body: (await egain.api.get(MY_DETAILS)) as unknown };
      },
    },
    {
      method: 'GET',
      path: '/taken/login',
      handle: async ({ egain, takeOver }) => {
        takeOver();
        await egain.login({ as: 'user', returnTo: '/any' });
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/taken/leave',
      handle: async ({ egain, takeOver }) => {
        takeOver();
        await egain.logout({ returnTo: '/' });
        return undefined;
      },
    },
    {
      method: 'GET',
      path: '/boom/touched',
      handle: async ({ egain }) => {
        await egain.getToken();
        throw new Error('canary of the application');
      },
    },
    {
      method: 'GET',
      path: '/boom',
      handle: async () => {
        throw new Error('canary of the application');
      },
    },
  ];
  return routes.map((route) => ({
    ...route,
    async handle(request) {
      log.push(route.path);
      contexts.push(request.egain);
      const delayMs = Number(request.header(DELAY_HEADER) ?? 0);
      if (delayMs > 0) await sleep(delayMs);
      if (request.header(HOLD_HEADER) !== undefined) await gate.opened;
      return route.handle(request);
    },
  }));
}
