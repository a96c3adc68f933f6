import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** A page as the user agent sees it, after all redirects. */
export interface VisitedPage {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Every URL on the way here, this one included. */
  readonly visited: readonly string[];
}

/** What a browser without scripts does: keeps cookies, follows redirects, says where a request comes from. */
export interface UserAgent {
  /** Opens a URL as if somebody typed it. */
  open(url: string): Promise<VisitedPage>;
  /** Sends a form to a URL, from the page that was opened last. */
  post(
    url: string,
    fields?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<VisitedPage>;
  /** Asks as a script of the page that was opened last would: for JSON, and without a navigation. */
  fetch(url: string): Promise<VisitedPage>;
  /** Fills in the emulator's sign-in page, which must be open, and goes where that leads. */
  signIn(person: Person): Promise<VisitedPage>;
  /** The cookies that a request to this host would carry. */
  cookies(hostname: string): ReadonlyMap<string, string>;
  /** Puts a cookie there, or takes it away. */
  setCookie(hostname: string, name: string, value: string | undefined): void;
}

/** A seeded user or customer of the emulator. */
export type Person =
  | { readonly username: string; readonly password: string }
  | { readonly email: string; readonly password: string };

const MAX_REDIRECTS = 10;

type Answer = Pick<VisitedPage, 'status' | 'headers' | 'text'>;

interface Visit {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly body?: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** A new user agent, with no cookies. Cookies are kept by host name: like in browsers, ports do not separate them. */
export function createUserAgent(): UserAgent {
  const jar = new Map<string, Map<string, string>>();
  let current: URL | undefined;

  const cookiesOf = (hostname: string): Map<string, string> => {
    const cookies = jar.get(hostname) ?? new Map<string, string>();
    jar.set(hostname, cookies);
    return cookies;
  };

  const store = (url: URL, headers: IncomingHttpHeaders): void => {
    const cookies = cookiesOf(url.hostname);
    for (const line of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=;]*)=([^;]*)/.exec(line) ?? [];
      if (/;\s*max-age=0(;|$)/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  };

  async function exchange({ method, url, body, headers }: Visit): Promise<Answer> {
    const cookie = [...cookiesOf(url.hostname)].map(([name, value]) => `${name}=${value}`).join('; ');
    const type = body && { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await send(
      url,
      { method, headers: { ...type, ...headers, ...(cookie !== '' && { cookie }) } },
      body,
    );
    store(url, answer.headers);
    return answer;
  }

  async function navigate(first: Visit): Promise<VisitedPage> {
    const visited: string[] = [];
    let visit = first;
    for (;;) {
      visited.push(visit.url.href);
      const answer = await exchange(visit);
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status > 399 || location === undefined) {
        current = visit.url;
        return { url: visit.url, ...answer, visited };
      }
      if (visited.length > MAX_REDIRECTS)
        throw new Error(`More than ${MAX_REDIRECTS} redirects: ${visited.join(' → ')}`);
      visit = { method: 'GET', url: new URL(location, visit.url), headers: navigationHeaders('cross-site') };
    }
  }

  const resolve = (url: string): URL => new URL(url, current);

  const post: UserAgent['post'] = (url, fields = {}, headers = {}) => {
    const target = resolve(url);
    const site = current?.origin === target.origin ? 'same-origin' : 'cross-site';
    const origin = current?.origin ?? 'null';
    return navigate({
      method: 'POST',
      url: target,
      body: new URLSearchParams(fields),
      headers: { ...navigationHeaders(site), origin, ...headers },
    });
  };

  return {
    open: (url) => navigate({ method: 'GET', url: resolve(url), headers: navigationHeaders('none') }),
    post,
    fetch: (url) =>
      navigate({
        method: 'GET',
        url: resolve(url),
        headers: {
          accept: 'application/json',
          'sec-fetch-mode': 'cors',
          'sec-fetch-dest': 'empty',
          'sec-fetch-site': 'same-origin',
        },
      }),
    signIn: async (person) => {
      if (!/\/oauth2\/(v2\.0\/)?authorize$/.test(current?.pathname ?? ''))
        throw new Error(`${String(current)} is no sign-in page.`);
      return post(String(current), { ...pickCredentials(person), action: 'sign-in' });
    },
    cookies: (hostname) => new Map(cookiesOf(hostname)),
    setCookie: (hostname, name, value) => {
      if (value === undefined) cookiesOf(hostname).delete(name);
      else cookiesOf(hostname).set(name, value);
    },
  };
}

/** Not `fetch`: it sends Fetch Metadata of its own, and would be taken for a script. */
async function send(
  url: URL,
  options: { method: string; headers: Readonly<Record<string, string>> },
  body: URLSearchParams | undefined,
): Promise<Answer> {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, options, resolve).on('error', reject).end(body?.toString());
  });
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk;
  return { status: message.statusCode ?? 0, headers: message.headers, text };
}

function pickCredentials(person: Person): Readonly<Record<string, string>> {
  const { password } = person;
  return 'username' in person ? { username: person.username, password } : { email: person.email, password };
}

const navigationHeaders = (site: string): Readonly<Record<string, string>> => ({
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': site,
});
