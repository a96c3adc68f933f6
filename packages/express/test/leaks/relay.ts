import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RelayedRequest extends Message {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

export interface RelayedAnswer extends Message {
  readonly status: number;
}

type Interception = (request: RelayedRequest) => Partial<RelayedAnswer> | 'drop' | undefined;

export interface Exchange {
  readonly request: RelayedRequest;
  readonly answer: RelayedAnswer;
  /** Whether the answer is the server's own. */
  readonly isGenuine: boolean;
}

/** A server in front of another one that writes down all that is said, and can answer in its place. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  /** Answers what the function answers, while `during` runs. */
  intercept<T>(interception: Interception, during: () => Promise<T>): Promise<T>;
}

/** @param upstream where to, once it is known */
export async function startRelay(host: string, upstream: () => string): Promise<Relay> {
  const exchanges: Exchange[] = [];
  let interception: Interception = () => undefined;

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const { method = '', url: target = '', headers } = incoming;
      const asked: RelayedRequest = { method, target, headers, body: await textOf(incoming) };
      const given = interception(asked);
      const answer: RelayedAnswer | 'drop' =
        given === 'drop' ? given : given ? { status: 200, headers: {}, body: '', ...given } : await pass(asked);
      if (answer === 'drop') {
        incoming.socket.destroy();
        return;
      }
      exchanges.push({ request: asked, answer, isGenuine: given === undefined });
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    })().catch(() => incoming.socket.destroy());
  });

  async function pass({ method, target, headers, body }: RelayedRequest): Promise<RelayedAnswer> {
    const { connection: _, ...rest } = headers;
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${upstream()}${target}`, { method, headers: rest }, resolve).on('error', reject).end(body);
    });
    const { connection: __, 'keep-alive': ___, 'transfer-encoding': ____, ...answered } = message.headers;
    return { status: message.statusCode ?? 0, headers: answered, body: await textOf(message) };
  }

  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    exchanges,
    async intercept(given, during) {
      interception = given;
      try {
        return await during();
      } finally {
        interception = () => undefined;
      }
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk;
  return text;
}
