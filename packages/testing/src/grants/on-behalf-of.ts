import { OAuthError } from '../oauth-error.ts';
import type { RequestParameters } from '../parameters.ts';
import type { Persona } from '../persona.ts';
import { resolveScope, SCOPE_RULES } from '../scopes.ts';
import type { Tenant } from '../tenant.ts';
import { assertConfidential, type Grant, type GrantRequest } from './grant.ts';

const SUBJECTS_OF: Readonly<Record<Persona, readonly string[]>> = {
  user: ['subject_username', 'subject_userid'],
  customer: ['subject_email'],
};

/** Guide, "On-Behalf-Of Flow": `grant_type=password` without any password. */
export function onBehalfOf({ parameters, client, persona, tenant }: GrantRequest): Grant {
  assertConfidential(client, 'The on-behalf-of flow');
  if (!client.onBehalfOf) {
    const checkbox = "the checkbox 'Client On-Behalf-Of Flow' is off in the Administration Console.";
    throw new OAuthError('unauthorized_client', `${client.name}: ${checkbox}`);
  }
  assertNoPassword(parameters);
  const [name, value] = readSubject(parameters, persona);
  const scope = resolveScope(parameters.get('scope'), client, SCOPE_RULES.onBehalfOf);
  const subject = findSubject(tenant, name, value);
  // INFERRED: the guide does not say what an unknown subject is answered.
  if (subject === undefined) throw new OAuthError('invalid_grant', `No ${persona} has the ${name} '${value}'.`);
  return { actor: `on-behalf-of-${persona}`, subject, scope };
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
function readSubject(parameters: RequestParameters, persona: Persona): readonly [name: string, value: string] {
  const sent = [...SUBJECTS_OF.user, ...SUBJECTS_OF.customer].flatMap((name) => {
    const value = parameters.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const [subject, ...others] = sent;
  if (subject !== undefined && others.length === 0 && SUBJECTS_OF[persona].includes(subject[0])) return subject;
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
