import { readdirSync, readFileSync } from 'node:fs';
import { createUserAgent, type SeededUser, type UserAgent } from '@egain-auth/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PARTNER_PEOPLE } from '../src/demo-partner.ts';
import { type Demo, startDemo } from '../src/start-demo.ts';

let demo: Demo;
let agent: SeededUser;
let browser: UserAgent;
beforeAll(async () => {
  demo = await startDemo(0, { log() {}, warn() {}, error() {} });
  agent = demo.emulator.users[0]!;
});
afterAll(async () => {
  await demo[Symbol.asyncDispose]();
});
beforeEach(() => {
  browser = createUserAgent();
});

const signInAsAgent = async () => {
  await browser.open(`${demo.baseUrl}/auth/login?as=user`);
  return browser.signIn(agent);
};
const signInAtCrm = (employee: string) => browser.post(`${demo.baseUrl}/crm/login`, { employee });
const signInAtPartner = async () => {
  const { url } = await browser.open(`${demo.baseUrl}/partner/login`);
  return browser.post(url.href, { person: PARTNER_PEOPLE[0]! });
};
const ask = async (path: string) => {
  const { status, text, headers } = await browser.fetch(`${demo.baseUrl}${path}`);
  return { status, body: JSON.parse(text), headers };
};
const lastCall = () => demo.emulator.journal('api').at(-1);
const apiCalls = () => demo.emulator.journal('api').length;

describe('the API', () => {
  test('an agent who signed in sees portals and articles', async () => {
    const page = await signInAsAgent();
    expect(page.url.href).toBe(`${demo.baseUrl}/`);
    const portals = await ask('/api/agent/portals');
    expect(portals).toMatchObject({ status: 200, body: { as: 'Pat Admin' } });
    expect(portals.body.items).not.toEqual([]);
    expect(lastCall()).toMatchObject({ actor: 'user', subject: agent.username });
    const articles = await ask('/api/agent/articles?q=password');
    expect(articles.body.items).toContain('Reset an Online Banking Password');
    expect(lastCall()).toMatchObject({ actor: 'user', subject: agent.username });
    expect((await ask('/api/agent/articles?q=zzzz')).body).toEqual({ as: 'Pat Admin', items: [] });
  });

  test('an employee of the CRM acts as the agent of that name, also where an agent is signed in', async () => {
    await signInAsAgent();
    await signInAtCrm('tom.agent');
    expect((await ask('/api/crm/articles?q=card')).body).toMatchObject({ as: 'tom.agent' });
    expect(lastCall()).toMatchObject({ actor: 'on-behalf-of-user', subject: 'tom.agent' });
    await ask('/api/agent/articles?q=card');
    expect(lastCall()).toMatchObject({ actor: 'user', subject: agent.username });
  });

  test('T079: neither a query nor a made-up cookie changes whom the CRM acts for', async () => {
    await browser.open(`${demo.baseUrl}/`);
    expect((await signInAtCrm('pa')).status).toBe(403);
    await signInAtCrm('maria.agent');
    await ask('/api/crm/articles?q=card&employee=pa&username=pa&subject_username=pa');
    expect(lastCall()).toMatchObject({ actor: 'on-behalf-of-user', subject: 'maria.agent' });
    browser.setCookie('localhost', 'crm', 'pa');
    expect((await ask('/api/crm/articles?q=card')).status).toBe(401);
  });

  test('the catalog is asked as the application itself, with one token for all', async () => {
    for (const q of ['card', 'password']) {
      expect((await ask(`/api/catalog/articles?q=${q}`)).body).toMatchObject({ as: 'the application' });
      expect(lastCall()).toMatchObject({ actor: 'client' });
    }
    expect(demo.emulator.journal('token').filter(({ grant }) => grant === 'client_credentials')).toHaveLength(1);
  });

  test('somebody of the partner is the agent whom eGain knows by the address', async () => {
    const page = await signInAtPartner();
    expect(page.url.href).toBe(`${demo.baseUrl}/`);
    expect((await ask('/api/partner/portals')).body).toMatchObject({ as: 'maria.silva@example.com' });
    expect(lastCall()).toMatchObject({ actor: 'user', subject: 'maria.agent' });
    expect(demo.emulator.journal('token').at(-1)).toMatchObject({
      grant: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject: 'maria.agent',
    });
  });

  test('a callback of the partner that another browser started signs nobody in', async () => {
    const attacker = createUserAgent();
    const { url } = await attacker.open(`${demo.baseUrl}/partner/login`);
    // So that their own visit does not spend the code.
    attacker.setCookie('localhost', 'partner_login', undefined);
    const refused = await attacker.post(url.href, { person: PARTNER_PEOPLE[0]! });
    expect(refused.status).toBe(401);
    const callback = refused.visited.at(-1) ?? '';
    expect(callback).toContain('code=');
    // The victim has a sign-in of their own under way.
    await browser.open(`${demo.baseUrl}/partner/login`);
    expect((await browser.open(callback)).status).toBe(401);
    expect((await ask('/api/partner/portals')).status).toBe(401);
  });

  test('somebody of the partner is signed in as long as the token of the partner is good', async () => {
    await signInAtPartner();
    expect((await ask('/api/partner/portals')).status).toBe(200);
    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 301_000);
    const answer = await ask('/api/partner/portals').finally(() => later.mockRestore());
    expect(answer.status).toBe(401);
  });

  test('a customer is no agent', async () => {
    await browser.open(`${demo.baseUrl}/auth/login?as=customer`);
    await browser.signIn(demo.emulator.customers[0]!);
    const { status, body } = await ask('/api/agent/portals');
    expect([status, body.error.code]).toEqual([403, 'actor_not_allowed']);
  });

  test('whoever is not signed in gets 401 as JSON, and eGain is not asked', async () => {
    const asked = apiCalls();
    for (const path of ['/api/agent/portals', '/api/agent/articles?q=card']) {
      const { status, body } = await ask(path);
      expect(status).toBe(401);
      expect(body.error).toMatchObject({ code: 'login_required', loginUrl: '/auth/login?as=user' });
    }
    expect(await ask('/api/crm/articles?q=card')).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
    expect(await ask('/api/partner/portals')).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
    expect(apiCalls()).toBe(asked);
  });

  test('a search for nothing, or for two things, is 400', async () => {
    const asked = apiCalls();
    for (const query of ['', '?q=', '?q=one&q=two']) {
      expect((await ask(`/api/catalog/articles${query}`)).status).toBe(400);
    }
    expect(apiCalls()).toBe(asked);
  });
});

describe('T044: the browser', () => {
  test('gets no token, and keeps no answer', async () => {
    const pages = [await signInAsAgent(), await signInAtCrm('maria.agent'), await signInAtPartner()];
    const apis = [
      'agent/portals',
      'agent/articles?q=card',
      'crm/articles?q=card',
      'partner/portals',
      'catalog/articles?q=card',
    ];
    expect((await browser.open(`${demo.baseUrl}/`)).headers['cache-control']).toBe('no-store');
    for (const path of apis) {
      const answer = await browser.fetch(`${demo.baseUrl}/api/${path}`);
      expect(answer.status).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-store');
      pages.push(answer);
    }
    pages.push(await browser.fetch(`${demo.baseUrl}/auth/session`));
    // All tokens of the emulator and of the partner are JWTs, and every JWT starts like this.
    for (const { text, visited, headers } of pages) {
      expect([text, ...visited, JSON.stringify(headers)].join('\n')).not.toContain('eyJ');
    }
    for (const value of browser.cookies('localhost').values()) expect(value).not.toContain('eyJ');
  });
});

test('every parameter of a constructor says what Nest injects: esbuild and tsx know no types', () => {
  const folder = new URL('../src/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const source = readFileSync(new URL(name, folder), 'utf8');
    if (!/@(Injectable|Controller)\(/.test(source)) continue;
    for (const [, parameters = ''] of source.matchAll(/constructor\(([^{]*)\) \{/g)) {
      const count = (pattern: RegExp) => parameters.match(pattern)?.length ?? 0;
      expect({ name, injected: count(/@Inject\(/g) }).toEqual({ name, injected: count(/\w: \w/g) });
    }
  }
});
