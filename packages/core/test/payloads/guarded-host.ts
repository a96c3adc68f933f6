import { type PlainHost, startPlainHost } from '../plain-host.ts';
import { BEHIND_THE_GUARD } from './harmless.ts';
import { jarAfter, type RawAnswer, sendRaw } from './raw-client.ts';

export type GuardedHost = Pick<PlainHost, 'baseUrl' | 'emulator'>;
export type Jar = ReadonlyMap<string, string>;

/** Every URL but ours is guarded. */
export function startGuardedHost(options: Parameters<typeof startPlainHost>[0] = {}): Promise<PlainHost> {
  return startPlainHost(options, {
    handler: async (context) =>
      (await context.challenge({ unauthenticated: 'redirect' })) ?? {
        status: 200,
        headers: {},
        body: `${BEHIND_THE_GUARD}: ${JSON.stringify(context.identity)}`,
      },
  });
}

export const cookieHeader = (jar: Jar): readonly ['cookie', string] => [
  'cookie',
  [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
];

/** Has the seeded person of the persona sign in at eGain, with what a login was answered. */
export async function signInAtEgain(
  { emulator }: GuardedHost,
  { location = '', setCookies }: RawAnswer,
): Promise<{ callback: URL; jar: Jar }> {
  const [user] = emulator.users;
  const [customer] = emulator.customers;
  const person = location.includes('-U/')
    ? { username: user?.username ?? '', password: user?.password ?? '' }
    : { email: customer?.email ?? '', password: customer?.password ?? '' };
  const body = new URLSearchParams({ ...person, action: 'sign-in' });
  const answer = await fetch(location, { method: 'POST', body, redirect: 'manual' });
  return { callback: new URL(answer.headers.get('location') ?? ''), jar: jarAfter(new Map(), setCookies) };
}

/** A login up to the callback, which is not sent. */
export async function startSignIn(host: GuardedHost, target = '/auth/login?as=user') {
  return signInAtEgain(host, await sendRaw(host.baseUrl, { target }));
}

export function sendCallback({ baseUrl }: GuardedHost, { callback, jar }: { callback: URL; jar: Jar }) {
  return sendRaw(baseUrl, { target: `${callback.pathname}${callback.search}`, headers: [cookieHeader(jar)] });
}

/** @returns the cookies of somebody who is signed in */
export async function signIn(host: GuardedHost, target?: string): Promise<Jar> {
  const started = await startSignIn(host, target);
  return jarAfter(started.jar, (await sendCallback(host, started)).setCookies);
}
