import type { RequestToken } from '../protocol/token-endpoint.ts';
import type { ResolvedOptions } from '../resolved-options.ts';

/** What every flow is handed: the configuration, and the way to the token endpoint. */
export interface FlowContext {
  readonly options: ResolvedOptions;
  readonly requestToken: RequestToken;
}

/** What every token request may be told beside its grant. */
export interface FlowRequest {
  /** Scopes without prefix. */
  readonly scope: readonly string[];
  /** Further ones, none of which a flow has itself. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Instead of `http.timeoutMs`, where some of it was spent waiting. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
