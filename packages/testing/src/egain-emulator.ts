import type { EgainAuthOptions } from '@egain-auth/core';
import type { ClientApplication } from './client-applications.ts';
import type { ClientSecret } from './client-secrets.ts';
import type { EmulatorClock } from './clock.ts';
import type { ConfigRequest } from './config.ts';
import type { Fault, FaultTarget, ScriptedFault } from './faults/fault.ts';
import type { EmulatedIdentityProvider } from './identity-provider.ts';
import type { LoginTokenRequest } from './issue-login-token.ts';
import type { JournalEntry, JournalKind } from './journal.ts';
import type { SeededCustomer, SeededUser } from './people.ts';
import type { OldTokens } from './signing-keys.ts';

/** A running emulator. */
export interface EgainEmulator extends AsyncDisposable {
  readonly tenantId: string;
  /** The login host, `http://127.0.0.1:<port>`: authorization and token URLs, `domainUrl` of the options. */
  readonly loginUrl: string;
  /** The API host, `http://127.0.0.1:<another port>`: API operations and the anonymous token URL. */
  readonly apiUrl: string;
  /** The agents who can sign in, with their passwords. */
  readonly users: readonly SeededUser[];
  /** The customers who can sign in, with their passwords. */
  readonly customers: readonly SeededCustomer[];
  /** The client applications as they are now, with their secrets. */
  readonly clients: readonly ClientApplication[];
  /** The external identity provider whose tokens the token exchange flow takes. */
  readonly identityProvider: EmulatedIdentityProvider;
  /**
   * Options that `createEgainAuth` takes unchanged: client id, secret (platform `web`), tenant and both hosts, or the
   * endpoints and scope prefixes of the commercial generation.
   *
   * With `baseUrl` also a login for users and customers (scope `knowledge.portalmgr.read`) and a random session secret.
   * **It then registers `<baseUrl>/auth/callback`** as a redirect URL of that client application, as somebody would in
   * the Administration Console.
   *
   * @throws {TypeError} when no client application is on the platform, or the base URL is no URL.
   */
  readonly config: (request?: ConfigRequest) => EgainAuthOptions;
  /**
   * An access token as the login of a seeded person makes it, without the login: for `forgeSession`. It is in no journal,
   * and its scopes are not judged.
   *
   * @throws {TypeError} when there is no such person.
   */
  readonly issueToken: (request?: LoginTokenRequest) => Promise<string>;
  /**
   * Every request so far, in the order of the answers: the last 10 000, of one kind or of all. Secrets, codes,
   * verifiers, passwords, states and tokens read `[redacted]`.
   */
  readonly journal: (kind?: JournalKind) => readonly JournalEntry[];
  /** The time by which codes, tokens, secrets and jobs end. */
  readonly clock: EmulatorClock;
  /**
   * Makes requests fail from now on, `{ status: 503, times: 2 }`: a status, a rate limit, garbage, a lost connection, a
   * delay, a drip, or too much. The journal names the fault. Of several for a request the oldest comes first.
   *
   * @throws {TypeError} when it is not exactly one kind of fault, or its values make none.
   */
  readonly fail: (target: FaultTarget, fault: Fault) => ScriptedFault;
  /** Ends every fault. */
  readonly clearFaults: () => void;
  /**
   * Signs with a new key from now on.
   *
   * @param options.oldTokens what becomes of the tokens that are out. @default 'valid'
   */
  readonly rotateKeys: (options?: { readonly oldTokens?: OldTokens }) => Promise<void>;
  /**
   * Gives a client application a new secret, which `clients` and `config()` have from now on, as somebody would in the
   * console. The one before stays good until it expires or is removed; of three the oldest goes.
   *
   * @throws {TypeError} when there is no such client application, it is an SPA, or it has that secret already.
   */
  readonly rotateSecret: (clientId: string, newSecret: string | ClientSecret) => void;
  /**
   * Ends a secret at once. A client application may end up with none.
   *
   * @throws {TypeError} when there is no such client application, or it does not have that secret.
   */
  readonly removeSecret: (clientId: string, secret: string) => void;
  /** Stops the three servers and ends their connections. Calling it twice is fine. */
  readonly close: () => Promise<void>;
}
