import { resolveOptions } from '../src/configuration/resolve-options.ts';
import type { FlowContext } from '../src/flows/flow-context.ts';
import { createHttpClient } from '../src/http/client.ts';
import type { EgainAuthOptions } from '../src/options.ts';
import { createTokenEndpoint } from '../src/protocol/token-endpoint.ts';

/** What the flows are handed, without the cache in front of them and the retries behind: one call, one request. */
export function createFlow(options: EgainAuthOptions): FlowContext & { close(): Promise<void> } {
  const resolved = resolveOptions(options, false);
  const http = createHttpClient(resolved.http);
  return {
    options: resolved,
    requestToken: createTokenEndpoint(http, resolved.http.timeoutMs),
    close: () => http.close(),
  };
}
