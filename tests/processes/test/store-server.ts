import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Operation {
  readonly operation: 'get' | 'set' | 'delete' | 'replace' | 'claim' | 'release';
  readonly key: string;
  readonly value: string;
  readonly previous: string;
  readonly owner: string;
  readonly ttlMs: number;
}

/** A session store that outlives the processes that use it, asked by HTTP: see `src/session-store.ts`. */
export interface StoreServer extends AsyncDisposable {
  readonly url: string;
  /** The operations that it received, each with the kind of its key: `get s`, `claim c`. */
  readonly operations: readonly string[];
  /** Calls back in the middle of an operation, which is never answered. */
  interrupt(interruption: Interruption): void;
  /** Destroys the connection of an operation, and those of the operations that follow it. */
  cut(cut: Cut): void;
  /** `armed` until the operation comes at which the cut begins, then `cut` until all of it is over. */
  state(): 'whole' | 'armed' | 'cut';
  /** Puts the store so far away, there and back. */
  moveAway(ms: number): void;
  hasSession(): boolean;
  /** Ages everything with a time to live by so much. */
  elapse(ms: number): void;
  clear(): void;
}

export interface Interruption {
  /** The index of an operation among those to come, from 0. */
  readonly operation: number;
  /** Whether the operation is carried out nevertheless. */
  readonly when: 'before' | 'after';
  readonly interrupt: () => void;
}

export interface Cut {
  /** Such as `claim c`. */
  readonly operation: string;
  /** The index of the operation among those of its name to come, from 0. */
  readonly nth: number;
  /** Whether the operation is carried out nevertheless. */
  readonly when: 'before' | 'after';
  /** How many operations after it fail as well. They are not carried out. */
  readonly failing: number;
}

export async function startStoreServer(): Promise<StoreServer> {
  const values = createEntries();
  const claims = createEntries();
  const operations: string[] = [];
  let distanceMs = 0;
  let interruption: Interruption | undefined;
  let armed: Cut | undefined;
  let failing = 0;

  function carryOut({ operation, key, value, previous, owner, ttlMs }: Operation): string | boolean | null {
    switch (operation) {
      case 'get':
        return values.find(key) ?? null;
      case 'set':
        return values.put(key, value, ttlMs);
      case 'delete':
        return values.delete(key);
      case 'replace':
        return values.find(key) === previous && values.put(key, value, ttlMs);
      case 'claim':
        return (claims.find(key) ?? owner) === owner && claims.put(key, owner, ttlMs);
      case 'release':
        return claims.find(key) === owner && claims.delete(key);
    }
  }

  const travel = async () => (distanceMs > 0 ? sleep(distanceMs / 2) : undefined);

  /** @returns when the connection of an operation is destroyed, if it is */
  function takeFromCut(name: string): Cut['when'] | undefined {
    if (failing > 0) {
      failing -= 1;
      return 'before';
    }
    if (armed?.operation !== name) return undefined;
    const { when, nth } = armed;
    if (nth > 0) {
      armed = { ...armed, nth: nth - 1 };
      return undefined;
    }
    failing = armed.failing;
    armed = undefined;
    return when;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation: Operation = JSON.parse(Buffer.concat(chunks).toString());
    const name = `${operation.operation} ${operation.key.slice(0, 1)}`;
    const index = operations.push(name) - 1;
    const interrupted = interruption?.operation === index ? interruption : undefined;
    const cut = takeFromCut(name);
    await travel();
    if (interrupted?.when === 'before') return interrupted.interrupt();
    if (cut === 'before') return void response.destroy();
    const result = carryOut(operation);
    if (interrupted) return interrupted.interrupt();
    if (cut === 'after') return void response.destroy();
    await travel();
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
    cut(given) {
      armed = given;
    },
    state() {
      if (failing > 0) return 'cut';
      return armed ? 'armed' : 'whole';
    },
    moveAway(ms) {
      distanceMs = ms;
    },
    hasSession: () => values.has('s:'),
    elapse(ms) {
      values.elapse(ms);
      claims.elapse(ms);
    },
    clear() {
      values.clear();
      claims.clear();
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Values with a time to live. */
function createEntries() {
  const entries = new Map<string, { readonly value: string; readonly endsAt: number }>();
  let elapsedMs = 0;
  const now = () => Date.now() + elapsedMs;
  function find(key: string): string | undefined {
    const entry = entries.get(key);
    return entry && now() < entry.endsAt ? entry.value : undefined;
  }
  return {
    find,
    put(key: string, value: string, ttlMs: number): true {
      entries.set(key, { value, endsAt: now() + ttlMs });
      return true;
    },
    delete: (key: string) => entries.delete(key),
    has: (start: string) => [...entries.keys()].some((key) => key.startsWith(start) && find(key) !== undefined),
    elapse(ms: number) {
      elapsedMs += ms;
    },
    clear: () => entries.clear(),
  };
}
