import type { EgainEmulator } from '@egain-auth/testing';
import { type Child, startChild } from './child.ts';
import { freePorts } from './free-ports.ts';
import { type StoreServer, startStoreServer } from './store-server.ts';

/** An application that both processes serve, with a session store and a person of its own. */
export interface Lane {
  readonly origins: readonly string[];
  readonly store: StoreServer;
  readonly person: EgainEmulator['users'][number];
}

/** Two processes of `src/replica.ts`. */
export interface Replicas extends AsyncDisposable {
  /** One for each user of the emulator. */
  readonly lanes: readonly Lane[];
  /** Puts the time of both processes forward. The emulator and the stores keep theirs. */
  elapse(ms: number): Promise<void>;
}

export async function startReplicas(emulator: EgainEmulator): Promise<Replicas> {
  const { users } = emulator;
  const ports = await freePorts(2 * users.length);
  const portsOf = (replica: number) => ports.slice(replica * users.length, (replica + 1) * users.length);
  const originsOf = (index: number) => [0, 1].map((replica) => `http://localhost:${portsOf(replica)[index]}`);
  const lanes = await Promise.all(
    users.map(async (person, index): Promise<Lane> => {
      return { origins: originsOf(index), person, store: await startStoreServer() };
    }),
  );
  // The same for both processes: each call makes another session secret.
  const options = lanes.map(({ origins }) => emulator.config({ baseUrl: origins[0] ?? '' }));
  const children: Child[] = [];

  const replicas: Replicas = {
    lanes,
    async elapse(ms) {
      const origins = lanes[0]?.origins ?? [];
      await Promise.all(origins.map((origin) => fetch(`${origin}/elapse/${ms}`, { method: 'POST' })));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...children, ...lanes.map(({ store }) => store)].map((end) => end[Symbol.asyncDispose]()));
    },
  };
  try {
    for (const replica of [0, 1]) {
      const given = lanes.map(({ store }, index) => {
        return { options: options[index], port: portsOf(replica)[index], store: store.url };
      });
      children.push(startChild('replica.js', JSON.stringify(given)));
    }
    await Promise.all(children.map((child) => child.hears('listening', users.length)));
    return replicas;
  } catch (error) {
    await replicas[Symbol.asyncDispose]();
    throw error;
  }
}
