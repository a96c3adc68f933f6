import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { runInThisContext } from 'node:vm';

export const CHANNELS = ['egain-auth:warning', 'egain-auth:token', 'egain-auth:on-behalf-of', 'egain-auth:session'];

/** Jest gives tests a copy of `process` that hears no warnings. */
export const REAL_PROCESS = runInThisContext('process') as NodeJS.Process;

/** Everything that was seen, by where. */
export interface Sinks extends Disposable {
  readonly texts: ReadonlyMap<string, ReadonlySet<string>>;
  add(sink: string, ...texts: readonly unknown[]): void;
  /** An error as anything that logs might show it, its causes included. */
  error: (this: void, error: unknown) => void;
  /** An object as anything that prints might show it. */
  object(sink: string, object: unknown): void;
}

/** Listens to everything that a process says by itself, until it is disposed. */
export function openSinks(): Sinks {
  const texts = new Map<string, Set<string>>();

  const add: Sinks['add'] = (sink, ...given) => {
    const known = texts.get(sink) ?? new Set();
    texts.set(sink, known);
    for (const text of given) known.add(String(text));
  };

  const object: Sinks['object'] = (sink, value) => {
    add(sink, ...formsOf(value));
  };

  const error: Sinks['error'] = (value) => {
    object('error', value);
    if (!(value instanceof Error)) return;
    add('error', value.message, value.stack, String(value));
    for (const name of ['headers', 'remedy', 'problems', 'body', 'details', 'developerMessage']) {
      add('error', ...formsOf((value as unknown as Record<string, unknown>)[name]));
    }
    if (value.cause !== undefined) error(value.cause);
  };

  const onEvent = (event: unknown, name: string | symbol) => object(String(name), event);
  for (const name of CHANNELS) subscribe(name, onEvent);
  const onWarning = (warning: Error) => object('process warning', warning);
  // Node's own listener would print them among the results of the tests.
  const printers = REAL_PROCESS.listeners('warning') as ((warning: Error) => void)[];
  REAL_PROCESS.removeAllListeners('warning').on('warning', onWarning);
  const restore = [
    ...(['stdout', 'stderr'] as const).map((name) => {
      const stream = process[name];
      const write = stream.write.bind(stream);
      stream.write = (...given: unknown[]) => {
        add(name, given[0]);
        return (write as (...chunk: unknown[]) => boolean)(...given);
      };
      return () => {
        stream.write = write;
      };
    }),
    ...(['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) => {
      const print = console[name];
      console[name] = (...values: unknown[]) => add('console', ...values.map((value) => inspect(value)));
      return () => {
        console[name] = print;
      };
    }),
  ];

  return {
    texts,
    add,
    error,
    object,
    [Symbol.dispose]() {
      for (const undo of restore) undo();
      for (const name of CHANNELS) unsubscribe(name, onEvent);
      REAL_PROCESS.off('warning', onWarning);
      for (const printer of printers) REAL_PROCESS.on('warning', printer);
    },
  };
}

function formsOf(value: unknown): string[] {
  const everything = { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null };
  const forms = [
    inspect(value),
    inspect(value, { ...everything, getters: true }),
    inspect(value, { ...everything, showProxy: true }),
    JSON.stringify(value) ?? '',
    String(value),
  ];
  if (typeof value === 'object' && value !== null) {
    forms.push(inspect({ ...value }, { ...everything }), inspect(Object.getOwnPropertyDescriptors(value), everything));
  }
  return forms;
}
