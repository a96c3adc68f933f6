import { once } from 'node:events';
import { createServer, get as navigate } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FakeEgainOptions, fakeEgain } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '../src/index.ts';
import { EXPRESS } from './hosts.ts';

const PORTALS = '/knowledge/portalmgr/v4/myportals';
const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe.each(EXPRESS)('fakeEgain in %s', (_name, express) => {
  async function start(options: FakeEgainOptions) {
    const egain = fakeEgain(options);
    const app = express();
    app.use(egainAuth(egain));
    app.get('/desk', requiresAuth({ as: 'user' }), (req, res) => void res.json(req.egain.identity));
    app.get('/cases', requiresAuth({ scope: ['core.casemgr.read'] }), (_req, res) => void res.json({}));
    app.get('/portals', (req, res, next) => {
      req.egain.api.get(PORTALS).then((portals) => res.json(portals), next);
    });
    const named = onBehalfOf((req) => user({ username: String(req.get('x-login')) }), { scope });
    app.get('/crm', named, (req, res, next) => {
      req.egain.api.get(PORTALS).then((portals) => res.json(portals), next);
    });
    app.use(egainErrorHandler());
    const server = createServer(app).listen(0, '127.0.0.1');
    closers.push(() => server.close().closeAllConnections());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const get = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${url}${path}`, { headers });
      return { status: answer.status, body: await answer.text() };
    };
    return { egain, get, url };
  }

  test('README: guards know who is signed in, and the API answers', async () => {
    const { egain, get } = await start({
      identity: { id: '1067', name: 'Pat Admin' },
      answers: { [`GET ${PORTALS}`]: { portal: [{ id: 'PROD-1000' }] } },
    });
    expect(JSON.parse((await get('/desk')).body)).toEqual({ persona: 'user', id: '1067', name: 'Pat Admin' });
    expect(await get('/portals')).toMatchObject({ status: 200, body: '{"portal":[{"id":"PROD-1000"}]}' });
    expect(egain.calls).toEqual([
      { actor: { type: 'session' }, method: 'GET', path: PORTALS, query: {}, body: undefined },
    ]);
    expect((await get('/cases')).status).toBe(403);
  });

  test('nobody is sent to sign in, or told to', async () => {
    const { get, url } = await start({});
    expect(await get('/desk')).toMatchObject({ status: 401 });
    const [answer] = await once(navigate(`${url}/desk`, { headers: { accept: 'text/html' } }), 'response');
    expect([answer.statusCode, new URL(answer.headers.location).host]).toEqual([303, 'egain.invalid']);
  });

  test('acts for whom onBehalfOf names, by the policy of the application', async () => {
    const { egain, get } = await start({
      authorizeSubject: ({ value }) => value === 'pa',
      answers: { [`GET ${PORTALS}`]: {} },
    });
    expect((await get('/crm', { 'x-login': 'pa' })).status).toBe(200);
    expect((await get('/crm', { 'x-login': 'tom' })).status).toBe(403);
    expect(egain.calls.map(({ actor }) => actor)).toEqual([
      { type: 'on-behalf-of', subject: user({ username: 'pa' }) },
    ]);
  });
});
