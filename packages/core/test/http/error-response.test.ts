import { describe, expect, test } from '@jest/globals';
import { EgainApiError, EgainAuthError, type EgainAuthErrorCode } from '../../src/errors.ts';
import { errorResponse } from '../../src/http/error-response.ts';
import type { HttpResponse } from '../../src/http/exchange.ts';

const PROGRAM = { method: 'GET', headers: { accept: 'application/json' } };
const PERSON = { method: 'GET', headers: { accept: 'text/html,*/*;q=0.8' } };

/** Everything in it that is not the code and the request id is for the developer. */
function failure(code: EgainAuthErrorCode, loginUrl?: string): EgainAuthError {
  return new EgainAuthError(code, 'canary-message', {
    remedy: 'canary-remedy',
    cause: new Error('canary-cause'),
    oauthError: 'canary_oauth',
    ...(loginUrl !== undefined && { loginUrl }),
  });
}

function answerTo(error: unknown, request: typeof PROGRAM): HttpResponse {
  const answer = errorResponse(error, request);
  if (!answer) throw new Error('there was no answer');
  return answer;
}

describe('T097: a program is told a code, a request id and where to sign in, and nothing else', () => {
  test.each<[code: EgainAuthErrorCode, status: number]>([
    ['login_required', 401],
    ['subject_refused', 403],
    ['login_expired', 400],
    ['invalid_configuration', 500],
    ['token_endpoint_unavailable', 503],
  ])('of %s', (code, status) => {
    const error = failure(code);
    const { requestId } = error;
    expect(answerTo(error, PROGRAM)).toEqual({
      status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        vary: 'Cookie',
        'x-content-type-options': 'nosniff',
      },
      body: JSON.stringify({ error: { code, requestId } }),
    });
  });

  test('with the login URL, if there is one', () => {
    const error = failure('login_required', '/auth/login?as=user');
    const { code, requestId } = error;
    const { body } = answerTo(error, PROGRAM);
    expect(JSON.parse(body)).toEqual({ error: { code, requestId, loginUrl: '/auth/login?as=user' } });
  });

  test('of what eGain’s API said, too', () => {
    const error = new EgainApiError('canary-problem', 'canary-remedy', {
      apiStatus: 403,
      apiCode: 'canary-code',
      developerMessage: 'canary-developer',
      details: ['canary-details'],
      body: { canary: true },
    });
    for (const request of [PROGRAM, PERSON]) {
      const { status, body } = answerTo(error, request);
      expect(status).toBe(502);
      expect(body).not.toContain('canary');
      expect(body).toContain(error.requestId);
    }
  });
});

describe('T097: a person is told the same in words', () => {
  test.each<[code: EgainAuthErrorCode, sentence: string]>([
    ['login_required', 'Please sign in first.'],
    ['login_expired', 'This sign-in took too long or was already used. Please start it again.'],
    ['scope_not_granted', 'You are signed in, but were not granted what this page needs.'],
    ['invalid_configuration', 'Something went wrong on our side.'],
  ])('of %s', (code, sentence) => {
    const error = failure(code);
    const { status, headers, body } = answerTo(error, PERSON);
    expect(status).toBe(error.status);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    expect(body).toContain(`<h1>${sentence}</h1>`);
    expect(body).toContain(`<code>${code}</code>, request <code>${error.requestId}</code>`);
    expect(body).not.toMatch(/canary|<a |at .*\.ts/);
  });

  test('on a page that may run no script, load nothing and sit in no frame', () => {
    const policy = String(answerTo(failure('login_required'), PERSON).headers['content-security-policy']);
    expect(policy.split('; ')).toEqual(["default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'none'"]);
  });

  test('T015: with a link to sign in, whose URL cannot become markup', () => {
    const { body } = answerTo(failure('login_required', `/login?a=1&b="><script>alert('x')</script>`), PERSON);
    expect(body).toContain('<a href="/login?a=1&#38;b=&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;">');
    expect(body).not.toContain('<script');
  });
});

describe('an answer to an error', () => {
  test('carries the headers of the error, as a page and as JSON', () => {
    const headers = { 'set-cookie': ['a=; Max-Age=0'], allow: 'GET' };
    const error = new EgainAuthError('method_not_allowed', 'why', { remedy: 'how', headers });
    for (const request of [PROGRAM, PERSON]) expect(answerTo(error, request)).toMatchObject({ status: 405, headers });
  });

  test('says in whole seconds when to come back, where that is known', () => {
    const error = (code: EgainAuthErrorCode, retryAfterMs?: number) =>
      new EgainAuthError(code, 'why', { remedy: 'how', ...(retryAfterMs !== undefined && { retryAfterMs }) });
    for (const request of [PROGRAM, PERSON]) {
      expect(answerTo(error('token_endpoint_unavailable', 1200), request).headers).toHaveProperty('retry-after', '2');
      expect(answerTo(error('token_endpoint_unavailable'), request).headers).not.toHaveProperty('retry-after');
      expect(answerTo(error('token_request_failed', 1200), request).headers).not.toHaveProperty('retry-after');
    }
  });

  test('is made for an error of another installed copy', () => {
    class OtherCopy extends Error {
      readonly code = 'login_required';
      readonly requestId = 'request-1';
      readonly status = 401;
    }
    const error = Object.defineProperty(new OtherCopy('x'), Symbol.for('egain-auth.error'), { value: true });
    expect(answerTo(error, PROGRAM)).toMatchObject({
      status: 401,
      body: '{"error":{"code":"login_required","requestId":"request-1"}}',
    });
  });

  test.each<[name: string, error: unknown]>([
    ['a foreign error', new Error('canary')],
    ['a foreign error with a status', Object.assign(new Error('x'), { status: 401, code: 'login_required' })],
    ['a type error', new TypeError('x')],
    ['a plain object', { code: 'login_required', status: 401 }],
    ['a string', 'login_required'],
    ['undefined', undefined],
    ['null', null],
  ])('is not ours to make for %s', (_name, error) => {
    expect(errorResponse(error, PROGRAM)).toBeUndefined();
    expect(errorResponse(error, PERSON)).toBeUndefined();
  });
});
