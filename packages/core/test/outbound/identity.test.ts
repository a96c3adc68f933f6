import { describe, expect, jest, test } from '@jest/globals';
import type { ApiClient } from '../../src/outbound/api-client.ts';
import { lookUpIdentity } from '../../src/outbound/identity.ts';
import type { Persona } from '../../src/protocol/endpoints.ts';
import { createTokenSet } from '../../src/protocol/token-set.ts';

const tokensWith = (...scope: string[]) => createTokenSet({ accessToken: 'a', expiresAt: 1, scope, source: 'issuer' });
const READ = tokensWith('core.aiservices.read', 'knowledge.portalmgr.read');

/** eGain's API as far as it is asked for. */
function apiAnswering(answer: unknown) {
  const get = jest.fn(async (_path: string) => answer);
  const unexpected = async () => {
    throw new Error('unexpected call');
  };
  const others = { post: unexpected, put: unexpected, patch: unexpected, delete: unexpected, request: unexpected };
  const paginate = async function* () {};
  return { api: { get, paginate, ...others } as ApiClient, get };
}

describe('who signed in', () => {
  test('is what eGain says of the user, id, name and roles', async () => {
    const { api, get } = apiAnswering({
      user: [
        {
          id: '1067',
          roles: [
            { id: '1026', name: 'agent' },
            { id: '1', name: 'author' },
          ],
          firstName: 'John',
          lastName: 'Smith',
          hasEmailConfigured: false,
        },
      ],
    });
    expect(await lookUpIdentity('user', READ, api)).toEqual({
      id: '1067',
      name: 'John Smith',
      roles: ['agent', 'author'],
    });
    expect(get.mock.calls).toEqual([['/knowledge/portalmgr/v4/portals/user']]);
  });

  test.each<[name: string, user: object, identity: object]>([
    ['no last name', { id: '1', firstName: 'Cher' }, { id: '1', name: 'Cher', roles: [] }],
    ['no first name', { id: '1', lastName: 'Smith' }, { id: '1', name: 'Smith', roles: [] }],
    ['an empty first name', { id: '1', firstName: '', lastName: 'Smith' }, { id: '1', name: 'Smith', roles: [] }],
    ['no name', { id: '1' }, { id: '1', roles: [] }],
    ['no id', { firstName: 'John', lastName: 'Smith' }, { name: 'John Smith', roles: [] }],
    ['a role without a name', { id: '1', roles: [{ id: '1026' }, { name: 'agent' }] }, { id: '1', roles: ['agent'] }],
  ])('leaves out what eGain does not say: %s', async (_name, details, identity) => {
    const { api } = apiAnswering({ user: [details] });
    expect(await lookUpIdentity('user', READ, api)).toEqual(identity);
  });

  test.each([{}, { user: [] }])('is nobody in particular when eGain answers %j', async (answer) => {
    expect(await lookUpIdentity('user', READ, apiAnswering(answer).api)).toEqual({});
  });

  test.each<[name: string, persona: Persona, tokens: typeof READ]>([
    ['a customer', 'customer', READ],
    ['a user without the scope for it', 'user', tokensWith('core.aiservices.read')],
    ['a user with no more than a similar scope', 'user', tokensWith('app.knowledge.portalmgr.read')],
  ])('is not asked for %s', async (_name, persona, tokens) => {
    const { api, get } = apiAnswering({ user: [{ id: '1067' }] });
    expect(await lookUpIdentity(persona, tokens, api)).toEqual({});
    expect(get).not.toHaveBeenCalled();
  });

  test('T023: is never read out of the token', async () => {
    const claims = Buffer.from(JSON.stringify({ sub: 'evil', name: 'evil' })).toString('base64url');
    const tokens = createTokenSet({ accessToken: `e30.${claims}.x`, expiresAt: 1, scope: [], source: 'issuer' });
    expect(await lookUpIdentity('user', tokens, apiAnswering({}).api)).toEqual({});
  });

  test('is unknown when the look-up fails, which is for the caller to bear', async () => {
    const failure = new Error('down');
    const { api } = apiAnswering(Promise.reject(failure));
    await expect(lookUpIdentity('user', READ, api)).rejects.toBe(failure);
  });
});
