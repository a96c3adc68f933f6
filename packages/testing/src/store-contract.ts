import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export interface StoreTestFramework {
  /** @default the global `describe` of jest, or of vitest with `globals: true` */
  describe?: (name: string, body: () => void) => unknown;
  /** @default the global `test` */
  test?: (name: string, body: () => Promise<void>) => unknown;
}

export interface StoreContractOptions<Part extends string> extends StoreTestFramework {
  /** What your store does not have: its rules are left out. @default [] */
  without?: readonly Part[];
}

export type MakeStore<Store> = () => Store | readonly Store[] | Promise<Store | readonly Store[]>;

/** A name that nobody else uses. */
export type Unique = (label: string) => string;

/** @template Part names of the methods that a store need not have */
export interface StoreRule<Store, Part extends keyof Store = never> {
  /** Never given to another rule. */
  readonly id: string;
  readonly text: string;
  /** What the rule is about, where a store need not have it. */
  readonly of?: Part;
  /** Throws where the rule is broken, and as far as possible for no other reason: each of the others has its own test. */
  check(store: Required<Store>, unique: Unique): Promise<void>;
}

interface StoreContract<Store, Part extends keyof Store> {
  /** The function that applications call. */
  readonly caller: string;
  readonly title: string;
  readonly rules: readonly StoreRule<Store, Part>[];
}

/** One test for each rule. */
export function describeContract<Store extends object, Part extends keyof Store & string>(
  { caller, title, rules }: StoreContract<Store, Part>,
  makeStore: MakeStore<Store>,
  options: StoreContractOptions<Part>,
): void {
  const globals = globalThis as StoreTestFramework;
  const { describe = globals.describe, test = globals.test, without = [] } = options;
  if (!describe || !test) {
    throw new TypeError(`${caller}: there is no global describe and test. Pass those of your test framework.`);
  }
  describe(title, () => {
    for (const rule of rules) {
      const { id, text, of } = rule;
      if (of && without.includes(of)) continue;
      test(`${id}: ${text}`, async () => {
        const stores = [await makeStore()].flat() as Store[];
        const isWhole = !of || stores.every((store) => store[of]);
        assert(isWhole, `has no ${of}: if that is meant, say without: ['${of}']`);
        await rule.check(takingTurns(stores), (label) => `${label}:${randomUUID()}`);
      });
    }
  });
}

/** Each call goes to the next store. */
function takingTurns<Store extends object>(stores: readonly Store[]): Required<Store> {
  let turn = 0;
  return new Proxy({} as Required<Store>, {
    get:
      (_target, name: string) =>
      (...given: unknown[]) => {
        turn += 1;
        const store = stores[turn % stores.length] as Record<string, (...given: unknown[]) => unknown>;
        assert(store[name], `has no method ${name}`);
        return store[name](...given);
      },
  });
}
