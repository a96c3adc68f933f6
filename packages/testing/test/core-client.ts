import {
  createEgainAuth,
  type EgainAuth,
  type EgainAuthOptions,
  type HttpResponse,
  isEgainAuthError,
  type Persona,
} from '@egain-auth/core';
import type { EgainEmulator } from '../src/index.ts';

// The real core as a client of the emulator: whoever reads eGain's answers in production reads these.

export const BASE_URL = 'http://localhost:3000';
export const READ = ['knowledge.portalmgr.read'] as const;
export const ON_BEHALF_OF_READ = ['knowledge.portalmgr.onbehalfof.read'] as const;
export const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
export const SEARCH = '/knowledge/portalmgr/v4/PROD-1000/search?q=card&$lang=en-US';

/** The core with the emulator's configuration, and what a test changes about it. */
export function createCore(
  emulator: EgainEmulator,
  changes: EgainAuthOptions = {},
  platform: 'web' | 'spa' = 'web',
): EgainAuth {
  return createEgainAuth({
    authorizeSubject: () => true,
    ...emulator.config({ platform, baseUrl: BASE_URL }),
    ...changes,
  });
}

const NO_REPLY = { headersSent: false, appendHeader: () => {}, send: () => {} };

/**
 * The whole way of a browser through a login of the first seeded person.
 * @returns the request context of whoever signed in
 */
export async function signInWithCore(
  emulator: EgainEmulator,
  egain: EgainAuth,
  as: Persona = 'user',
  action: 'sign-in' | 'cancel' = 'sign-in',
) {
  const started = egain.startLogin({ as }, { method: 'GET', url: '/', headers: {} });
  const [user] = emulator.users;
  const [customer] = emulator.customers;
  const form = {
    action,
    ...{ username: user?.username ?? '', email: customer?.email ?? '', password: user?.password ?? '' },
  };
  const answer = await fetch(String(started.headers['location']), {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  const callback = new URL(answer.headers.get('location') ?? 'no-location:');
  const finished = await egain.completeLogin({
    method: 'GET',
    url: `${callback.pathname}${callback.search}`,
    headers: { cookie: cookiesOf(started) },
  });
  return egain.authenticate({ method: 'GET', url: '/', headers: { cookie: cookiesOf(finished) } }, NO_REPLY);
}

const cookiesOf = ({ headers }: Pick<HttpResponse, 'headers'>): string =>
  [headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');

/** How a call of the core failed: `code`, and `oauthError` where eGain named one. */
export async function failureOf(call: Promise<unknown>): Promise<{ code: string; oauthError: string | undefined }> {
  try {
    await call;
  } catch (error) {
    if (isEgainAuthError(error)) return { code: error.code, oauthError: error.oauthError };
    throw error;
  }
  return { code: 'none', oauthError: undefined };
}
