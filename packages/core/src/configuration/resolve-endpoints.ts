import type { EgainAuthOptions } from '../options.ts';
import { copyingMistakeInUrl } from '../protocol/copied-text.ts';
import { deriveEndpoints, overrideEndpoints, resolveHosts } from '../protocol/endpoints.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { judgeEndpoints } from './endpoint-verdicts.ts';
import type { Problems } from './option-problems.ts';
import { FLOWS } from './resolve-clients.ts';

type ResolvedEndpoints = Pick<ResolvedOptions, 'tenantId' | 'endpoints' | 'apiUrl' | 'scopePrefix'>;

/** Every URL, from what is said outright, then the metadata, then what tenant and domain give. */
export function resolveEndpoints(given: EgainAuthOptions, problems: Problems): ResolvedEndpoints {
  const { metadata } = given;
  const tenantId = resolveTenantId(given, problems);
  const domainUrl = problems.url('domainUrl', given.domainUrl);
  const hosts = domainUrl && resolveHosts(domainUrl);
  const apiUrl =
    problems.origin('apiUrl', given.apiUrl) ?? problems.origin('metadata.apiUrl', metadata?.apiUrl) ?? hosts?.apiUrl;
  if (hosts && !apiUrl && given.apiUrl === undefined) {
    const remedy = 'Set it: the host that APIs are called at (EGAIN_API_URL).';
    problems.add('apiUrl', 'missing', `cannot be derived from ${hosts.loginUrl.host}`, remedy);
  }
  const derived = tenantId !== undefined && hosts ? deriveEndpoints(tenantId, hosts.loginUrl, apiUrl) : undefined;
  const documented = overrideEndpoints(derived, metadata?.endpoints, (option, url) =>
    problems.url(`metadata.${option}`, url),
  );
  const endpoints = overrideEndpoints(documented, given.endpoints, (option, url) => problems.url(option, url));
  judgeEndpoints(endpoints, apiUrl, problems);
  for (const persona of ['user', 'customer'] as const) {
    const issuer: unknown = endpoints[persona].issuer;
    if (issuer === undefined || problems.copied(`endpoints.${persona}.issuer`, issuer, copyingMistakeInUrl)) continue;
    if (typeof issuer === 'string' && URL.canParse(issuer)) continue;
    problems.add(`endpoints.${persona}.issuer`, 'not_a_url', 'is no URL', 'Copy `iss` as a callback has it.');
  }
  return { tenantId, endpoints, apiUrl, scopePrefix: resolveScopePrefixes(given, apiUrl, problems) };
}

function resolveTenantId(given: EgainAuthOptions, problems: Problems): string | undefined {
  const { domainUrl, endpoints, metadata } = given;
  const tenantId: unknown = given.tenantId ?? metadata?.tenantId;
  if (tenantId === undefined && domainUrl === undefined && endpoints === undefined && metadata === undefined) {
    const remedy = 'Set tenantId and domainUrl (EGAIN_TENANT_ID, EGAIN_DOMAIN_URL).';
    problems.add('tenantId', 'missing', 'is not set, nor is any endpoint', remedy);
  } else if (metadata === undefined && (tenantId === undefined) !== (domainUrl === undefined)) {
    const [present, absent] = tenantId === undefined ? ['domainUrl', 'tenantId'] : ['tenantId', 'domainUrl'];
    const remedy = 'Set both, or neither and every URL in endpoints.';
    problems.add(absent, 'missing', `is not set, but ${present} is`, remedy);
  }
  if (tenantId === undefined) return undefined;
  if (problems.copied('tenantId', tenantId)) return undefined;
  if (typeof tenantId === 'string' && /^\w+$/.test(tenantId)) return tenantId;
  const remedy = 'It is TMPRODB88619984 of …/system/auth/TMPRODB88619984-U/….';
  problems.add('tenantId', 'not_a_tenant_id', 'is not letters and digits', remedy);
  return undefined;
}

function resolveScopePrefixes(
  { scopePrefix, metadata }: EgainAuthOptions,
  apiUrl: URL | undefined,
  problems: Problems,
): ResolvedOptions['scopePrefix'] {
  const entries = FLOWS.map((flow) => {
    const standard = flow === 'anonymousCustomer' && apiUrl ? `${apiUrl.origin}/auth/` : '';
    const prefix: unknown = scopePrefix?.[flow] ?? metadata?.scopePrefix?.[flow] ?? standard;
    if (problems.copied(`scopePrefix.${flow}`, prefix)) return [flow, prefix];
    if (typeof prefix !== 'string' || /[^\x21-\x7e]/.test(prefix)) {
      const remedy = 'Copy the API Permission Prefix from the Metadata dialog.';
      problems.add(`scopePrefix.${flow}`, 'not_text', 'is no text without spaces', remedy);
    }
    return [flow, prefix];
  });
  return Object.freeze(Object.fromEntries(entries) as ResolvedOptions['scopePrefix']);
}
