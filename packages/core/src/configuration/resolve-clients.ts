import type { ClientOptions, EgainAuthOptions, FlowName, Secret } from '../options.ts';
import { withoutSpaceAround } from '../protocol/copied-text.ts';
import type { ResolvedClient, ResolvedOptions } from '../resolved-options.ts';
import type { Problems } from './option-problems.ts';

export const FLOWS = ['user', 'customer', 'client', 'anonymousCustomer', 'onBehalfOf', 'tokenExchange'] as const;

/** The flows whose `client_secret` the guide calls required; a login can do with PKCE instead. */
const SECRET_FLOWS: readonly FlowName[] = ['client', 'anonymousCustomer', 'onBehalfOf', 'tokenExchange'];

export function resolveClients(given: EgainAuthOptions, problems: Problems): ResolvedOptions['clients'] {
  const { clientId, clientSecret, clients } = given;
  if (clientId === undefined && !clients) {
    const remedy = 'Copy the Client ID from the Administration Console, or set EGAIN_CLIENT_ID.';
    problems.add('clientId', 'missing', 'is not set', remedy);
  }
  const shared =
    clientId === undefined ? undefined : resolveClient('', { clientId, clientSecret, pkce: undefined }, problems);
  const entries = FLOWS.map((flow) => {
    const own = clients?.[flow];
    if (!own) return [flow, shared] as const;
    const client = resolveClient(`clients.${flow}.`, own, problems);
    if (SECRET_FLOWS.includes(flow) && !client.clientSecret) {
      const remedy = 'Set the secret of a Web Application: only logins can do without one.';
      problems.add(`clients.${flow}.clientSecret`, 'missing_secret', 'is not set, but this flow needs it', remedy);
    }
    return [flow, client] as const;
  });
  judgePlatforms(entries, problems);
  return Object.freeze(Object.fromEntries(entries) as ResolvedOptions['clients']);
}

/** @param client all three members its own, or of an object without prototype */
function resolveClient(
  path: string,
  { clientId, clientSecret, pkce = true }: { [member in keyof ClientOptions]: ClientOptions[member] | undefined },
  problems: Problems,
): ResolvedClient {
  const add = (member: string, code: Parameters<Problems['add']>[1], problem: string, remedy: string) =>
    problems.add(`${path}${member}`, code, problem, remedy);
  if (typeof clientId !== 'string' || clientId.trim() === '') {
    add('clientId', 'not_text', 'is not a non-empty string', 'Copy the Client ID from the Administration Console.');
  } else {
    problems.copied(`${path}clientId`, clientId);
  }
  if (clientSecret !== undefined && !['string', 'function'].includes(typeof clientSecret)) {
    add('clientSecret', 'not_text', 'is neither a string nor a function', 'Leave it out for a public client.');
  }
  const secret = typeof clientSecret === 'string' ? withoutSpaceAround(clientSecret) : clientSecret;
  if (secret === '') {
    add('clientSecret', 'not_text', 'is empty', 'Set the secret; leave the option out for a public client.');
  } else {
    problems.copied(`${path}clientSecret`, secret);
  }
  if (typeof pkce !== 'boolean') {
    add('pkce', 'not_a_boolean', 'is neither true nor false', 'Leave it out for true.');
  }
  if (clientSecret === undefined && !pkce) {
    const remedy = 'Public clients must use PKCE: leave pkce out.';
    add('pkce', 'public_client_without_pkce', 'is off for a client without secret', remedy);
  }
  return Object.freeze({ clientId: String(clientId), clientSecret: secretFunction(secret), pkce });
}

function secretFunction(secret: Secret | undefined): ResolvedClient['clientSecret'] {
  return typeof secret === 'string' ? () => secret : secret;
}

/**
 * A client application has one Platform: a Web Application has a secret in every flow, a Single Page Application in none,
 * and eGain refuses a secret from it (AADB2C90084).
 */
function judgePlatforms(
  clients: readonly (readonly [FlowName, ResolvedClient | undefined])[],
  problems: Problems,
): void {
  for (const [flow, client] of clients) {
    if (!client || client.clientSecret) continue;
    const other = clients.find(([, candidate]) => candidate?.clientId === client.clientId && candidate.clientSecret);
    if (!other) continue;
    problems.add(
      `clients.${other[0]}`,
      'secret_on_public_client',
      `has a secret, but ${flow} uses the same client without one`,
      'Give both the secret (Web Application), or neither (Single Page Application).',
    );
  }
}
