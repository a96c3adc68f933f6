import type { EgainEmulator, JournalEntry } from '../../../testing/src/index.ts';
import { chanceOf } from './random.ts';

type Request = Pick<JournalEntry, 'path' | 'parameters'>;

/** Late answers, broken ones and none: for the same seed the same ones for the same request, whenever it comes. */
export function scriptFaults(emulator: EgainEmulator, seed: number): void {
  const asked = new Map<string, number>();
  const chances = new WeakMap<Request, number>();

  function chanceFor(request: Request): number {
    const known = chances.get(request);
    if (known !== undefined) return known;
    const name = JSON.stringify([request.path, request.parameters]);
    const number = (asked.get(name) ?? 0) + 1;
    asked.set(name, number);
    const chance = chanceOf(seed, `${name} ${number}`);
    chances.set(request, chance);
    return chance;
  }

  /** Share after share of all requests. */
  function shares(): (share: number) => { when: (request: Request) => boolean } {
    let used = 0;
    return (share) => {
      const from = used;
      used += share;
      const to = used;
      return { when: (request) => chanceFor(request) >= from && chanceFor(request) < to };
    };
  }

  const ofTokens = shares();
  emulator.fail('token', { status: 500, ...ofTokens(0.03) });
  emulator.fail('token', { drop: 'request', ...ofTokens(0.01) });
  emulator.fail('token', { drop: 'answer', ...ofTokens(0.01) });
  for (const delayMs of [1, 5, 10, 20, 35, 50]) emulator.fail('token', { delayMs, ...ofTokens(0.1) });
  const ofCalls = shares();
  emulator.fail('api', { status: 401, ...ofCalls(0.01) });
  emulator.fail('api', { drop: 'answer', ...ofCalls(0.005) });
  for (const delayMs of [1, 5, 10, 20, 35, 50]) emulator.fail('api', { delayMs, ...ofCalls(0.08) });
}
