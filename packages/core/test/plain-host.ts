import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
// By path: as a dependency it would close a circle, since the emulator names core's types.
import { createEgainEmulator, createUserAgent, type EgainEmulator, type UserAgent } from '../../testing/src/index.ts';
import {
  type AdapterContext,
  createEgainAuth,
  type EgainAuth,
  type EgainAuthOptions,
  errorResponse,
  type HttpResponse,
  isEgainAuthError,
  nodeReply,
  writeResponse,
} from '../src/index.ts';

export interface PlainHost extends AsyncDisposable {
  readonly baseUrl: string;
  readonly emulator: EgainEmulator;
  readonly egain: EgainAuth;
  readonly browser: UserAgent;
  /** The codes of the errors that were answered, in order. */
  readonly errors: string[];
}

export type PlainHandler = (context: AdapterContext, path: string) => Promise<HttpResponse | undefined>;

/** A busy machine is slow too, and no test means that by a deadline. */
const PATIENT = { timeoutMs: 240_000 };

const NOTHING: PlainHandler = async () => undefined;

/** Node's own http and nothing else: the core as an adapter sees it, beside an emulator. */
export async function startPlainHost(
  options: Partial<EgainAuthOptions> = {},
  {
    handler = NOTHING,
    emulator: settings,
  }: { handler?: PlainHandler; emulator?: Parameters<typeof createEgainEmulator>[0] } = {},
): Promise<PlainHost> {
  const emulator = await createEgainEmulator(settings).listen();
  const errors: string[] = [];
  const server = createServer((request, response) => {
    const reply = nodeReply(response);
    void (async () => {
      const ours = await egain.handle(request, reply);
      const answer = ours ?? (await handler(await egain.authenticate(request, reply), request.url ?? ''));
      if (!response.writableEnded) writeResponse(response, answer ?? { status: 200, headers: {}, body: 'the page' });
    })().catch((error: unknown) => {
      if (isEgainAuthError(error)) errors.push(error.code);
      writeResponse(response, errorResponse(error, request) ?? { status: 500, headers: {}, body: String(error) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
  const egain = createEgainAuth({
    authorizeSubject: () => true,
    ...emulator.config({ baseUrl }),
    http: PATIENT,
    ...options,
  });
  return {
    baseUrl,
    emulator,
    egain,
    browser: createUserAgent(),
    errors,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await Promise.all([egain.close(), emulator.close()]);
    },
  };
}

/** Hosts that a test file started, to be closed after each test. */
export function hostsToClose(): { start: typeof startPlainHost; closeAll: () => Promise<void> } {
  const started: PlainHost[] = [];
  return {
    async start(...given) {
      const host = await startPlainHost(...given);
      started.push(host);
      return host;
    },
    async closeAll() {
      await Promise.all(started.splice(0).map((host) => host[Symbol.asyncDispose]()));
    },
  };
}
