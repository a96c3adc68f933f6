import type { Dispatcher } from 'undici';
import { EgainAuthError } from '../errors.ts';

export type Undici = Pick<typeof import('undici'), 'Agent' | 'Pool' | 'Client' | 'buildConnector'>;

/**
 * Imports undici at first use: that takes 60 ms, and an application may never get this far.
 * @throws {EgainAuthError} `invalid_configuration` where the runtime has only a stub of it
 */
export async function loadUndici(): Promise<Undici> {
  // Importing undici on Node 20 replaces the dispatcher of the host's global fetch, unless that was touched before.
  void globalThis.Headers;
  // Its default export: bundlers that split code leave a CommonJS module no other.
  const { default: undici } = await import('undici');
  if (canDispatch(undici)) return undici;
  // Bun answers the name with a stub of its own, whose Agent cannot dispatch; by its file the package itself is found (F78).
  const { default: installed } = await import('undici/index.js');
  if (canDispatch(installed)) return installed;
  throw new EgainAuthError(
    'invalid_configuration',
    'this runtime has a stub in place of undici, which sends no request',
    {
      remedy: 'Run the application on Node, or on a version of Bun that uses the installed undici.',
    },
  );
}

const canDispatch = ({ Agent }: Undici): boolean => typeof Agent.prototype.dispatch === 'function';

/** Whether `http.dispatcher` can be one. A stub, such as the `Agent` of Bun, has no `dispatch`. */
export const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function';

/**
 * How dispatchers of undici 6 and older call the handler of a request. Those of 7 and newer call no such method, but for
 * MockPool and MockClient, whose MockAgent wraps the handler for them.
 */
const OLD_METHODS = ['onConnect', 'onError', 'onHeaders', 'onData', 'onComplete'] as const;

/**
 * Names a dispatcher of another major of undici. It would refuse our handler without saying why, or, behind an interceptor,
 * answer it never. `onConnect` comes before the first byte is sent, so that nothing is (F78).
 * @param giveUp also stops the request
 */
export function refuseOldDispatcher(handler: Dispatcher.DispatchHandler, giveUp: (reason: Error) => void): void {
  const refuse = (stop: unknown): void => {
    const problem = 'http.dispatcher calls handlers as undici 6 and older do, and core needs undici 7 or newer';
    const remedy =
      'Install undici 7, and make the dispatcher of it: import { ProxyAgent } from "undici". ' +
      'If it is a MockPool or MockClient of undici 7, pass its MockAgent instead.';
    const error = new EgainAuthError('invalid_configuration', problem, { remedy });
    giveUp(error);
    if (typeof stop === 'function') stop(error);
  };
  Object.assign(handler, Object.fromEntries(OLD_METHODS.map((name) => [name, refuse])));
}
