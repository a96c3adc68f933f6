import type { Persona } from '../protocol/endpoints.ts';
import type { TokenSet } from '../protocol/token-set.ts';
import type { EgainIdentity } from '../session/session.ts';
import type { ApiClient } from './api-client.ts';

interface UserDetails {
  readonly user?: readonly {
    readonly id?: string;
    readonly firstName?: string;
    readonly lastName?: string;
    readonly roles?: readonly { readonly name?: string }[];
  }[];
}

/**
 * Who signed in, asked of eGain itself: nothing is read out of a token whose signature nobody here can check (T023).
 * Only users can be asked for, and only with `knowledge.portalmgr.read`.
 * @see GET /knowledge/portalmgr/v4/portals/user
 */
export async function lookUpIdentity(
  persona: Persona,
  { scope }: TokenSet,
  api: ApiClient,
): Promise<Omit<EgainIdentity, 'persona'>> {
  if (persona !== 'user' || !scope.has('knowledge.portalmgr.read')) return {};
  const answer = await api.get<UserDetails | undefined>('/knowledge/portalmgr/v4/portals/user');
  const [details] = answer?.user ?? [];
  if (!details) return {};
  const { id, firstName, lastName, roles = [] } = details;
  const name = [firstName, lastName].filter(Boolean).join(' ');
  return {
    ...(id !== undefined && { id }),
    ...(name !== '' && { name }),
    roles: roles.flatMap((role) => role.name ?? []),
  };
}
