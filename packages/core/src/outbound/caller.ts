import type { Actor } from '../actor.ts';
import { EgainAuthError, isEgainAuthError } from '../errors.ts';
import { acceptedActors } from '../operations/actors.ts';
import type { Operation, OperationActor } from '../operations/operation.ts';
import type { TokenSet } from '../protocol/token-set.ts';
import { frozenActor } from '../tokens/token-request.ts';
import type { TokenSource } from '../tokens/token-source.ts';
import type { LedgerEntry } from './ledger.ts';

/** What one call tells about the token it needs. */
export interface TokenCall {
  readonly signal?: AbortSignal | undefined;
  /** The access token that was just answered 401. */
  readonly rejected?: string | undefined;
}

/** As whom one operation is called. */
export interface CallIdentity {
  /** In the words of the operations; more than one where eGain does not say which. */
  readonly actors: readonly OperationActor[];
  getToken(call: TokenCall): TokenSet | Promise<TokenSet>;
}

/** As whom eGain is called. */
export interface Caller {
  /**
   * Settled for each operation anew, before a token is asked for.
   * @param operation `undefined` where the path is none that eGain has published
   * @throws {EgainAuthError} `actor_not_allowed`, `login_required`, `invalid_scope`
   */
  identify(operation: Operation | undefined): CallIdentity;
  /** Told of each call when it is over. */
  readonly record?: ((entry: LedgerEntry) => void) | undefined;
}

export interface CallerDependencies {
  readonly tokens: TokenSource;
  /** What the application itself asks for where nothing else is said. */
  readonly defaultClientScope: readonly string[] | undefined;
}

/**
 * What takes the place of a token that was answered 401.
 * @param ask for a token, told which one was rejected
 * @returns another access token than that, or `undefined` where only a new login would bring one
 */
export async function replaceRejected(
  { accessToken }: TokenSet,
  ask: (rejected: string) => TokenSet | Promise<TokenSet>,
): Promise<TokenSet | undefined> {
  try {
    const renewed = await ask(accessToken);
    return renewed.accessToken === accessToken ? undefined : renewed;
  } catch (error) {
    // eGain's own answer says more than that nobody is signed in.
    if (isEgainAuthError(error, 'login_required')) return undefined;
    throw error;
  }
}

/** Always the same actor. Without `scope`, what each operation declares for it is asked for. */
export function identityOf(
  { tokens, defaultClientScope }: CallerDependencies,
  given: Actor,
  scope: readonly string[] | undefined,
  operation: Operation | undefined,
): CallIdentity {
  // The actor that the operation accepts is the one whose token is sent (T108).
  const actor = frozenActor(given);
  const actors = operationActorsOf(actor);
  if (operation && !accepts(operation, actors)) throw notAccepted(operation, actors);
  return {
    actors,
    getToken: ({ signal, rejected }) =>
      tokens.getToken({
        actor,
        signal,
        rejected,
        // Its own, so that Object.prototype says neither (T098).
        forceRenewal: undefined,
        parameters: undefined,
        scope: scope ?? leastScope(actor, actors, operation, defaultClientScope),
      }),
  };
}

/**
 * How the table of operations names an actor. Whose an exchanged token is, only eGain knows (INFERRED: a user's, since
 * the token endpoint is theirs), so that a call is refused only where neither is accepted.
 */
export function operationActorsOf(actor: Actor): readonly OperationActor[] {
  switch (actor.type) {
    case 'session':
      return [actor.session.persona];
    case 'on-behalf-of':
      return [`on-behalf-of-${actor.subject.persona}`];
    case 'exchanged':
      return ['user', 'customer'];
    case 'client':
    case 'anonymous-customer':
      return [actor.type];
    // Of another type than the types allow: whoever gets the token says so.
    default:
      return [];
  }
}

/** Whether one of the actors may call an operation. One that declares nothing refuses nobody. */
export function accepts(operation: Operation | undefined, actors: readonly OperationActor[]): boolean {
  return !operation?.isDeclared || actors.some((actor) => operation.scopes[actor] !== undefined);
}

/** What eGain would answer 403-112, before a token is spent. */
export function notAccepted(operation: Operation, actors: readonly OperationActor[]): EgainAuthError {
  const accepted = acceptedActors(operation);
  return new EgainAuthError(
    'actor_not_allowed',
    `${operation.method} ${operation.path} does not accept ${actors.join(' or ')}`,
    { remedy: `It accepts ${accepted.join(', ')}: call it as one of these, with api(actor) or apiAs(actor).` },
  );
}

const NONE: readonly string[] = Object.freeze([]);

function leastScope(
  actor: Actor,
  actors: readonly OperationActor[],
  operation: Operation | undefined,
  defaultClientScope: readonly string[] | undefined,
): readonly string[] {
  // What a login was granted is all that a session has.
  if (actor.type === 'session') return NONE;
  // The published `.default` is of one generation of eGain, and no source says which `app.*` scope an operation needs.
  if (actor.type === 'client') return defaultClientScope ?? refuseToGuess();
  const declaring = operation && actors.find((name) => operation.scopes[name]);
  const own = (declaring && operation.scopes[declaring]) ?? NONE;
  // eGain calls the scopes of an exchange optional. The flow refuses all others that have none.
  if (own.length > 0 || actor.type === 'exchanged') return own;
  throw new EgainAuthError('invalid_scope', 'no scope was requested, and none is known for this operation', {
    remedy: "Say it: api(actor, { scope: ['knowledge.portalmgr.read'] }). Only published operations declare theirs.",
  });
}

function refuseToGuess(): never {
  throw new EgainAuthError('invalid_scope', 'no scope was requested for the client application', {
    remedy:
      "Say it: api({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] }); or set the option defaultClientScope, to application scopes (app.*) or to ['.default'] where eGain's metadata states an API permission prefix.",
  });
}
