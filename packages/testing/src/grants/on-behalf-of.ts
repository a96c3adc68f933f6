import { setTimeout as sleep } from 'node:timers/promises';
import { OAuthError } from '../oauth-error.ts';
import type { RequestParameters } from '../parameters.ts';
import type { Persona } from '../persona.ts';
import { SCOPE_RULES } from '../scopes.ts';
import type { Tenant } from '../tenant.ts';
import { assertConfidential, type Grant, type GrantRequest, grantScope } from './grant.ts';

const SUBJECTS_OF: Readonly<Record<Persona, readonly string[]>> = {
  user: ['subject_username', 'subject_userid'],
  customer: ['subject_email'],
};

/** Guide, "On-Behalf-Of Flow": `grant_type=password` without any password. */
export async function onBehalfOf(request: GrantRequest): Promise<Grant> {
  const { parameters, client, persona, tenant } = request;
  assertConfidential(client, 'The on-behalf-of flow');
  if (!client.onBehalfOf) {
    const checkbox = "the checkbox 'Client On-Behalf-Of Flow' is off in the Administration Console.";
    throw new OAuthError('unauthorized_client', `${client.name}: ${checkbox}`);
  }
  assertNoPassword(parameters);
  const [name, value] = readSubject(request);
  const scope = grantScope(request, parameters.get('scope'), SCOPE_RULES.onBehalfOf);
  if (name === 'subject_userid') await delayUserId(tenant);
  const subject = findSubject(tenant, name, value) ?? answerUnknownSubject(request, name, value);
  return { actor: `on-behalf-of-${persona}`, subject, scope };
}

/**
 * "using subject_userid can increase latency": looking somebody up by it takes longer, found or not. The timer keeps no
 * process alive.
 */
async function delayUserId({ subjectUserIdDelayMs }: Tenant): Promise<void> {
  if (subjectUserIdDelayMs > 0) await sleep(subjectUserIdDelayMs, undefined, { ref: false });
}

// INFERRED: the guide does not say what an unknown subject is answered.
function answerUnknownSubject({ persona, tenant }: GrantRequest, name: string, value: string): string {
  const { unknownSubject } = tenant.behaviour;
  if (unknownSubject === 'issued') return value;
  throw new OAuthError(unknownSubject, `No ${persona} has the ${name} '${value}'.`);
}

// INFERRED: eGain may ignore them. Who sends them takes this for RFC 6749 4.3, and is handling a password for nothing.
function assertNoPassword(parameters: RequestParameters): void {
  for (const name of ['username', 'password']) {
    if (!parameters.has(name)) continue;
    const description = `'${name}' is not part of the on-behalf-of flow. Name the subject with subject_* and no password.`;
    throw new OAuthError('invalid_request', description);
  }
}

/**
 * "You must provide either subject_username or subject_userid to identify the user … subject_email to identify the
 * customer." INFERRED: both, and one of the other persona, are refused; picking one could act for the wrong person.
 */
function readSubject({ parameters, persona, tenant }: GrantRequest): readonly [name: string, value: string] {
  const sent = [...SUBJECTS_OF.user, ...SUBJECTS_OF.customer].flatMap((name) => {
    const value = parameters.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const subject = sent.find(([name]) => SUBJECTS_OF[persona].includes(name));
  if (subject !== undefined && (sent.length === 1 || tenant.behaviour.ambiguousSubject === 'first')) return subject;
  const expected = SUBJECTS_OF[persona].join(' or ');
  const found = sent.length === 0 ? 'none' : sent.map(([name]) => name).join(' and ');
  throw new OAuthError(
    'invalid_request',
    `For a ${persona} send exactly one of ${expected}; this request has ${found}.`,
  );
}

function findSubject(tenant: Tenant, name: string, value: string): string | undefined {
  if (name === 'subject_email') return tenant.customers.find(({ email }) => email === value)?.email;
  const key = name === 'subject_userid' ? 'userId' : 'username';
  return tenant.users.find((user) => user[key] === value)?.username;
}
