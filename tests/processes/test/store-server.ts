import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Operation {
  readonly operation: 'get' | 'set' | 'update' | 'claim' | 'delete';
  readonly key: string;
  readonly value: string;
  readonly ttlMs: number;
}

/** A key-value store that outlives the processes that use it, asked by HTTP: see `src/session-store.ts`. */
export interface StoreServer extends AsyncDisposable {
  readonly url: string;
  /** What it was asked to do, with the kind of the key: `get s`, `claim c`. */
  readonly operations: readonly string[];
  /** Calls back in the middle of an operation, which is never answered. */
  interrupt(interruption: Interruption): void;
  hasSession(): boolean;
  /** What has a time to live has had so much of it. */
  elapse(ms: number): void;
  clear(): void;
}

export interface Interruption {
  /** Of those to come, from 0. */
  readonly operation: number;
  /** Whether the operation is done nevertheless. */
  readonly when: 'before' | 'after';
  readonly interrupt: () => void;
}

export async function startStoreServer(): Promise<StoreServer> {
  const entries = new Map<string, { readonly value: string; readonly endsAt: number }>();
  const operations: string[] = [];
  let elapsedMs = 0;
  let interruption: Interruption | undefined;

  const now = () => Date.now() + elapsedMs;
  const find = (key: string) => {
    const entry = entries.get(key);
    return entry && now() < entry.endsAt ? entry.value : null;
  };

  function carryOut({ operation, key, value, ttlMs }: Operation): string | null {
    const found = find(key);
    if (operation === 'get') return found;
    if (operation === 'delete') entries.delete(key);
    else if (operation === 'set' || (operation === 'update') === (found !== null)) {
      entries.set(key, { value, endsAt: now() + ttlMs });
      return 'done';
    }
    return null;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation: Operation = JSON.parse(Buffer.concat(chunks).toString());
    operations.push(`${operation.operation} ${operation.key.slice(0, 1)}`);
    const interrupted = interruption?.operation === operations.length - 1 ? interruption : undefined;
    if (interrupted?.when === 'before') return interrupted.interrupt();
    const result = carryOut(operation);
    if (interrupted) return interrupted.interrupt();
    response.end(JSON.stringify({ result }));
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations,
    interrupt(given) {
      interruption = { ...given, operation: operations.length + given.operation };
    },
    hasSession: () => [...entries.keys()].some((key) => key.startsWith('s:') && find(key) !== null),
    elapse(ms) {
      elapsedMs += ms;
    },
    clear: () => entries.clear(),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
