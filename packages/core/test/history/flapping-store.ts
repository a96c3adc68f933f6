import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenStore } from '../../src/tokens/token-store.ts';
import { createRandom } from './random.ts';

/** A store that is late, and does not do one of fifty things that it is asked for: before or after the fact. */
export function flapping(store: TokenStore, seed: number): TokenStore {
  const random = createRandom(seed);

  async function tryTo<T>(operation: () => Promise<T>): Promise<T> {
    const chance = random();
    if (random() < 0.1) await sleep(Math.floor(random() * 20));
    if (chance < 0.01) throw new Error('the store went away');
    const result = await operation();
    if (chance < 0.02) throw new Error('the store did, and went away');
    return result;
  }

  const lock = store.lock?.bind(store);
  return {
    get: (key) => tryTo(() => store.get(key)),
    set: (key, value, options) => tryTo(() => store.set(key, value, options)),
    delete: (key) => tryTo(() => store.delete(key)),
    // A lock that nobody can end would make everybody wait.
    ...(lock && { lock }),
  };
}
