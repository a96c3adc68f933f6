import type { FlowContext } from '../flows/flow-context.ts';
import type { Persona } from '../protocol/endpoints.ts';
import type { RevokeToken } from '../protocol/revocation.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import type { Turns } from '../protocol/turns.ts';
import type { ResolvedLogin } from '../resolved-options.ts';
import type { LoginTransactions } from '../session/login-transaction.ts';
import type { EgainIdentity } from '../session/session.ts';
import type { SessionManager } from '../session/session-manager.ts';

/** What the routes are handed. Exists only where `login` is configured. */
export interface RouteContext {
  readonly login: ResolvedLogin;
  readonly flow: FlowContext;
  readonly sessions: SessionManager;
  readonly revokeToken: RevokeToken;
  readonly transactions: LoginTransactions;
  /** For exchanges of authorization codes alone: callbacks of strangers keep no session from being renewed (F60). */
  readonly codeTurns: Readonly<Record<Persona, Turns>>;
  readonly resolveIdentity: (persona: Persona, tokens: IssuedTokenSet) => Promise<EgainIdentity>;
}
