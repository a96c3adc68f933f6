import { describe, expect, test } from '@jest/globals';
import { createClientRegistry } from '../src/client-applications.ts';

describe('client applications', () => {
  test('start with a Web Application that may do everything and an SPA with delegated permissions', () => {
    const [web, spa] = createClientRegistry({}, []).all();
    expect(web).toMatchObject({ platform: 'web', onBehalfOf: true, tokenExchange: true, redirectUrls: [] });
    expect(web?.permissions).toEqual(
      expect.arrayContaining([
        ...['knowledge.portalmgr.read', 'knowledge.portalmgr.manage', 'core.aiservices.read', 'core.aiservices.manage'],
        ...[
          'knowledge.portalmgr.onbehalfof.read',
          'knowledge.portalmgr.onbehalfof.manage',
          'app.knowledge.portalmgr.read',
        ],
      ]),
    );
    expect(spa).toMatchObject({ platform: 'spa', onBehalfOf: false, tokenExchange: false });
    expect(spa).not.toHaveProperty('clientSecret');
    expect(spa?.secrets).toEqual([]);
    expect([web?.accessTokenExpirySeconds, spa?.accessTokenExpirySeconds]).toEqual([3600, undefined]);
    expect(spa?.permissions.filter((name) => name.startsWith('app.') || name.includes('onbehalfof'))).toEqual([]);
  });

  test('have a random secret each, unless one is given', () => {
    const secrets = [{}, {}, { clientSecret: 'mine' }].map(
      (client) => createClientRegistry(client, []).all()[0]?.clientSecret,
    );
    expect(secrets[0]).toMatch(/^[\w-]{43}$/);
    expect(secrets[1]).not.toBe(secrets[0]);
    expect(secrets[2]).toBe('mine');
  });

  test('that are added may do nothing until it is said', () => {
    const added = createClientRegistry({}, [{ clientId: 'added' }]).find('added');
    expect(added).toMatchObject({
      platform: 'web',
      redirectUrls: [],
      permissions: [],
      onBehalfOf: false,
      tokenExchange: false,
    });
  });

  test('replace those of the same id', () => {
    const [web] = createClientRegistry({}, []).all();
    const registry = createClientRegistry({}, [{ clientId: web?.clientId ?? '', name: 'Replaced' }]);
    expect(registry.all()).toHaveLength(2);
    expect(registry.all()[0]).toMatchObject({ name: 'Replaced', permissions: [] });
  });

  test('are not changed by what happens to the options afterwards', () => {
    const permissions = ['core.aiservices.read'];
    const registry = createClientRegistry({ permissions }, []);
    permissions.push('core.aiservices.manage');
    expect(registry.all()[0]?.permissions).toEqual(['core.aiservices.read']);
  });

  test.each([
    ['a relative redirect URL', { redirectUrls: ['/auth/callback'] }],
    ['a redirect URL with a fragment', { redirectUrls: ['http://localhost/#a'] }],
    ['an SPA with a secret', { platform: 'spa' as const, clientSecret: 's' }],
    ['an SPA with secrets', { platform: 'spa' as const, secrets: [{ value: 's' }] }],
    ['an expiry time of zero', { accessTokenExpirySeconds: 0 }],
    ['an expiry time of half a second', { accessTokenExpirySeconds: 0.5 }],
    ['an expiry time without token exchange', { tokenExchange: false, accessTokenExpirySeconds: 60 }],
  ])('refuse %s', (_name, client) => {
    expect(() => createClientRegistry(client, [])).toThrow(TypeError);
  });
});
