import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createEgainEmulator, createUserAgent } from '../src/index.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the user agent', () => {
  test('keeps cookies by host name, across ports, until they are taken away', async () => {
    const echo = (request: IncomingMessage, response: ServerResponse) => response.end(request.headers.cookie ?? 'none');
    const other = await serve(echo);
    const origin = await serve((request, response) => {
      if (request.url === '/set') response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; HttpOnly']);
      if (request.url === '/end') response.setHeader('set-cookie', 'a=; Max-Age=0');
      echo(request, response);
    });
    const agent = createUserAgent();
    await agent.open(`${origin}/set`);
    expect((await agent.open(other)).text).toBe('a=1; b=2');
    await agent.open(`${origin}/end`);
    expect([...agent.cookies('127.0.0.1')]).toEqual([['b', '2']]);
    agent.setCookie('127.0.0.1', 'b', undefined);
    expect((await agent.open(origin)).text).toBe('none');
  });

  test('follows redirects as a navigation, by GET, and says which way it went', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/from') response.writeHead(303, { location: '/to?x=1' }).end();
      else response.end(`${request.method} ${request.headers['sec-fetch-mode']}`);
    });
    const agent = createUserAgent();
    const page = await agent.post(`${origin}/from`, { field: 'value' });
    expect(page).toMatchObject({ status: 200, text: 'GET navigate', visited: [`${origin}/from`, `${origin}/to?x=1`] });
  });

  test('gives up on a loop', async () => {
    const origin = await serve((_request, response) => response.writeHead(302, { location: '/' }).end());
    await expect(createUserAgent().open(origin)).rejects.toThrow('More than 10 redirects');
  });

  test('says where a form comes from, and that a script is none', async () => {
    const show = ({ headers }: IncomingMessage, response: ServerResponse) =>
      response.end(JSON.stringify([headers['sec-fetch-site'], headers.origin, headers.accept]));
    const [here, elsewhere] = [await serve(show), await serve(show)];
    const agent = createUserAgent();
    await agent.open(here);
    expect(JSON.parse((await agent.post(`${elsewhere}/`)).text)).toEqual(['cross-site', here, HTML]);
    await agent.open(here);
    expect(JSON.parse((await agent.post('/')).text)).toEqual(['same-origin', here, HTML]);
    expect(JSON.parse((await agent.fetch('/')).text)).toEqual(['same-origin', null, 'application/json']);
  });

  test('signs in at the emulator, and only there', async () => {
    const emulator = await createEgainEmulator().listen();
    const application = await serve((_request, response) => response.end('the application'));
    const { clientId = '' } = emulator.config({ baseUrl: application });
    const url = new URL(`/system/auth/${emulator.tenantId}-U/oauth2/authorize`, emulator.loginUrl);
    const redirectUri = `${application}/auth/callback`;
    url.search = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'knowledge.portalmgr.read',
    }).toString();
    const agent = createUserAgent();
    const [user] = emulator.users;
    if (!user) throw new Error('nobody is seeded');
    await expect(agent.signIn(user)).rejects.toThrow('is no sign-in page');
    await agent.open(url.href);
    expect((await agent.signIn(user)).visited.at(-1)).toMatch(`${redirectUri}?code=`);
    await emulator.close();
  });
});
