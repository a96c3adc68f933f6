import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ArgumentsHost, Controller, Get, HttpException, type LoggerService, Res } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { firstValueFrom, type Observable } from 'rxjs';
import { EgainAuthError, EgainAuthExceptionFilter, EgainAuthModule, RequiresAuth } from '../src/index.ts';
import { type Host, type HostOptions, PLATFORMS, startHost } from './hosts.ts';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

const failure = (code: 'invalid_scope' | 'login_required') =>
  new EgainAuthError(code, 'what the developer reads', { remedy: 'what to do' });

/** As another installed copy of core would throw it. */
class ForeignError extends Error {
  readonly code = 'subject_refused';
  readonly requestId = '1';
  readonly status = 403;
}

@Controller()
class FailingController {
  @Get('desk') @RequiresAuth({ unauthenticated: 'json' }) desk() {
    return {};
  }
  @Get('scope') scope() {
    throw failure('invalid_scope');
  }
  @Get('foreign') foreign() {
    throw Object.assign(new ForeignError('foreign'), { [Symbol.for('egain-auth.error')]: true });
  }
  @Get('teapot') teapot() {
    throw new HttpException({ own: true }, 418);
  }
  @Get('bug') bug() {
    throw new Error('a bug');
  }
  @Get('half') async half(@Res() reply: ServerResponse | { raw: ServerResponse }) {
    const response = 'raw' in reply ? reply.raw : reply;
    await new Promise<unknown>((resolve) => response.write('half', resolve));
    throw failure('invalid_scope');
  }
}

async function host(options: Partial<HostOptions> & Pick<HostOptions, 'platform'>) {
  const logged: string[] = [];
  const logger: LoggerService = { log() {}, warn() {}, error: (message: unknown) => void logged.push(String(message)) };
  const started = await startHost({
    imports: (egain) => [EgainAuthModule.forRoot(egain)],
    controllers: [FailingController],
    logger,
    ...options,
  });
  hosts.push(started);
  return { ...started, logged };
}

describe.each(PLATFORMS)('%s', (platform) => {
  test('a page for people, JSON for programs', async () => {
    const { browser, baseUrl } = await host({ platform });
    const page = await browser.open(`${baseUrl}/desk`);
    expect([page.status, page.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(page.text).toContain('Please sign in first.');
    const answer = await browser.fetch(`${baseUrl}/desk`);
    expect([answer.status, answer.headers['cache-control']]).toEqual([401, 'no-store']);
  });

  test('T097: the developer is told what the browser is not, where it is no fault of the caller', async () => {
    const { browser, baseUrl, logged } = await host({ platform });
    const answer = await browser.fetch(`${baseUrl}/scope`);
    const { error } = JSON.parse(answer.text);
    expect([answer.status, error.code]).toEqual([500, 'invalid_scope']);
    expect(answer.text).not.toContain('developer');
    expect(logged).toEqual([`invalid_scope: what the developer reads – what to do [${error.requestId}]`]);
    await browser.fetch(`${baseUrl}/desk`);
    expect(logged).toHaveLength(1);
  });

  test('other errors stay Nest’s', async () => {
    const { browser, baseUrl } = await host({ platform });
    const teapot = await browser.fetch(`${baseUrl}/teapot`);
    expect([teapot.status, JSON.parse(teapot.text)]).toEqual([418, { own: true }]);
    const bug = await browser.fetch(`${baseUrl}/bug`);
    expect(JSON.parse(bug.text)).toEqual({ statusCode: 500, message: 'Internal server error' });
  });

  test('an error of another installed copy of core is one of ours', async () => {
    const { browser, baseUrl } = await host({ platform });
    const answer = await browser.fetch(`${baseUrl}/foreign`);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      403,
      { error: { code: 'subject_refused', requestId: '1' } },
    ]);
  });

  test('half an answer does not look like a whole one', async () => {
    const { baseUrl } = await host({ platform });
    await expect(fetch(`${baseUrl}/half`).then((answer) => answer.text())).rejects.toThrow();
  });

  test('what the routes refuse is answered in the same way', async () => {
    const { browser, baseUrl } = await host({ platform });
    const page = await browser.open(`${baseUrl}/auth/callback?state=unknown&code=1`);
    expect([page.status, page.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
    expect((await browser.post(`${baseUrl}/auth/callback`)).status).toBe(405);
  });

  test('README: a filter of the application’s own takes its place', async () => {
    const told: string[] = [];
    class OwnFilter extends EgainAuthExceptionFilter {
      protected override onError({ code }: EgainAuthError) {
        told.push(code);
      }
    }
    const { browser, baseUrl, logged } = await host({
      platform,
      imports: (egain) => [EgainAuthModule.forRoot({ ...egain, filter: false })],
      providers: [{ provide: APP_FILTER, useClass: OwnFilter }],
    });
    expect((await browser.fetch(`${baseUrl}/scope`)).status).toBe(500);
    expect([told, logged]).toEqual([['invalid_scope'], []]);
  });
});

describe('in a context other than HTTP the code goes as that one’s errors do', () => {
  const filter = new EgainAuthExceptionFilter();
  const error = failure('login_required');
  const contextOf = (type: string, client?: unknown) =>
    ({ getType: () => type, switchToWs: () => ({ getClient: () => client }) }) as unknown as ArgumentsHost;

  test('a microservice', async () => {
    const answer = filter.catch(error, contextOf('rpc')) as Observable<unknown>;
    await expect(firstValueFrom(answer)).rejects.toEqual({
      status: 'error',
      message: 'login_required',
      requestId: error.requestId,
    });
  });

  test('a WebSocket', () => {
    const emitted: unknown[] = [];
    filter.catch(error, contextOf('ws', { emit: (...event: unknown[]) => emitted.push(event) }));
    expect(emitted).toEqual([
      ['exception', { status: 'error', message: 'login_required', requestId: error.requestId }],
    ]);
  });

  test('GraphQL', () => {
    expect(() => filter.catch(error, contextOf('graphql'))).toThrow(
      expect.objectContaining({
        message: 'login_required',
        extensions: { code: 'login_required', requestId: error.requestId },
      }),
    );
  });
});
