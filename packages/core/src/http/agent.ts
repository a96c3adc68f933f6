import type { LookupFunction } from 'node:net';
import type { buildConnector, Client, Dispatcher } from 'undici';
import type { Undici } from './undici.ts';

export interface AgentOptions {
  /** How long connecting, with the TLS handshake, may take. */
  readonly timeoutMs: number;
  /** Finds the address of a name in place of the system. */
  readonly lookup?: LookupFunction | undefined;
  /** Whether a connection is kept for the next request; otherwise each has its own. */
  readonly keepsConnections: boolean;
  /** Connections to one origin. More requests wait. */
  readonly connections: number;
}

/**
 * undici's own `redirect` interceptor reads this before its default, so it follows nothing wherever an application composed
 * it. It would send a client secret, or accept a token, at the origin that an answer names (T109).
 */
export const NO_REDIRECT = { maxRedirections: 0 } as const;

/** A request that can be given up before it has a connection. undici's own way begins where it has one. */
export interface StoppableOptions extends Dispatcher.DispatchOptions {
  readonly stop?: Stoppable;
  readonly maxRedirections?: number;
}

export interface Stoppable {
  /** Once the request is given up. The reason is whatever the caller said, which may be nothing. */
  stopped: { readonly reason: Error } | undefined;
}

/** The default of `http.maxConnections`: requests at the same time to one origin. */
export const CONNECTIONS = 64;

/** The default of `http.maxStreams`. */
export const STREAMS = 64;

/**
 * The connections of one client. undici reads its options from whatever object it is handed, so that a polluted
 * `Object.prototype` could say where to connect and whom to trust. Here every such object is without prototype, down to
 * the single connection: on the way there undici makes copies that have one again (T098).
 */
export function createAgent({ Agent, Pool, Client, buildConnector }: Undici, options: AgentOptions): Dispatcher {
  const createPool = (origin: string | URL) => {
    const connect = createConnector(buildConnector, options);
    const createClient = () =>
      createStoppableClient(Client, origin, { connect, pipelining: options.keepsConnections ? 1 : 0 });
    return new Pool(origin, bare({ connect, connections: options.connections, factory: createClient }));
  };
  return new Agent(bare({ factory: createPool }));
}

interface ClientSettings {
  readonly connect: buildConnector.connector;
  readonly pipelining: number;
}

/**
 * A connection for one request at a time. What was given up makes none, neither while it waits for one nor, after undici
 * closed the one it had, another with nothing to send on it: an endpoint that does not answer would have twice as many (F05).
 */
function createStoppableClient(
  UndiciClient: typeof Client,
  origin: string | URL,
  { connect, pipelining }: ClientSettings,
): Client {
  let latest: Stoppable | undefined;
  const connectUnlessStopped: buildConnector.connector = (target, callback) => {
    // Not at once: undici would forget to go on, and never close.
    if (latest?.stopped) queueMicrotask(() => callback(new Error('given up'), null));
    else connect(target, callback);
  };
  const client = new UndiciClient(origin, bare({ connect: connectUnlessStopped, pipelining }));
  const dispatch = client.dispatch.bind(client);
  const dispatchUnlessStopped = (request: StoppableOptions, handler: Dispatcher.DispatchHandler) => {
    if (request.stop?.stopped) return true;
    latest = request.stop;
    return dispatch(request, handler);
  };
  return Object.assign(client, { dispatch: dispatchUnlessStopped });
}

function createConnector(build: typeof buildConnector, { timeoutMs, lookup }: AgentOptions): buildConnector.connector {
  const connect = build(
    bare({
      ...Object.fromEntries(NODE_OPTIONS.map((name) => [name, undefined])),
      timeout: timeoutMs,
      lookup,
      // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot say otherwise (T066).
      rejectUnauthorized: true,
    }),
  );
  return (target, callback) => connect(bare(target), callback);
}

/** What Node's connections look up on objects of their own making. Own and undefined, each keeps its default. */
const NODE_OPTIONS = [
  // net.connect
  ...['allowHalfOpen', 'autoSelectFamily', 'autoSelectFamilyAttemptTimeout', 'blockList', 'family', 'fd', 'handle'],
  ...['hints', 'keepAlive', 'keepAliveInitialDelay', 'localPort', 'noDelay', 'onread'],
  // tls.connect
  ...['ALPNCallback', 'ca', 'cert', 'clientCertEngine', 'crl', 'ecdhCurve', 'enableTrace', 'isServer', 'key'],
  ...['maxVersion', 'minVersion', 'passphrase', 'pfx', 'privateKeyEngine', 'privateKeyIdentifier', 'pskCallback'],
  ...['requestOCSP', 'secureContext', 'secureOptions', 'secureProtocol', 'sessionIdContext', 'sigalgs', 'ticketKeys'],
  // stream.Duplex
  ...['captureRejections', 'construct', 'decodeStrings', 'defaultEncoding', 'destroy', 'encoding', 'final'],
  ...['objectMode', 'readable', 'readableObjectMode', 'signal', 'writable', 'writableObjectMode', 'write'],
  ...['writev'],
];

/**
 * What an object without prototype is for undici: nothing is found on it but its own members. With a prototype of its own,
 * which has none and nothing on it, because V8 makes a slow dictionary of whatever has none at all.
 */
class Bare {}
Reflect.deleteProperty(Bare.prototype, 'constructor');
Object.freeze(Object.setPrototypeOf(Bare.prototype, null));

/** A copy of the own members: what it does not have itself, it does not have (T098). */
export function bare<T extends object>(members: T): T {
  return Object.assign(new Bare(), members) as T;
}
