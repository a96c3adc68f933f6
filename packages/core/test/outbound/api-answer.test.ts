import { afterEach, describe, expect, test } from '@jest/globals';
import { customer, type EgainApiError, user } from '../../src/index.ts';
import { rejectionOf } from '../failure.ts';
import { type Answer, json } from '../loopback.ts';
import { CLIENT_SCOPE, stagesToClose } from './stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

const ARTICLE = '/knowledge/portalmgr/v4/portals/PROD-1/articles/PROD-2';

async function errorOf(
  answer: Answer,
  path = '/x',
  actor: 'client' | 'user' | 'exchanged' = 'client',
): Promise<EgainApiError> {
  const { egain } = await stage(answer);
  const apis = {
    client: () => egain.api({ type: 'client' }, { scope: CLIENT_SCOPE }),
    user: () => egain.api({ type: 'on-behalf-of', subject: user({ username: 'sam' }) }),
    exchanged: () => egain.api({ type: 'exchanged', registrationId: 'sso-1', subjectToken: () => 'a.b.c' }),
  };
  return (await rejectionOf(apis[actor]().get(path as never))) as EgainApiError;
}

describe('what to do, after eGain’s own code', () => {
  test.each([
    [400, '400-101', 'query parameters'],
    [400, '400-112', 'missing'],
    [400, '400-152', 'value in the body'],
    [400, '400-264', 'takes a body'],
    [401, '401-101', 'sign in again'],
    [401, '401-104', 'apiUrl'],
    [403, '403-105', 'roles and permissions'],
    [403, '403-112', 'security section'],
    [403, '403-178', 'action'],
    [403, '403-197', 'assign it to the client application'],
    [403, '403-568', 'portal'],
    [406, '406-100', 'accept-language'],
    // Known by its status only.
    [429, '429-100', 'retryAfterMs'],
    [418, '418-100', 'developerMessage'],
  ])('%i %s', async (status, code, part) => {
    const error = await errorOf(json({ code, developerMessage: 'why' }, status));
    expect([error.apiStatus, error.apiCode, error.developerMessage]).toEqual([status, code, 'why']);
    expect(error.remedy).toContain(part);
    expect(error.message).toBe(`api_error: GET /{...} was answered ${status} ${code}`);
  });

  test('403-112 names whose token it was, and whom the operation accepts', async () => {
    const { remedy } = await errorOf(json({ code: '403-112' }, 403), ARTICLE, 'user');
    expect(remedy).toContain('actor is on-behalf-of-user;');
    expect(remedy).toContain('accepts user, customer, anonymous-customer, on-behalf-of-user, on-behalf-of-customer.');
    const exchanged = await errorOf(json({ code: '403-112' }, 403), ARTICLE, 'exchanged');
    expect(exchanged.remedy).toContain('actor is user or customer;');
  });

  test('403-197 names what the operation needs, and what was granted', async () => {
    const { egain } = await stage(json({ code: '403-197' }, 403));
    const scope = ['core.aiservices.onbehalfof.read'] as const;
    const subject = customer({ email: 'pat@example.com' });
    const { remedy } = await rejectionOf(egain.api({ type: 'on-behalf-of', subject }, { scope }).get(ARTICLE));
    expect(remedy).toContain('needs knowledge.portalmgr.onbehalfof.read;');
    expect(remedy).toContain('granted core.aiservices.onbehalfof.read.');
  });

  test.each(['403-112', '403-197'])('%s says less where the operation is unknown, or declares nobody', async (code) => {
    const undeclared = '/core/aiservices/v4/aiagent/ops/tenant/1/storage/statistics';
    const [known, unknown] = [
      await errorOf(json({ code }, 403), undeclared, 'exchanged'),
      await errorOf(json({ code }, 403), '/x', 'exchanged'),
    ];
    expect(known.remedy).toBe(unknown.remedy);
    expect(known.remedy).not.toContain('undefined');
  });
});

describe('what to do, after a gateway’s answer', () => {
  test.each<[name: string, answer: Answer]>([
    ['AWS', json({ message: 'Missing Authentication Token' }, 403)],
    ['AWS, of a token', json({ message: 'Unauthorized' }, 401)],
    ['AWS, of a deny', json({ Message: 'User is not authorized to access this resource' }, 403)],
    ['HTML', (response) => response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Forbidden</h1>')],
    ['nothing', (response) => response.writeHead(401).end()],
    ['a number for a code', json({ code: 403 }, 403)],
  ])('%s: that it was not eGain', async (_name, answer) => {
    const error = await errorOf(answer);
    expect(error.apiCode).toBeUndefined();
    expect(error.remedy).toContain('gateway');
  });

  test.each([
    [301, 'Redirects are not followed'],
    [302, 'Redirects are not followed'],
    [303, 'Redirects are not followed'],
    [307, 'Redirects are not followed'],
    [308, 'Redirects are not followed'],
    [412, 'license'],
    [415, 'content-type'],
    [429, 'retryAfterMs'],
    [503, 'later'],
    [404, 'developerMessage'],
    [500, 'developerMessage'],
  ])('%i', async (status, part) => {
    const { egain } = await stage((response) => response.writeHead(status).end());
    const error = (await rejectionOf(
      egain.api({ type: 'client' }, { scope: CLIENT_SCOPE }).post('/x'),
    )) as EgainApiError;
    expect(error.remedy).toContain(part);
    expect([error.apiStatus, error.body, error.message]).toEqual([
      ...[status, '', `api_error: POST /{...} was answered ${status}`],
    ]);
  });

  test('of a page no more is kept than says what it is', async () => {
    const error = await errorOf((response) => response.writeHead(404).end(`<h1>${'x'.repeat(10_000)}`));
    expect(error.body).toBe(`<h1>${'x'.repeat(1020)}`);
    const long = await errorOf((response) => response.writeHead(404).end(`<h1>${'x'.repeat(20_000)}`));
    expect(long.body).toEqual({ developerMessage: expect.stringContaining('withheld') });
  });

  test('a message is as good as a developerMessage, which comes first', async () => {
    expect((await errorOf(json({ message: 'a' }, 404))).developerMessage).toBe('a');
    expect((await errorOf(json({ message: 'a', developerMessage: 'b' }, 404))).developerMessage).toBe('b');
    expect((await errorOf(json({ message: 5 }, 404))).developerMessage).toBeUndefined();
  });
});

test.each([
  ['HTML', '<p>', { 'content-type': 'text/html; charset=utf-8' }, 'text/html'],
  ['no type', 'x', {}, 'of no stated type'],
  ['a type of somebody’s own', 'x', { 'content-type': 'text/html\t<script>' }, 'text/html'],
  ['a type that is none', 'x', { 'content-type': '<script>' }, 'of no stated type'],
])('an answer that is no JSON is told by its type: %s', async (_name, body, headers, part) => {
  const { api } = await stage((response) => response.writeHead(200, headers).end(body));
  const error = await rejectionOf(api.get('/x'));
  expect(error.code).toBe('invalid_api_response');
  expect(error.message).toBe(`invalid_api_response: GET /{...} was answered 200 with text ${part}, not JSON`);
});

test('an error says what it was an answer to, without the query', async () => {
  const { api } = await stage(json({ code: '404-1' }, 404));
  const error = await rejectionOf(api.request('DELETE', '/x', { query: { q: 'canary' } }));
  expect(error.message).toBe('api_error: DELETE /{...} was answered 404 404-1');
});
