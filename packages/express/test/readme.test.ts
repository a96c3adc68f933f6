import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEgainAuth, optionsFromEnv } from '@egain-auth/core';
import { forgeSession } from '@egain-auth/testing';
import { expect, test } from '@jest/globals';
import { runAlone } from '../../core/test/own-process.ts';

const README = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

// The discard port: nothing answers there.
const DOWN = 'http://127.0.0.1:9';
const ENV = {
  EGAIN_CLIENT_ID: 'client-1',
  EGAIN_CLIENT_SECRET: 'secret',
  EGAIN_API_URL: DOWN,
  EGAIN_BASE_URL: 'http://localhost:3000',
  EGAIN_USER_AUTHORIZATION_URL: `${DOWN}/authorize`,
  EGAIN_USER_TOKEN_URL: `${DOWN}/token`,
  EGAIN_LOGIN_USER_SCOPE: 'knowledge.portalmgr.read',
  EGAIN_SESSION_SECRET: 'a-secret-of-more-than-thirty-two-bytes',
};

const EXPRESS_4 = [
  '--alias:express=express4',
  '--conditions=@egain-auth/source',
  // Express is CommonJS, and has no `require` within an ES module.
  "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
];

/** Asks twice for what needs the API, and then for what does not. */
const REQUESTS = `
const server = app.listen(0, '127.0.0.1', async () => {
  const get = (path) =>
    fetch(\`http://127.0.0.1:\${server.address().port}\${path}\`, { headers: { cookie: process.env.COOKIE } });
  const answers = [await get('/me'), await get('/me'), await get('/auth/session')];
  console.log(answers.map(({ status }) => status).join(' '));
  server.close();
  server.closeAllConnections();
});
`;

test('F52: the README’s application answers on Express 4 while the API is down, and goes on', async () => {
  const [, code = ''] = /^## Express 4$.*?^```ts$(.*?)^```$/ms.exec(README) ?? [];
  expect(code).toContain("from 'express';");
  const { cookie } = await forgeSession(createEgainAuth({ ...optionsFromEnv(ENV), authorizeSubject: () => true }));
  const ended = await runAlone(code + REQUESTS, {
    folder: import.meta.dirname,
    bundle: EXPRESS_4,
    env: { ...ENV, COOKIE: cookie },
  });
  expect(ended).toMatchObject({ code: 0, stdout: '502 502 200\n' });
  // What the README hands to `console.error`.
  expect(ended.stderr).toContain('api_unavailable');
});
