import { checkTimeout } from '../deadline.ts';
import { EgainAuthError } from '../errors.ts';
import { bare } from '../http/agent.ts';
import { createHttpClient, type IncomingAnswer } from '../http/client.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { isInternalAddress, lookupPublicAddress } from '../http/public-address.ts';
import type { EgainMetadata } from '../options.ts';
import { parseMetadata } from '../protocol/metadata.ts';
import { isLoopback } from './loopback.ts';
import { isProduction } from './options-from-env.ts';

const MAX_BYTES = 1024 * 1024;

export interface LoadMetadataOptions {
  /** Hosts (with port, if it is not the scheme's own) that the document and every URL in it may be at, exactly. */
  allowedHosts: readonly string[];
  /** The tenant, where neither the URL nor the document names it. */
  tenantId?: string;
  /** Whether the hosts may be at internal addresses: an eGain of your own network. @default false */
  allowInternalAddresses?: boolean;
  /** @default 10_000 */
  timeoutMs?: number;
}

/**
 * Fetches eGain's metadata document, for the option `metadata`:
 * `https://<API host>/core/authmgr/v3/metadata/tenant/<tenant>` or `…/metadata/deployment`.
 *
 * The document decides where secrets and tokens go, so nothing in it is taken on trust: https only (http on loopback in
 * development), every URL on the allow-list, no redirects, no internal addresses (T075).
 * @throws {EgainAuthError} `origin_not_allowed` for a URL off the list, `metadata_unavailable` when no document came
 *   back, `invalid_configuration` when it cannot be read
 */
export async function loadMetadata(url: string, given: LoadMetadataOptions): Promise<EgainMetadata> {
  const options = bare(given);
  const allowed = new Set(options.allowedHosts.map((host) => host.toLowerCase()));
  const target = assertAllowed(url, allowed);
  // Loopback is where an eGain is in development, never in production.
  const internal = options.allowInternalAddresses === true || (isLoopback(target) && !isProduction());
  if (!internal) assertPublic(target);
  const http = createHttpClient({
    timeoutMs: checkTimeout(options.timeoutMs ?? 10_000, 'loadMetadata: timeoutMs'),
    ...(!internal && { lookup: lookupPublicAddress }),
  });
  try {
    const answer = await http.send({
      method: 'GET',
      url: target,
      headers: { accept: 'application/json' },
      maxBodyBytes: MAX_BYTES,
    });
    if (answer.status !== 200) throw unavailable(`${target.origin} answered ${answer.status}`);
    const metadata = parseMetadata(parseJson(answer), tenantOptions(target, options));
    for (const found of urlsOf(metadata)) {
      const named = assertAllowed(found, allowed);
      if (!internal) assertPublic(named);
    }
    return metadata;
  } catch (error) {
    throw error instanceof HttpFailure ? unavailable(`${target.origin}: ${error.message}`) : error;
  } finally {
    await http.close();
  }
}

function assertAllowed(url: string, allowed: ReadonlySet<string>): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isSecure =
    parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback(parsed) && !isProduction());
  if (parsed && isSecure && allowed.has(parsed.host) && !parsed.username && !parsed.password) return parsed;
  const problem = parsed ? `${parsed.protocol}//${parsed.host}` : 'something that is no URL';
  throw new EgainAuthError('origin_not_allowed', `the metadata leads to ${problem}, which is not on the allow-list`, {
    remedy: 'Add the host to allowedHosts, if it is eGain’s; only https is followed.',
  });
}

/** A literal address is not looked up, so the look-up cannot refuse it (T111). */
function assertPublic(url: URL): void {
  if (!isInternalAddress(url)) return;
  throw new EgainAuthError('origin_not_allowed', 'the metadata leads to an internal address', {
    remedy: 'Use the host name of eGain; or set allowInternalAddresses, if eGain is in your own network.',
  });
}

function parseJson({ body }: IncomingAnswer): object {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Told below, without the parser's message: it quotes what it failed at.
  }
  throw unavailable('the document is no JSON object');
}

/** `…/metadata/tenant/TMPRODB88619984` */
function tenantOptions({ pathname }: URL, { tenantId }: LoadMetadataOptions): { tenantId?: string } {
  const named = tenantId ?? /\/metadata\/tenant\/([\w-]+)$/.exec(pathname)?.[1];
  return named === undefined ? {} : { tenantId: named };
}

/** Every URL of a document, at any depth, but for scope prefixes: those are names, nothing is sent there. */
function urlsOf({ apiUrl, endpoints }: EgainMetadata): string[] {
  const walk = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(walk) : [];
  };
  return [...walk(apiUrl), ...walk(endpoints)];
}

function unavailable(problem: string): EgainAuthError {
  return new EgainAuthError('metadata_unavailable', problem, {
    remedy: 'Check the metadata URL in the console’s Metadata dialog, and that this machine reaches it.',
  });
}
