import { customer, type EgainAuth, type EgainAuthOptions, scope as scopeNames, user } from '@egain-auth/core';
import { describe, expect, test } from '@jest/globals';
import { BEHAVIOUR_VALUES, type Behaviour, createEgainEmulator, type EgainEmulator } from '../src/index.ts';
import { REFRESH_TOKEN_MODES, type RefreshTokenMode } from '../src/refresh-tokens.ts';
import {
  BASE_URL,
  createCore,
  failureOf,
  MY_DETAILS,
  ON_BEHALF_OF_READ,
  READ,
  SEARCH,
  signInWithCore,
} from './core-client.ts';
import { coverPairs, pairsIn, pairsOf } from './pairwise.ts';

type Setting = Behaviour & { readonly refreshTokens: RefreshTokenMode };

const FACTORS = {
  ...BEHAVIOUR_VALUES,
  refreshTokens: REFRESH_TOKEN_MODES,
};
const ROWS = coverPairs(FACTORS) as readonly unknown[] as readonly Setting[];

/** A scope of the flow's own kind that no default client application has. */
const UNASSIGNED = scopeNames.unchecked('knowledge.everything.onbehalfof.read');

interface World {
  readonly setting: Setting;
  readonly emulator: EgainEmulator;
  /** A Web Application that uses PKCE exactly where the setting allows it. */
  readonly web: EgainAuth;
  /** The same with other options. */
  readonly change: (changes: EgainAuthOptions) => EgainAuth;
}

async function walk(setting: Setting): Promise<void> {
  const { refreshTokens, ...behaviour } = setting;
  const emulator = await createEgainEmulator({ refreshTokens, behaviour }).listen();
  const opened: EgainAuth[] = [];
  const open = (changes: EgainAuthOptions, platform: 'web' | 'spa' = 'web') => {
    const egain = createCore(emulator, changes, platform);
    opened.push(egain);
    return egain;
  };
  const config = emulator.config({ baseUrl: BASE_URL });
  const { clientId = '', clientSecret = '' } = config;
  const withoutPkce = { clientId, clientSecret, pkce: false };
  const plain = { clients: { user: withoutPkce, customer: withoutPkce } };
  const web = open(setting.pkceOnWebClients === 'rejected' ? plain : {});
  const world: World = { setting, emulator, web, change: (changes) => open(changes) };
  try {
    await checkLogins(world, open({}, 'spa'));
    await checkPkce(world, setting.pkceOnWebClients === 'rejected' ? open({}) : open(plain));
    await checkServerFlows(world);
    await checkCredentials(world);
    await checkRefusals(world);
  } finally {
    await Promise.all(opened.map((egain) => egain.close()));
    await emulator.close();
  }
}

async function checkLogins({ setting, emulator, web }: World, spa: EgainAuth): Promise<void> {
  for (const [egain, as, renews] of [
    [web, 'user', setting.refreshTokens !== 'none'],
    [web, 'customer', setting.refreshTokens !== 'none'],
    [spa, 'user', setting.refreshTokens !== 'none' && setting.publicClientRefreshTokens === 'issued'],
  ] as const) {
    const before = Date.now();
    const context = await signInWithCore(emulator, egain, as);
    const token = await context.getToken();
    expect([...token.scope]).toEqual(READ);
    // An answer that does not say when the token ends is believed for five minutes.
    expect(Math.round((token.expiresAt - before) / 10_000)).toBe(setting.expiresIn === 'absent' ? 30 : 360);
    if (as === 'user') expect(context.identity).toMatchObject({ id: '1067', name: 'Pat Admin' });
    expect(await context.api.get(as === 'user' ? MY_DETAILS : SEARCH)).toBeDefined();

    const renewed = context.getToken({ forceRenewal: true });
    if (!renews) expect(await failureOf(renewed)).toMatchObject({ code: 'login_required' });
    else {
      expect([...(await renewed).scope]).toEqual(READ);
      expect(await context.api.get(SEARCH)).toBeDefined();
    }
  }
}

/** @param other uses PKCE where `web` does not, and the other way round */
async function checkPkce({ setting, emulator, web }: World, other: EgainAuth): Promise<void> {
  const refused = setting.pkceOnWebClients === 'rejected' || setting.pkceOnWebClients === 'required';
  const { code, oauthError } = await failureOf(signInWithCore(emulator, other));
  expect(code).toBe(refused ? 'login_refused' : 'none');
  const cancelled = await failureOf(signInWithCore(emulator, web, 'user', 'cancel'));
  expect(cancelled.code).toBe('login_refused');
  // Core does not decode an `error` in base64, so the reason is lost then; that the login is refused is not.
  if (setting.redirectErrors === 'base64') return;
  expect(cancelled.oauthError).toBe('access_denied');
  expect(oauthError).toBe(refused ? 'invalid_request' : undefined);
}

async function checkServerFlows({ setting, emulator, web, change }: World): Promise<void> {
  const { identityProvider, users, customers } = emulator;
  const clientScope = setting.generation === 'rigel' ? 'app.knowledge.portalmgr.read' : '.default';
  const subjectToken = (email: string) => () => identityProvider.issueToken({ email });
  const { registrationId } = identityProvider;
  const exchange = { type: 'exchanged', registrationId, subjectToken: subjectToken(users[0]?.email ?? '') } as const;
  for (const [actor, scope, call] of [
    [{ type: 'client' }, [clientScope], SEARCH],
    [{ type: 'anonymous-customer' }, READ, SEARCH],
    [{ type: 'on-behalf-of', subject: user({ username: 'maria.agent' }) }, ON_BEHALF_OF_READ, MY_DETAILS],
    [{ type: 'on-behalf-of', subject: user({ userId: '1069' }) }, ON_BEHALF_OF_READ, MY_DETAILS],
    [{ type: 'on-behalf-of', subject: customer({ email: 'jane.doe@example.com' }) }, ON_BEHALF_OF_READ, SEARCH],
    [exchange, READ, MY_DETAILS],
  ] as const) {
    const token = await web.getToken(actor, { scope });
    expect([actor.type, ...token.scope]).toEqual([actor.type, ...scope]);
    expect(await web.api(actor, { scope }).get(call)).toBeDefined();
  }

  const { endpoints, domainUrl, tenantId } = emulator.config();
  const tokenUrl = endpoints?.customer?.tokenUrl ?? `${domainUrl}/system/auth/${tenantId}-C/oauth2/token`;
  const atCustomers = change({ endpoints: { ...endpoints, tokenExchange: { tokenUrl } } });
  const visitor = { ...exchange, subjectToken: subjectToken(customers[0]?.email ?? '') };
  const called = atCustomers.api(visitor, { scope: READ }).get(SEARCH);
  const accepted = setting.customerTokenExchange === 'accepted';
  expect((await failureOf(called)).code).toBe(accepted ? 'none' : 'token_request_failed');
}

async function checkCredentials({ setting, emulator, change }: World): Promise<void> {
  const dummy = { clientId: 'clientId', clientSecret: 'clientSecret' };
  const anonymous = change({ clients: { anonymousCustomer: dummy } });
  const asked = anonymous.api({ type: 'anonymous-customer' }, { scope: READ }).get(SEARCH);
  const refused = setting.anonymousCredentials === 'verified';
  expect((await failureOf(asked)).code).toBe(refused ? 'token_request_failed' : 'none');

  if (setting.pkceOnWebClients === 'rejected') return;
  const { clientId = '' } = emulator.config();
  const withoutSecret = change({ clients: { user: { clientId }, customer: { clientId } }, clientId: 'another' });
  const optional = setting.webClientSecret === 'optional-with-pkce';
  const { code } = await failureOf(signInWithCore(emulator, withoutSecret));
  expect(code).toBe(optional ? 'none' : 'token_request_failed');
}

async function checkRefusals({ setting, emulator, web, change }: World): Promise<void> {
  const named = (error: string) => (setting.errorShape === 'oauth' ? error : undefined);
  const actor = { type: 'on-behalf-of', subject: user({ username: 'maria.agent' }) } as const;

  const unassigned = web.getToken(actor, { scope: [...ON_BEHALF_OF_READ, UNASSIGNED] });
  if (setting.ungrantableScopes === 'refused') {
    const oauthError = named('invalid_scope');
    expect(await failureOf(unassigned)).toEqual({ code: 'token_request_failed', oauthError });
  } else {
    // Without an answer, "as requested" is all there is to believe (RFC 6749 5.1).
    expect((await unassigned).scope.has(UNASSIGNED)).toBe(setting.scopeAnswer === 'absent');
  }

  const nobody = { ...actor, subject: user({ username: 'nobody' }) };
  if (setting.unknownSubject === 'issued') {
    // 204: eGain's empty list.
    expect(await web.api(nobody, { scope: ON_BEHALF_OF_READ }).get(MY_DETAILS)).toBeUndefined();
  } else {
    const oauthError = named(setting.unknownSubject);
    const refused = web.getToken(nobody, { scope: ON_BEHALF_OF_READ });
    expect(await failureOf(refused)).toEqual({ code: 'token_request_failed', oauthError });
  }

  const stranger = change({ clientSecret: 'wrong' }).getToken(actor, { scope: ON_BEHALF_OF_READ });
  const oauthError = named('invalid_client');
  expect(await failureOf(stranger)).toEqual({ code: 'token_request_failed', oauthError });

  const { accessToken } = await web.anonymousCustomer({ scope: READ });
  const headers = { authorization: `Bearer ${accessToken}`, 'accept-language': 'en-US' };
  const refusal = await fetch(`${emulator.config().apiUrl}${MY_DETAILS}`, { headers });
  expect(refusal.status).toBe(403);
  expect(await refusal.text()).toEqual(
    setting.apiErrors === 'egain' ? expect.stringContaining('403-112') : expect.any(String),
  );

  const api = web.api({ type: 'anonymous-customer' }, { scope: READ });
  const portals = await api.get('/knowledge/portalmgr/v4/portals?$pagesize=3');
  expect(portals).toMatchObject({ paginationInfo: { count: setting.paginationCount === 'items' ? 4 : 2 } });
}

describe('core works with every setting of the emulator', () => {
  test('the rows cover every pair of values', () => {
    expect(pairsOf({ a: [1, 2], b: [1, 2, 3], c: ['x'] }).size).toBe(2 * 3 + 2 + 3);
    const covered = new Set(ROWS.flatMap(pairsIn));
    expect([...pairsOf(FACTORS)].filter((pair) => !covered.has(pair))).toEqual([]);
    expect(ROWS.length).toBeLessThan(40);
  });

  test.each(ROWS.map((row, index) => [index + 1, row] as const))(
    'row %i: every flow, and every refusal is a typed one',
    async (_number, row) => {
      await walk(row);
    },
    30_000,
  );
});
