import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: readonly string[];
  readonly text: string;
  /** Undefined where the text is no JSON. */
  readonly json: unknown;
}

export interface RawRequest {
  readonly method?: string;
  /** Sent as it is, byte for byte. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** One request without a browser's help: nothing is added, followed or normalised. */
export async function send(
  origin: string,
  { method = 'GET', path = '/', headers = {}, body }: RawRequest,
): Promise<RawAnswer> {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    request(origin, { method, path, headers, agent: false }, resolve).on('error', reject).end(body);
  });
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk;
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    setCookies: [...(message.headers['set-cookie'] ?? [])],
    text,
    json: parse(text),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a browser says of a page that somebody opens, and of a request of a page's script. */
export const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
} as const;

export const SCRIPT = {
  accept: 'application/json',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'sec-fetch-site': 'same-origin',
} as const;

export const SAME_ORIGIN_FORM = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' } as const;
