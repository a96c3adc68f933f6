import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
// By path, as what core's own tests send.
import { BEHIND_THE_GUARD, expectHarmless } from '../../../core/test/payloads/harmless.ts';
import { PROXY_HEADERS } from '../../../core/test/payloads/headers.ts';
import { METHODS, PATH_VARIANTS } from '../../../core/test/payloads/paths.ts';
import { sendRaw } from '../../../core/test/payloads/raw-client.ts';
import { type EgainAuth, egainAuth, egainErrorHandler, requiresAuth } from '../../src/index.ts';
import { EXPRESS, type Host, person, startHost } from '../hosts.ts';

/** The guard is in front of the handlers, behind routers that are as lenient as Express makes them. */
function routes(express: (typeof EXPRESS)[number][1], app: Express, egain: EgainAuth): void {
  // Believes every proxy: what it says must not matter.
  app.set('trust proxy', true);
  app.use(egainAuth(egain));
  const guarded = (router: Pick<Express, 'all' | 'get'>, path: string) =>
    router.all(path, requiresAuth({ unauthenticated: 'redirect' }), (_req, res) => void res.send(BEHIND_THE_GUARD));
  guarded(app, '/desk');
  guarded(app, '/desk/:id');
  const router = (express as unknown as { Router: () => Express }).Router();
  guarded(router, '/');
  app.use('/x/../desk', router);
  app.use('//desk', router);
  app.use(egainErrorHandler());
}

describe.each(EXPRESS)('%s', (_name, express) => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({ express, routes: (app, egain) => routes(express, app, egain) });
  });
  afterAll(async () => host[Symbol.asyncDispose]());

  describe.each(METHODS)('T053: %s of a guarded handler', (method) => {
    test.each(PATH_VARIANTS)('%s', async (target) => {
      expectHarmless(await sendRaw(host.baseUrl, { method, target }), host);
    });
  });

  describe.each(PROXY_HEADERS)('$title', ({ sets }) => {
    test.each(sets.map((headers) => [JSON.stringify(headers).slice(0, 90), headers] as const))(
      '%s',
      async (_title, headers) => {
        for (const target of ['/desk', '/auth/login', '/']) {
          const answer = await sendRaw(host.baseUrl, { target, headers });
          expectHarmless(answer, host);
          expect(JSON.stringify([answer.location, answer.setCookies])).not.toContain('evil');
        }
      },
    );
  });

  // Last, since somebody is signed in from here on.
  test('many of these paths are ways to the handler', async () => {
    const { browser, baseUrl } = host;
    await browser.open(`${baseUrl}/desk`);
    await browser.signIn(person(host, 'user'));
    const cookie = ['cookie', [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ')] as const;
    const answers = await Promise.all(PATH_VARIANTS.map((target) => sendRaw(baseUrl, { target, headers: [cookie] })));
    expect(answers.filter(({ text }) => text.includes(BEHIND_THE_GUARD)).length).toBeGreaterThanOrEqual(15);
  });
});
