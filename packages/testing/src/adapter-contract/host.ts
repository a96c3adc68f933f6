import type { ServerResponse } from 'node:http';
import type {
  AuthRequirement,
  EgainAuth,
  EgainAuthError,
  EgainAuthOptions,
  OnBehalfOfScope,
  RequestContext,
} from '@egain-auth/core';

/** An application as the contract wants it, to be put together in the words of one framework. */
export interface ContractApplication {
  /** The options of the adapter, once it is known at which origin the application answers: `http://localhost:3000`. */
  readonly options: (origin: string) => EgainAuthOptions;
  /** Path that everything is below, the adapter's own routes too: `''`, or such as `/app`. */
  readonly mount: string;
  readonly routes: readonly ContractRoute[];
  /**
   * Who answers errors: the adapter's error handler, or the framework's own alone, as it answers in production. With
   * `'framework'`, leave the adapter's handler out.
   */
  readonly errors: 'adapter' | 'framework';
  /** For the adapter's error handler. */
  readonly onError: (error: EgainAuthError, details: { readonly expected: boolean }) => void;
}

/** One handler, behind the adapter's own guards. */
export interface ContractRoute {
  readonly method: 'GET' | 'POST';
  /** Below the mount. Matched exactly. */
  readonly path: string;
  /** For the adapter's `requiresAuth`. Absent: no guard. */
  readonly guard?: AuthRequirement;
  /** For the adapter's `onBehalfOf`, in front of the handler and behind the guard. */
  readonly onBehalfOf?: ContractSubject;
  /** @returns what to answer as JSON, or nothing where `egain.login()` or `logout()` did */
  readonly handle: (request: ContractRequest) => Promise<ContractAnswer | undefined>;
}

export interface ContractSubject {
  /** The request header that names the user, `user({ username })`; an absent one is the empty name. */
  readonly header: string;
  readonly scope: readonly OnBehalfOfScope[];
  readonly eager: boolean;
}

/** What a handler is handed. */
export interface ContractRequest {
  /** `req.egain`, `ctx.egain` or what else the adapter calls it, looked for anew each time where handlers do that. */
  readonly egain: RequestContext;
  /** A request header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Sets a cookie of the application's own, in the framework's way. */
  readonly setCookie: (name: string, value: string) => void;
  /** Sets a header of the application's own, in the framework's way. */
  readonly setHeader: (name: string, value: string) => void;
  /** Sends the headers and some text at once; what the handler then returns is the rest of the body. */
  readonly flush: (text: string) => void;
  /** Takes the response away from the framework: the handler writes to it itself, and then returns nothing. */
  readonly takeOver: () => ServerResponse;
}

export interface ContractAnswer {
  /** @default 200 */
  readonly status?: number;
  /** Anything JSON can hold. */
  readonly body: unknown;
}

/** A server with the application, on a port of its own at `localhost`. */
export interface ContractHost {
  /** `http://localhost:<port>`, without the mount. */
  readonly origin: string;
  /** The instance that the application was made with. */
  readonly egain: EgainAuth;
  /** Ends the server and then the `EgainAuth`: requests under way are answered first. Can be called twice. */
  readonly close: () => Promise<void>;
}

export type StartContractHost = (application: ContractApplication) => Promise<ContractHost>;
