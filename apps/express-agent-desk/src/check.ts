import {
  type Actor,
  type ApiClient,
  createEgainAuth,
  customer,
  type EgainAuth,
  type ScopeOf,
  type Subject,
  type TokenSet,
  user,
} from '@egain-auth/express';
import type { EgainEmulator } from '@egain-auth/testing';
import { signIn } from './sign-in.ts';

const SEARCH = '/knowledge/portalmgr/v4/PROD-1000/search?q=card&$lang=en-US';
const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
const READ = ['knowledge.portalmgr.read'] as const;
const ON_BEHALF_OF_READ = ['knowledge.portalmgr.onbehalfof.read'] as const;

interface Step {
  readonly name: string;
  readonly asked: readonly string[];
  readonly getToken: () => Promise<{ token: TokenSet; api: ApiClient }>;
  /** The operation that shows that the token is good for something. */
  readonly call: string;
}

/**
 * Walks every flow against the emulator: one line each with what was asked and what was granted, never a token.
 * @returns whether every step succeeded
 */
export async function checkFlows(emulator: EgainEmulator, print: (line: string) => void): Promise<boolean> {
  const baseUrl = 'http://localhost:3000';
  const authorizeSubject = () => true;
  const web = createEgainAuth({ ...emulator.config({ baseUrl }), authorizeSubject });
  const spa = createEgainAuth({ ...emulator.config({ platform: 'spa', baseUrl }), authorizeSubject });
  let succeeded = true;
  for (const { name, asked, getToken, call } of [...loginSteps(emulator, web, spa), ...serverSteps(emulator, web)]) {
    try {
      const { token, api } = await getToken();
      await api.get(call);
      print(`ok    ${name.padEnd(34)} asked ${asked.join(' ').padEnd(35)} granted ${[...token.scope].join(' ')}`);
    } catch (error) {
      succeeded = false;
      print(`FAIL  ${name.padEnd(34)} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await Promise.all([web.close(), spa.close()]);
  print(succeeded ? 'Every flow works.' : 'Not every flow works.');
  return succeeded;
}

/** The flows in which somebody signs in. */
function loginSteps({ users, customers }: EgainEmulator, web: EgainAuth, spa: EgainAuth): Step[] {
  const [agent] = users;
  const [visitor] = customers;
  if (!agent || !visitor) throw new TypeError('the emulator has nobody to sign in');
  const logins = { user: agent.username, customer: visitor.email };
  const passwords = { user: agent.password, customer: visitor.password };
  const step = (name: string, egain: EgainAuth, as: 'user' | 'customer', forceRenewal = false): Step => ({
    name,
    asked: READ,
    call: as === 'user' ? MY_DETAILS : SEARCH,
    async getToken() {
      const context = await signIn(egain, as, { name: logins[as], password: passwords[as] });
      return { token: await context.getToken({ forceRenewal }), api: context.api };
    },
  });
  return [
    step('authorization code, user', web, 'user'),
    step('authorization code, customer', web, 'customer'),
    step('authorization code + PKCE, public', spa, 'user'),
    step('refresh', web, 'user', true),
  ];
}

/** The flows in which nobody does. */
function serverSteps({ users, customers, identityProvider }: EgainEmulator, egain: EgainAuth): Step[] {
  const step = <A extends Actor>(name: string, actor: A, asked: readonly ScopeOf<A>[], call: string): Step => ({
    name,
    asked,
    call,
    async getToken() {
      return { token: await egain.getToken(actor, { scope: asked }), api: egain.api(actor, { scope: asked }) };
    },
  });
  const [agent] = users;
  const [visitor] = customers;
  if (!agent || !visitor) throw new TypeError('the emulator has nobody to act for');
  const onBehalfOf = (subject: Subject) => ({ type: 'on-behalf-of', subject }) as const;
  const exchanged = {
    type: 'exchanged' as const,
    registrationId: identityProvider.registrationId,
    subjectToken: () => identityProvider.issueToken({ email: agent.email ?? '' }),
  };
  return [
    step('client credentials', { type: 'client' }, ['app.knowledge.portalmgr.read'], SEARCH),
    step('anonymous customer', { type: 'anonymous-customer' }, READ, SEARCH),
    step('on behalf of, by username', onBehalfOf(user({ username: agent.username })), ON_BEHALF_OF_READ, MY_DETAILS),
    step('on behalf of, by user id', onBehalfOf(user({ userId: agent.userId })), ON_BEHALF_OF_READ, MY_DETAILS),
    step('on behalf of, by e-mail', onBehalfOf(customer({ email: visitor.email })), ON_BEHALF_OF_READ, SEARCH),
    step('token exchange', exchanged, READ, MY_DETAILS),
  ];
}
