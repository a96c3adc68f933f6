import { describe, expect, test } from '@jest/globals';
import { createEgainAuth, isEgainAuthError } from '../src/index.ts';
import { LOGIN_OPTIONS, OPTIONS } from './options.ts';

const READ_ARTICLE = 'GET /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}';

const codeOf = (work: () => unknown): unknown => {
  try {
    work();
    return 'none';
  } catch (error) {
    return isEgainAuthError(error) ? error.code : error;
  }
};

describe('what has to be set at eGain', () => {
  test('for the configured login: its scopes, its redirect URL and where a logout ends', () => {
    const egain = createEgainAuth({
      ...LOGIN_OPTIONS,
      login: {
        user: { scope: ['knowledge.portalmgr.read'] },
        customer: { scope: ['core.aiservices.read', 'knowledge.portalmgr.read'] },
        postLogoutUrl: 'https://desk.example.com/bye',
      },
    });
    expect(egain.permissions()).toEqual([
      {
        clientId: 'client-1',
        platform: 'Web Application',
        checkboxes: [],
        redirectUrls: ['https://desk.example.com/auth/callback'],
        postLogoutRedirectUrl: 'https://desk.example.com/bye',
        delegatedPermissions: ['core.aiservices.read', 'knowledge.portalmgr.read'],
        applicationPermissions: [],
        undocumented: [],
      },
    ]);
  });

  test('for what the code does: the scopes that each operation declares for each actor, and the checkboxes of the flows', () => {
    const egain = createEgainAuth(OPTIONS);
    const uses = [
      { actor: 'on-behalf-of-user', operations: [READ_ARTICLE, 'GET /knowledge/portalmgr/v4/portals/user'] },
      { actor: 'on-behalf-of-customer', operations: ['POST /knowledge/portalmgr/v4/portals/PROD-1000/suggestions'] },
      { actor: 'anonymous-customer', operations: ['POST /core/aiservices/v4/PROD-1000/answers?q=x'] },
      { actor: 'exchanged', operations: [READ_ARTICLE] },
    ] as const;
    expect(egain.permissions(uses)).toEqual([
      {
        clientId: 'client-1',
        platform: 'Web Application',
        checkboxes: ['Client On-Behalf-Of Flow', 'Token Exchange Grant Type'],
        redirectUrls: [],
        delegatedPermissions: [
          'core.aiservices.manage',
          'core.aiservices.read',
          'knowledge.portalmgr.onbehalfof.manage',
          'knowledge.portalmgr.onbehalfof.read',
          'knowledge.portalmgr.read',
        ],
        applicationPermissions: [],
        undocumented: [],
      },
    ]);
  });

  test('for each client application by itself', () => {
    const egain = createEgainAuth({
      ...LOGIN_OPTIONS,
      clients: { user: { clientId: 'public' }, client: { clientId: 'server', clientSecret: 's' } },
      defaultClientScope: ['app.knowledge.portalmgr.read'],
    });
    expect(egain.permissions()).toMatchObject([
      { clientId: 'public', platform: 'Single Page Application', delegatedPermissions: ['knowledge.portalmgr.read'] },
      { clientId: 'server', applicationPermissions: ['app.knowledge.portalmgr.read'], redirectUrls: [] },
    ]);
  });

  test('what eGain does not document is said, unless the application says what it asks for', () => {
    const egain = createEgainAuth(OPTIONS);
    const operations = ['GET /knowledge/portalmgr/v4/PROD-1000/search', 'GET /core/casemgr/v4/cases'];
    const [unsaid] = egain.permissions([{ actor: 'client', operations }]);
    expect(unsaid).toMatchObject({ undocumented: [...operations].reverse(), applicationPermissions: [] });
    const scope = ['app.core.casemgr.read', '.default'];
    const [said] = egain.permissions([{ actor: 'client', operations, scope }]);
    expect(said).toMatchObject({ undocumented: [], applicationPermissions: [...scope].reverse() });
  });

  test('mistakes are said before anybody opens the console', () => {
    const egain = createEgainAuth(OPTIONS);
    expect(codeOf(() => egain.permissions([{ actor: 'client', operations: [READ_ARTICLE] }]))).toBe(
      'actor_not_allowed',
    );
    expect(codeOf(() => egain.permissions([{ actor: 'user', scope: ['app.core.casemgr.read'] }]))).toBe(
      'scope_mismatch',
    );
    expect(codeOf(() => egain.permissions([{ actor: 'user', operations: ['/knowledge'] }]))).toBeInstanceOf(TypeError);
    const withoutClient = createEgainAuth({
      ...OPTIONS,
      clientId: undefined,
      clients: { client: { clientId: 'c', clientSecret: 's' } },
    } as never);
    expect(codeOf(() => withoutClient.permissions([{ actor: 'user', scope: ['core.casemgr.read'] }]))).toBe(
      'invalid_configuration',
    );
  });
});
