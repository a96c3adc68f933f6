import { Agent, type Dispatcher } from 'undici';

/** One token, as it was asked for and answered. */
export interface ObservedToken {
  /** When it was asked for, in steps of {@link ObservedTraffic.step}. */
  readonly askedAt: number;
  /** `subject_username=…`: what the request said. */
  readonly subject: string;
  /** What the request said, sorted. */
  readonly scope: string;
  /** Epoch milliseconds, as the token itself says. */
  readonly expiresAt: number;
}

export interface ObservedTraffic {
  readonly dispatcher: Dispatcher;
  /** Counts every token request and everything else that is to be put in order with them. */
  step(): number;
  close(): Promise<void>;
}

/** The header by which a call of the API says which request of the history it is of. */
export const REQUEST_HEADER = 'x-history-request';

/**
 * Looks at what goes over the wire, and changes nothing.
 * @param onApiCall is told of every API call just before it is sent
 */
export function observeTraffic(
  apiUrl: string,
  onApiCall: (id: string, token: ObservedToken | undefined) => void,
): ObservedTraffic {
  const agent = new Agent({ connections: 64 });
  const tokens = new Map<string, ObservedToken>();
  let steps = 0;
  function step(): number {
    steps += 1;
    return steps;
  }

  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    if (options.origin === apiUrl) {
      const headers = options.headers as Record<string, string>;
      onApiCall(headers[REQUEST_HEADER] ?? '', tokens.get((headers['authorization'] ?? '').replace('Bearer ', '')));
      return dispatch(options, handler);
    }
    const form = new URLSearchParams(options.body as string);
    const [subject = 'nobody'] = [...form]
      .filter(([name]) => name.startsWith('subject_'))
      .map((pair) => pair.join('='));
    const scope = (form.get('scope') ?? '').split(' ').sort().join(' ');
    const asked = { askedAt: step(), subject, scope };
    const chunks: Buffer[] = [];
    return dispatch(options, {
      ...handler,
      onResponseData(controller, chunk) {
        chunks.push(Buffer.from(chunk));
        return handler.onResponseData?.(controller, chunk);
      },
      onResponseEnd(controller, trailers) {
        // Before anybody can use it.
        const token = readToken(Buffer.concat(chunks).toString());
        if (token !== undefined) tokens.set(token, { ...asked, expiresAt: expiryOf(token) });
        return handler.onResponseEnd?.(controller, trailers);
      },
    });
  });
  return { dispatcher, step, close: () => agent.close() };
}

function readToken(answer: string): string | undefined {
  try {
    return JSON.parse(answer).access_token;
  } catch {
    return undefined;
  }
}

const expiryOf = (jwt: string): number =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()).exp * 1000;
