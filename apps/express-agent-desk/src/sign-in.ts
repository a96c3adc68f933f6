import type { EgainAuth, RequestContext } from '@egain-auth/express';

type Persona = 'user' | 'customer';

const NO_REPLY = { headersSent: false, appendHeader: () => {}, send: () => {} };

/** What a browser does at the emulator's sign-in page, step by step. @returns the request context of whoever signed in */
export async function signIn(
  egain: EgainAuth,
  as: Persona,
  person: { name: string; password: string },
): Promise<RequestContext> {
  const started = egain.startLogin({ as }, { method: 'GET', url: '/auth/login', headers: {} });
  const form = { [as === 'user' ? 'username' : 'email']: person.name, password: person.password };
  const answer = await fetch(String(started.headers['location']), {
    method: 'POST',
    body: new URLSearchParams({ ...form, action: 'sign-in' }),
    redirect: 'manual',
  });
  const callback = new URL(answer.headers.get('location') ?? '');
  const finished = await egain.completeLogin({
    method: 'GET',
    url: `${callback.pathname}${callback.search}`,
    headers: { cookie: cookiesOf(started) },
  });
  return egain.authenticate({ method: 'GET', url: '/', headers: { cookie: cookiesOf(finished) } }, NO_REPLY);
}

function cookiesOf({ headers }: { headers: Readonly<Record<string, string | readonly string[]>> }): string {
  return [headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
