import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createEgainAuth, type EgainAuth, type EgainAuthOptions } from '../../src/index.ts';

/** What is known of a token request once it was read. */
export interface TokenAsked {
  /** By `Date`, which tests move. */
  readonly at: number;
  readonly form: URLSearchParams;
  /** Whom it is for; the client itself where it is for nobody. */
  readonly subject: string;
  readonly clientId: string;
  readonly response: ServerResponse;
}

export interface ApiAsked {
  readonly at: number;
  readonly method: string;
  /** Who the caller says it is. */
  readonly meantFor: string;
  readonly accessToken: string;
  readonly status: number;
}

export type TokenAnswer = (asked: TokenAsked) => void;

/** One server, with what went on at it. */
interface Counted {
  readonly origin: string;
  readonly connections: number;
  readonly openConnections: number;
  /** Requests that are neither answered nor given up. */
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Requests that the other side gave up. */
  readonly givenUp: number;
  resetCounts(): void;
  close(): Promise<void>;
}

/** Far less than the emulator, so that tens of thousands of requests are no matter. */
export interface FakeEgain extends AsyncDisposable {
  readonly token: Counted & {
    readonly asked: TokenAsked[];
    /** What the token endpoint does. @default {@link FakeEgain.issue} */
    answer: TokenAnswer;
  };
  readonly api: Counted & {
    readonly asked: ApiAsked[];
    /** Instead of an answer. */
    fault: ((response: ServerResponse, request: IncomingMessage) => void) | undefined;
    /** How far the API's clock is ahead. */
    aheadMs: number;
  };
  /** Answers with a token that lives this long. */
  readonly issue: (lifetimeSeconds?: unknown) => TokenAnswer;
  /** The API refuses every token that was issued so far. */
  revokeAll(): void;
  /** An instance that was told of this eGain. Closed with it. */
  createAuth(options?: Partial<EgainAuthOptions>): EgainAuth;
}

/** Whose an access token is, by its own account. */
export const ownerOf = (accessToken: string): string => decodeURIComponent(accessToken.split('~')[1] ?? '');

/** By `Date`. */
export const endOf = (accessToken: string): number => Number(accessToken.split('~')[2]);

export async function startFakeEgain(): Promise<FakeEgain> {
  const instances: EgainAuth[] = [];
  let issued = 0;
  let revokedUpTo = 0;

  const issue: FakeEgain['issue'] =
    (lifetimeSeconds = 3600) =>
    ({ subject, response }) => {
      issued += 1;
      const expiresAt = Date.now() + Number(lifetimeSeconds) * 1000;
      send(response, 200, {
        access_token: `${issued}~${encodeURIComponent(subject)}~${expiresAt}`,
        token_type: 'Bearer',
        expires_in: lifetimeSeconds,
      });
    };

  const token = await startCounting(async (request, response) => {
    const form = new URLSearchParams(await read(request));
    const clientId = form.get('client_id') ?? '';
    const subject =
      form.get('subject_username') ??
      form.get('subject_userid') ??
      form.get('subject_email') ??
      form.get('subject_token') ??
      clientId;
    const asked = { at: Date.now(), form, subject, clientId, response };
    tokenState.asked.push(asked);
    tokenState.answer(asked);
  });
  const tokenState = { asked: [] as TokenAsked[], answer: issue() };

  const api = await startCounting(async (request, response) => {
    await read(request);
    const accessToken = (request.headers.authorization ?? '').replace('Bearer ', '');
    const isGood = Number(accessToken.split('~')[0]) > revokedUpTo;
    const isAlive = Date.now() + apiState.aheadMs < endOf(accessToken);
    const status = isGood && isAlive ? 200 : 401;
    apiState.asked.push({
      at: Date.now(),
      method: request.method ?? '',
      meantFor: String(request.headers['x-meant-for']),
      accessToken,
      status,
    });
    if (apiState.fault) apiState.fault(response, request);
    else send(response, status, status === 200 ? { owner: ownerOf(accessToken) } : { code: '401-101' });
  });
  const apiState = { asked: [] as ApiAsked[], fault: undefined as FakeEgain['api']['fault'], aheadMs: 0 };

  const tokenUrl = `${token.origin}/token`;
  const customers = `${token.origin}/customers/token`;
  return {
    token: withCounts(tokenState, token),
    api: withCounts(apiState, api),
    issue,
    revokeAll() {
      revokedUpTo = issued;
    },
    createAuth(options) {
      const egain = createEgainAuth({
        clientId: 'client-1',
        clientSecret: 'secret-1',
        endpoints: {
          client: { tokenUrl },
          onBehalfOf: { user: { tokenUrl }, customer: { tokenUrl: customers } },
          tokenExchange: { tokenUrl },
        },
        apiUrl: api.origin,
        authorizeSubject: () => true,
        // A busy machine is slow too, and no test means that by a deadline.
        http: { timeoutMs: 240_000 },
        ...options,
      });
      instances.push(egain);
      return egain;
    },
    async [Symbol.asyncDispose]() {
      // Before the instances: nothing is left for them to wait for.
      await Promise.all([token.close(), api.close()]);
      await Promise.all(instances.map((egain) => egain.close()));
    },
  };
}

/** Getters survive. */
function withCounts<T extends object>(state: T, counted: Counted): T & Counted {
  return Object.defineProperties(state, Object.getOwnPropertyDescriptors(counted)) as T & Counted;
}

async function startCounting(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Counted> {
  const sockets = new Set<Socket>();
  const counts = { connections: 0, inFlight: 0, maxInFlight: 0, givenUp: 0 };
  const server = createServer((request, response) => {
    counts.inFlight += 1;
    counts.maxInFlight = Math.max(counts.maxInFlight, counts.inFlight);
    response.on('close', () => {
      counts.inFlight -= 1;
      if (!response.writableFinished && !ended.has(response)) counts.givenUp += 1;
    });
    answer(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket: Socket) => {
    counts.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // What is idle between two moments of virtual time stays open.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return counts.connections;
    },
    get openConnections() {
      return sockets.size;
    },
    get inFlight() {
      return counts.inFlight;
    },
    get maxInFlight() {
      return counts.maxInFlight;
    },
    get givenUp() {
      return counts.givenUp;
    },
    resetCounts() {
      Object.assign(counts, { connections: 0, maxInFlight: counts.inFlight, givenUp: 0 });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Responses that this side broke off. */
const ended = new WeakSet<ServerResponse>();

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** JSON, or nothing at all. */
export function send(
  response: ServerResponse,
  status: number,
  body?: object,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(body === undefined ? undefined : JSON.stringify(body));
}

/** Breaks the connection, as what died does. */
export function reset(response: ServerResponse): void {
  ended.add(response);
  response.socket?.resetAndDestroy();
}

export const refuseWith =
  (status: number, body: object, headers?: Record<string, string>): TokenAnswer =>
  ({ response }) =>
    send(response, status, body, headers);

/** The token endpoint is down: it reads what it is asked, so that tests can count, and dies. */
export const goDown: TokenAnswer = ({ response }) => reset(response);

/** Answers later than anybody waits. */
export const neverAnswer: TokenAnswer = () => {};

/** Answers this much later, if anybody still listens. */
export const answerAfter =
  (ms: number, then: TokenAnswer): TokenAnswer =>
  (asked) => {
    const timer = setTimeout(then, ms, asked);
    asked.response.on('close', () => clearTimeout(timer));
  };

/** Collects requests until they are let go. */
export function holdBack(then: TokenAnswer): { answer: TokenAnswer; release(): void } {
  const held: TokenAsked[] = [];
  return {
    answer: (asked) => void held.push(asked),
    release() {
      for (const asked of held.splice(0)) then(asked);
    },
  };
}

/** Instances of eGain that a test file started, to be closed after each test. */
export function fakesToClose(): { start: typeof startFakeEgain; closeAll: () => Promise<void> } {
  const started: FakeEgain[] = [];
  return {
    async start() {
      const egain = await startFakeEgain();
      started.push(egain);
      return egain;
    },
    async closeAll() {
      await Promise.all(started.splice(0).map((egain) => egain[Symbol.asyncDispose]()));
    },
  };
}
