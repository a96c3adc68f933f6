import { EgainAuthError } from '../errors.ts';
import type { EgainMetadata, EndpointOptions } from '../options.ts';
import { deriveEndpoints, isGuidePath, personaOf, tenantOf } from './endpoints.ts';

/** Whose endpoint a URL is. `onBehalfOf` and `client` have no authorization URL. */
type Owner = 'user' | 'customer' | 'client' | 'anonymousCustomer' | 'onBehalfOfUser' | 'onBehalfOfCustomer';

interface Found {
  readonly urls: { readonly owner: Owner; readonly action: 'authorizationUrl' | 'tokenUrl'; readonly url: URL }[];
  tenantId: string | undefined;
  apiUrl: string | undefined;
  prefix: string | undefined;
}

/**
 * Reads what the console's Metadata dialog shows, as a person copies it, or the JSON of eGain's metadata service.
 *
 * Copied: text with a `Label: value` on each line, or an object of labels. The labels differ between the console and the
 * copies of the guide; all of them are known, in any case and spacing, with `User`, `Customer`, `Client` or
 * `Anonymous Customer` before them where the URL does not say whose it is. `N/A` counts as absent, a host without scheme
 * is https, and what is not known is passed over.
 *
 * @param document text or a parsed object; untrusted, only own members are read
 * @param options.tenantId replaces the placeholder `<DOMAIN_NAME>` where no URL names the tenant
 * @throws {EgainAuthError} `invalid_configuration` when nothing in it is known, or a URL is none
 * @see eGain documentation, "Find Your API Endpoints (Metadata)"
 */
export function parseMetadata(document: string | object, options: { tenantId?: string } = {}): EgainMetadata {
  const members = new Map(Object.entries(typeof document === 'string' ? parseText(document) : document));
  const details = members.get('authenticationDetails');
  const found: Found = { urls: [], tenantId: options.tenantId, apiUrl: undefined, prefix: undefined };
  if (isRecord(details)) readDetails(new Map(Object.entries(details)), found);
  else for (const [label, value] of members) readLabel(label, value, found);
  if (found.urls.length === 0 && found.apiUrl === undefined && found.prefix === undefined) {
    throw unreadable('nothing in it is known');
  }
  return toMetadata(found);
}

function parseText(text: string): object {
  // `trim` also removes a byte order mark, which `JSON.parse` does not take (F82).
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    try {
      return JSON.parse(trimmed) as object;
    } catch {
      throw unreadable('it looks like JSON, but is none');
    }
  }
  const labels: Record<string, string[]> = Object.create(null);
  for (const line of trimmed.split('\n')) {
    const [label, value] = parseLine(line);
    if (!/^[A-Za-z ]+$/.test(label) || value === '') continue;
    const values = labels[label] ?? [];
    values.push(value);
    labels[label] = values;
  }
  return labels;
}

/** `Label: value`, or both with a tab between them. Not by one expression: its time would be cubic in spaces (T110). */
function parseLine(line: string): [label: string, value: string] {
  const text = line.trim();
  const end = text.search(/[:\t]/);
  if (end < 0) return ['', ''];
  const value = text.slice(end + 1).trim();
  const isTabbed = text[end] === '\t' && value.startsWith(':');
  return [text.slice(0, end).trim(), isTabbed ? value.slice(1).trim() : value];
}

const OWNERS: Readonly<Record<string, Owner>> = {
  clientonbehalfofuser: 'onBehalfOfUser',
  clientonbehalfofcustomer: 'onBehalfOfCustomer',
  onbehalfofuser: 'onBehalfOfUser',
  onbehalfofcustomer: 'onBehalfOfCustomer',
  anonymouscustomer: 'anonymousCustomer',
  anonymous: 'anonymousCustomer',
  customer: 'customer',
  client: 'client',
  user: 'user',
};
const LABEL = new RegExp(
  `^(${Object.keys(OWNERS).join('|')})?(authorizationurl|authurl|accesstokenurl|tokenurl|apidomain|domainurl|apipermissionprefix)$`,
);

/** One label of the console, with its value or values. */
function readLabel(label: string, value: unknown, found: Found): void {
  const [, owner, name] = LABEL.exec(label.toLowerCase().replace(/[^a-z]/g, '')) ?? [];
  for (const text of [value].flat()) {
    if (name === undefined || typeof text !== 'string' || /^(?:n\/?a)?$/i.test(text.trim())) continue;
    if (name === 'apipermissionprefix') found.prefix = text.trim();
    else if (name === 'apidomain') found.apiUrl = parseUrl(label, text).origin;
    // Copies of the guide disagree which host the "Domain URL" is: only what looks like the API host counts.
    else if (name === 'domainurl') found.apiUrl ??= apiOriginOf(parseUrl(label, text));
    else {
      const action = name.startsWith('auth') ? 'authorizationUrl' : 'tokenUrl';
      const url = parseUrl(label, text);
      found.urls.push({ owner: owner === undefined ? ownerOf(label, url) : (OWNERS[owner] ?? 'user'), action, url });
    }
  }
}

const DETAILS: readonly (readonly [string, Owner])[] = [
  ['oAuthUser', 'user'],
  ['oAuthCustomer', 'customer'],
  ['oAuthClient', 'client'],
  ['oAuthAnonymousCustomer', 'anonymousCustomer'],
  ['oAuthOnBehalfOfUser', 'onBehalfOfUser'],
  ['oAuthOnBehalfOfCustomer', 'onBehalfOfCustomer'],
];

/** `authenticationDetails` of the metadata service: only the first entry of each list is used by eGain's own clients. */
function readDetails(details: ReadonlyMap<string, unknown>, found: Found): void {
  const prefix = details.get('apiPermissionPrefix');
  if (typeof prefix === 'string' && prefix !== '') found.prefix = prefix;
  for (const [name, owner] of DETAILS) {
    const [entry] = [details.get(name)].flat();
    if (!isRecord(entry)) continue;
    for (const [member, action] of [
      ['authURL', 'authorizationUrl'],
      ['accessTokenURL', 'tokenUrl'],
    ] as const) {
      const value = Object.hasOwn(entry, member) ? entry[member] : undefined;
      if (typeof value === 'string' && value !== '') {
        found.urls.push({ owner, action, url: parseUrl(`${name}.${member}`, value) });
      }
    }
  }
}

function toMetadata(found: Found): EgainMetadata {
  const guide = found.urls.find(({ url }) => isGuidePath(url))?.url;
  const tenantId = (guide && tenantOf(guide)) ?? found.tenantId;
  const apiUrl =
    found.apiUrl ?? (found.prefix !== undefined && URL.canParse(found.prefix) ? httpOrigin(found.prefix) : undefined);
  const endpoints: Record<string, Record<string, unknown>> = guide && tenantId !== undefined
    ? derive(tenantId, guide, apiUrl)
    : {};
  for (const { owner, action, url } of found.urls) {
    const href = fillIn(url, tenantId);
    const [, persona] = /^onBehalfOf(User|Customer)$/.exec(owner) ?? [];
    if (persona !== undefined) {
      endpoints.onBehalfOf = { ...endpoints.onBehalfOf, [persona.toLowerCase()]: { tokenUrl: href } };
    } else if (owner === 'user' || owner === 'customer' || action === 'tokenUrl') {
      endpoints[owner] = { ...endpoints[owner], [action]: href };
    }
  }
  return {
    ...(tenantId !== undefined && { tenantId }),
    ...(apiUrl !== undefined && { apiUrl }),
    endpoints: endpoints as EndpointOptions,
    ...(found.prefix !== undefined && { scopePrefix: prefixes(found.prefix, guide !== undefined) }),
  };
}

/** The metadata service leaves `domain_hint=<DOMAIN_NAME>` to the reader. */
function fillIn({ href }: URL, tenantId: string | undefined): string {
  const placeholder = /%3CDOMAIN_NAME%3E/gi;
  if (tenantId === undefined && placeholder.test(href)) {
    throw unreadable('it leaves the tenant open: pass { tenantId }');
  }
  return href.replaceAll(placeholder, encodeURIComponent(tenantId ?? ''));
}

/** The guide's generation has one shape of URL, so one of them gives all. */
function derive(tenantId: string, guide: URL, apiUrl: string | undefined): Record<string, Record<string, unknown>> {
  const derived = deriveEndpoints(tenantId, new URL(guide.origin), apiUrl === undefined ? undefined : new URL(apiUrl));
  return JSON.parse(JSON.stringify(derived)) as Record<string, Record<string, unknown>>;
}

/** "Not required for Rigel environments", but for anonymous customers; "for commercial environments, use the value". */
function prefixes(prefix: string, isGuideGeneration: boolean): NonNullable<EgainMetadata['scopePrefix']> {
  if (isGuideGeneration) return { anonymousCustomer: prefix };
  return {
    user: prefix,
    customer: prefix,
    client: prefix,
    anonymousCustomer: prefix,
    onBehalfOf: prefix,
    tokenExchange: prefix,
  };
}

function ownerOf(label: string, url: URL): Owner {
  if (url.pathname.includes('/anonymous/')) return 'anonymousCustomer';
  const persona = personaOf(url);
  if (persona === undefined) {
    throw unreadable(`“${label}” does not say whose URL it is: write “User ${label}” or “Customer ${label}”`);
  }
  if (!url.pathname.includes('/onbehalfof/')) return persona;
  return persona === 'user' ? 'onBehalfOfUser' : 'onBehalfOfCustomer';
}

/** The console shows hosts without scheme. */
function parseUrl(label: string, value: string): URL {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value.trim()) ? value.trim() : `https://${value.trim()}`;
  if (/\s/.test(text) || !URL.canParse(text)) throw unreadable(`“${label}” is not one URL`);
  return new URL(text);
}

const httpOrigin = (url: string): string | undefined => {
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
};
const apiOriginOf = ({ host, origin }: URL): string | undefined => (/^api[.-]/.test(host) ? origin : undefined);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function unreadable(problem: string): EgainAuthError {
  return new EgainAuthError('invalid_configuration', `the metadata cannot be used: ${problem}`, {
    remedy: 'Copy the labels and URLs of the console’s Metadata dialog, or set endpoints, apiUrl and scopePrefix.',
  });
}
