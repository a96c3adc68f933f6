import type { StartContractHost } from './adapter-contract/host.ts';
import { ADAPTER_RULES } from './adapter-contract/rules.ts';
import { createWorlds } from './adapter-contract/world.ts';

/** For {@link describeAdapterContract}. */
export interface AdapterContractOptions {
  /** @default the global `describe` of jest, or of vitest with `globals: true` */
  describe?: (name: string, body: () => void) => unknown;
  /** @default the global `test` */
  test?: (name: string, body: () => Promise<void>) => unknown;
}

/**
 * Defines one test for each rule of behaviour that an adapter of a framework must keep, against real servers and an
 * emulator each. MUST and MUST NOT are those of RFC 2119; the ids do not change.
 *
 * @param name of the framework with its version, for the title
 * @param startHost puts the contract's application together with the adapter, and serves it at `localhost`
 * @throws {TypeError} when neither the options nor the globals have `describe` and `test`
 */
export function describeAdapterContract(
  name: string,
  startHost: StartContractHost,
  options: AdapterContractOptions = {},
): void {
  const globals = globalThis as AdapterContractOptions;
  const { describe = globals.describe, test = globals.test } = options;
  if (!describe || !test) {
    throw new TypeError(
      'describeAdapterContract: there is no global describe and test. Pass those of your test framework.',
    );
  }
  describe(`${name}: the contract of adapters`, () => {
    for (const rule of ADAPTER_RULES) {
      test(`${rule.id}: ${rule.text}`, async () => {
        const worlds = createWorlds(startHost);
        try {
          await rule.check((settings) => worlds.start(settings));
        } finally {
          await worlds.end();
        }
      });
    }
  });
}
