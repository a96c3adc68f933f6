import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { egainAuth, egainErrorHandler } from '@egain-auth/express';
import { afterEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { type Nginx, startNginx } from './nginx.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<string> {
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A JWT of so many characters, or one or two less, which nothing could compress. */
function jwt(length: number): string {
  const header = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url');
  const signature = randomBytes(256).toString('base64url');
  const payloadLength = length - header.length - signature.length - 2;
  return [header, randomBytes(Math.floor((payloadLength * 3) / 4)).toString('base64url'), signature].join('.');
}

interface Application {
  readonly nginx: Nginx;
  readonly warnings: string[];
  /** Signs in by way of nginx, with an access token of so many characters. */
  readonly login: (tokenLength: number) => Promise<IncomingMessage>;
}

/** An Express application behind nginx, whose token endpoint issues tokens of any length. */
async function startApplication(directives?: string): Promise<Application> {
  let tokenLength = 0;
  const issuer = await listen(
    createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: jwt(tokenLength), token_type: 'Bearer', expires_in: 3600 }));
    }),
  );
  const urls = { authorizationUrl: `${issuer}/authorize`, tokenUrl: `${issuer}/token` };
  const auth = egainAuth({
    baseUrl: 'http://localhost:3000',
    ...{ tenantId: 'TMPRODB88619984', domainUrl: issuer, apiUrl: issuer, endpoints: { user: urls, customer: urls } },
    ...{ clientId: 'client-1', clientSecret: 'a-secret' },
    login: {
      user: { scope: ['knowledge.portalmgr.read'] },
      resolveIdentity: async () => ({ id: '1067', name: 'Pat Agent' }),
    },
    session: { secret: 'a session secret of more than 32 bytes' },
    authorizeSubject: () => true,
  });
  const app = express();
  app.use(auth);
  app.get('/', (request, response) => void response.send(request.egain.identity?.name ?? 'nobody'));
  app.use(egainErrorHandler());
  const nginx = await startNginx(await listen(createServer(app)), directives);
  closing.push(() => nginx[Symbol.asyncDispose]());
  const warnings: string[] = [];
  const hear = (event: unknown) => void warnings.push((event as { code: string }).code);
  subscribe('egain-auth:warning', hear);
  closing.push(() => unsubscribe('egain-auth:warning', hear));

  return {
    nginx,
    warnings,
    async login(length) {
      tokenLength = length;
      const started = await nginx.get('/auth/login?as=user');
      const state = new URL(started.headers.location ?? '').searchParams.get('state') ?? '';
      return nginx.get(`/auth/callback?code=c&state=${state}`, { cookie: cookiesOf(started) });
    },
  };
}

const cookiesOf = ({ headers }: IncomingMessage): string =>
  (headers['set-cookie'] ?? [])
    .filter((line) => !line.includes('Max-Age=0'))
    .map((line) => line.split(';', 1)[0])
    .join('; ');

/** The longest access token with which a login passes, to 50 characters. Stops at the first login that fails. */
async function findLimit({ login }: Application): Promise<number> {
  for (let length = 2500; ; length += 50) {
    if ((await login(length)).statusCode !== 303) return length - 50;
  }
}

/** What nginx has where a page of memory is 4 KiB, which is nearly everywhere. */
const SMALL_BUFFER = 'proxy_buffer_size 4k;';
/** As the README says. */
const DOCUMENTED = 'proxy_buffer_size 16k; proxy_buffers 4 16k;';

describe('F72: behind nginx', () => {
  test('a login with an access token of 2500 characters passes by default, and its cookies come back', async () => {
    const { nginx, login, warnings } = await startApplication();
    const answer = await login(2500);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, 'http://localhost:3000/']);
    expect((await nginx.get('/', { cookie: cookiesOf(answer) })).statusCode).toBe(200);
    expect(warnings).toEqual([]);
  });

  test('a login fails with 502 only after a warning has said what to set', async () => {
    const application = await startApplication(SMALL_BUFFER);
    const limit = await findLimit(application);
    expect(application.warnings).toEqual(['large_cookies']);
    expect((await application.login(limit + 50)).statusCode).toBe(502);
    // docs/decisions/0011-sealed-formats.md says 3400. Other versions of Express and nginx may send other headers.
    expect(limit).toBeGreaterThan(3200);
  });

  test('the documented setting passes every login that core accepts', async () => {
    const { login } = await startApplication(DOCUMENTED);
    const answers = new Set<number | undefined>();
    for (let length = 2000; length < 8000; length += 500) answers.add((await login(length)).statusCode);
    // 500 is `session_too_large`, which core answers itself.
    expect([...answers]).toEqual([303, 500]);
  });
});
