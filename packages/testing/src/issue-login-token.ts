import { SAMPLE_SCOPE } from './config.ts';
import type { Persona } from './persona.ts';
import type { Tenant } from './tenant.ts';

/** Whose token is wanted, and for what. */
export interface LoginTokenRequest {
  /** @default 'user' */
  persona?: Persona;
  /** The username of a user or the email address of a customer. @default the first one that is seeded */
  name?: string;
  /** @default ['knowledge.portalmgr.read'], as in `config()` */
  scope?: readonly string[];
}

/** A token as the authorization code flow of the first client application would end with. */
export async function issueLoginToken(
  tenant: Tenant,
  { persona = 'user', name, scope = [SAMPLE_SCOPE] }: LoginTokenRequest,
): Promise<string> {
  const names =
    persona === 'user' ? tenant.users.map(({ username }) => username) : tenant.customers.map(({ email }) => email);
  const subject = names.find((seeded) => name === undefined || seeded === name);
  const [client] = tenant.clients.all();
  if (subject === undefined || !client) throw new TypeError(`No ${persona} ${name ?? ''} is seeded.`);
  return tenant.accessTokens.issue({ clientId: client.clientId, actor: persona, subject, scope });
}
