import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { invalidClientError, isUnexplained401, tokenEndpointRefusal } from '../../src/protocol/token-refusal.ts';

const FORM = { grant_type: 'password', client_id: 'client-1', client_secret: 'canary secret/5+f0c1e' };
const refusal = (status: number, body: string | object, form: Record<string, string> = FORM) =>
  tokenEndpointRefusal(
    { status, headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) },
    new URLSearchParams(form),
  );
const described = (description: unknown, form?: Record<string, string>) =>
  refusal(400, { error: 'invalid_grant', error_description: description }, form);
const PREFIX = 'token_request_failed: the token endpoint answered 400 invalid_grant';

describe('the status of an answer decides what it means', () => {
  test.each<[status: number, code: string, retryable: boolean]>([
    [400, 'token_request_failed', false],
    [401, 'token_request_failed', false],
    [403, 'token_request_failed', false],
    [404, 'token_request_failed', false],
    [429, 'token_endpoint_unavailable', true],
    [500, 'token_endpoint_unavailable', true],
    [502, 'token_endpoint_unavailable', true],
    [503, 'token_endpoint_unavailable', true],
    [599, 'token_endpoint_unavailable', true],
    [201, 'invalid_token_response', false],
    [204, 'invalid_token_response', false],
    [302, 'invalid_token_response', false],
    [307, 'invalid_token_response', false],
  ])('%i: %s, retryable %s', (status, code, retryable) => {
    const error = refusal(status, { error: 'invalid_client', error_description: 'why' });
    expect(error).toMatchObject({ code, retryable });
    expect(error.message).toContain(`answered ${status}`);
    expect(error.remedy).not.toBe('');
  });
});

describe('an error of OAuth is passed on with what to do about it', () => {
  test.each([
    ['invalid_client', /clientId and clientSecret.*Platform/],
    ['invalid_grant', /code was used.*no such subject.*not valid any more/],
    ['invalid_request', /authentication guide/],
    ['invalid_scope', /Permissions tab/],
    ['unauthorized_client', /On-Behalf-Of.*Token Exchange/],
    ['unsupported_grant_type', /token URL/],
    ['temporarily_unhappy', /not one of OAuth/],
  ])('%s', (oauthError, remedy) => {
    const error = refusal(400, { error: oauthError });
    expect(error).toMatchObject({ code: 'token_request_failed', oauthError });
    expect(error.message).toBe(`token_request_failed: the token endpoint answered 400 ${oauthError}`);
    expect(error.remedy).toMatch(remedy);
  });

  test('F58: 401 without an OAuth error does not say what it means, until a second subject got it', () => {
    for (const body of ['', '{}', '<h1>401</h1>', { error: 5 }]) {
      const error = refusal(401, body);
      expect(error.oauthError).toBeUndefined();
      expect(isUnexplained401(error)).toBe(true);
      expect(invalidClientError(error)).toMatchObject({
        message: 'token_request_failed: the token endpoint answered 401 invalid_client',
        oauthError: 'invalid_client',
        remedy: expect.stringContaining('clientSecret'),
      });
    }
    for (const error of [refusal(401, { error: 'invalid_client' }), refusal(403, '')]) {
      expect(isUnexplained401(error)).toBe(false);
    }
  });

  test.each(['', '<h1>canary</h1>', '[]', 'null', '"invalid_client"', '5', '{'])(
    'a body that is no object of OAuth is not quoted: %j',
    (body) => {
      const error = refusal(400, body);
      expect(error.oauthError).toBeUndefined();
      expect(error.message).toBe('token_request_failed: the token endpoint answered 400');
    },
  );

  test.each(['', 'two words', 'x'.repeat(65), 'a\r\nb', '<b>', 5, null, ['invalid_client'], {}])(
    'an error that is no code is not passed on: %j',
    (error) => {
      expect(refusal(400, { error }).oauthError).toBeUndefined();
    },
  );

  test('T062: members are the answer’s own', () => {
    const error = refusal(400, '{"__proto__":{"error":"invalid_client","error_description":"evil"}}');
    expect(error.oauthError).toBeUndefined();
    expect(error.message).not.toContain('evil');
  });
});

describe('a description', () => {
  test('is part of the message', () => {
    expect(described('The code is too old').message).toBe(`${PREFIX}: The code is too old`);
  });

  test.each([5, null, ['x'], {}])('is left out when it is %j', (description) => {
    expect(described(description).message).toBe(PREFIX);
  });

  test('T063: is 1 KiB at most', () => {
    expect(described('x'.repeat(5000)).message).toBe(`${PREFIX}: ${'x'.repeat(1024)}`);
  });

  test('T096: is one line of printable ASCII', () => {
    expect(described('a\r\nINFO\tb\u001b[31m\u0000\u0085\u2028\u00e9c').message).toBe(`${PREFIX}: a??INFO?b?[31m????c`);
  });
});

describe('T095: a description that repeats a secret is withheld', () => {
  // Its base64 has both of the characters that base64url replaces.
  const value = 'canary >>>???/5+f0c1e';
  const bytes = Buffer.from(value);

  test.each([['client_secret'], ['code'], ['code_verifier'], ['refresh_token'], ['subject_token']])(
    'the %s',
    (parameter) => {
      const { message } = described(`got ${value}.`, { [parameter]: value });
      expect(message).toBe(`${PREFIX}: (description withheld: it repeats a secret of the request)`);
    },
  );

  test.each([
    ['as it is', value],
    ['percent-encoded', encodeURIComponent(value)],
    ['in hex', bytes.toString('hex')],
    ['in base64', bytes.toString('base64')],
    ['in base64 without padding', bytes.toString('base64').replaceAll('=', '')],
    ['in base64url', bytes.toString('base64url')],
    ['in the middle of something', `x${value}x`],
    ['across the end of what is shown', `${'x'.repeat(1000)}${value}`],
    ['cut', value.slice(0, -2)],
    ['cut, in percent encoding', encodeURIComponent(value.slice(2))],
    ['as bytes in hex', bytes.toString('hex').replace(/..(?=.)/g, '$& ')],
    ['as numbers', bytes.join(', ')],
    ['as UTF-16 in hex', Buffer.from(value, 'utf16le').toString('hex')],
    ['escaped as in JSON', value.replace(/./g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)],
    ['in base64 that lost its beginning', bytes.subarray(1).toString('base64')],
  ])('%s', (_name, text) => {
    const error = described(`got ${text}`, { client_secret: value });
    expect(error.message).toMatch(/: \(description withheld/);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(text);
  });

  test('or what is behind a kilobyte, which is not shown', () => {
    const error = described(`${'x'.repeat(2000)}${value}`, { client_secret: value });
    expect(error.message).toBe(`${PREFIX}: ${'x'.repeat(1024)}`);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(value);
  });

  test('as JSON within JSON', () => {
    const error = described('{"client_secret":"canary\\"\\\\\\n"}', { client_secret: 'canary"\\\n' });
    expect(error.message).toMatch(/: \(description withheld/);
  });

  test('and so is an error code that is one', () => {
    const error = refusal(
      400,
      { error: 'canary-secret', error_description: 'why' },
      { client_secret: 'canary-secret' },
    );
    expect(error.oauthError).toBeUndefined();
    expect(error.message).not.toContain('canary');
  });

  test('but the client id is none', () => {
    expect(described('client-1 may not').message).toBe(`${PREFIX}: client-1 may not`);
  });
});

describe('T095: a description names no subject', () => {
  test.each<[parameter: string, subject: string, description: string, shown: string]>([
    ['subject_username', 'pa', 'No user pa', 'No user [subject]'],
    ['subject_username', 'pa', 'pa: no parameter, "pa"', '[subject]: no parameter, "[subject]"'],
    ['subject_userid', '1001', 'User 1001 of 10011', 'User [subject] of 10011'],
    ['subject_email', 'a.b+c@example.com', 'No <a.b+c@example.com>', 'No <[subject]>'],
    ['subject_email', 'a.b@example.com', 'No a_b@example.com', 'No a_b@example.com'],
    ['subject_username', 'Jos\u00e9', 'No Jos\u00e9', 'No [subject]'],
    ['subject_username', '(', 'No (', 'No [subject]'],
    ['subject_username', '$&', 'No $&', 'No [subject]'],
  ])('%s %s in "%s"', (parameter, subject, description, shown) => {
    expect(described(description, { [parameter]: subject }).message).toBe(`${PREFIX}: ${shown}`);
  });
});

describe('T095: whatever the server makes of a secret, its description is withheld', () => {
  const secret = 'canary ~c!<&"5';
  const form = { ...FORM, client_secret: secret };
  const urlEncoded = new URLSearchParams({ x: secret }).toString().slice(2);
  test.each([
    ['as it was sent, in form encoding', urlEncoded],
    ['in lower-case percent encoding', encodeURIComponent(secret).toLowerCase()],
    ['with every byte percent-encoded', Buffer.from(secret).toString('hex').replace(/../g, '%$&')],
    ['in upper-case hexadecimal', Buffer.from(secret).toString('hex').toUpperCase()],
    ['with named entities', secret.replace('&', '&amp;').replace('<', '&lt;').replace('"', '&quot;')],
    ['with numeric entities', secret.replace(/[^a-z]/g, (character) => `&#${character.charCodeAt(0)};`)],
    [
      'with hexadecimal entities',
      secret.replace(/[^a-z]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`),
    ],
  ])('%s', (_name, text) => {
    expect(described(`the secret ${text} is wrong`, form).message).toContain('description withheld');
  });

  test('a subject is replaced before a long text is cut, also percent-encoded', () => {
    const subject = 'jane.canary@example.com';
    const { message } = described(`${'x'.repeat(1015)} ${subject} ${encodeURIComponent(subject)}`, {
      ...FORM,
      subject_email: subject,
    });
    expect(message).not.toContain('jane');
    expect(described(`no ${encodeURIComponent(subject)}`, { ...FORM, subject_email: subject }).message).toContain(
      'no [subject]',
    );
  });
});

test.each(['constructor', '__proto__', 'toString'])('an error named %s has a remedy that can be read', (error) => {
  expect(typeof refusal(400, `{"error":${JSON.stringify(error)}}`).remedy).toBe('string');
});

describe('F07: when an endpoint wants to be asked again', () => {
  const MINUTE = 60_000;
  const retryAfter = (status: number, value?: string) =>
    tokenEndpointRefusal(
      { status, headers: value === undefined ? {} : { 'retry-after': value }, body: Buffer.alloc(0) },
      new URLSearchParams(FORM),
    ).retryAfterMs;

  test.each<[status: number, value: string | undefined, ms: number | undefined]>([
    [429, '30', 30_000],
    [503, ' 2 ', 2000],
    [429, '999999999999', MINUTE],
    [429, undefined, 1000],
    [429, '0', 1000],
    [429, '-5', 1000],
    [429, '1.5', 1000],
    [429, 'soon', 1000],
    [429, '1e3', 1000],
    [503, undefined, undefined],
    [503, 'Tue', undefined],
    [503, '59', 59_000],
    [503, '2026', MINUTE],
    [503, 'Thu, 01 Jan 1970 00:00:00 GMT', undefined],
    [503, 'not a date GMT', undefined],
    [400, '30', undefined],
  ])('%i with %j: %p ms', (status, value, ms) => {
    expect(retryAfter(status, value)).toBe(ms);
  });

  test('a date counts from now', () => {
    const ms = retryAfter(503, new Date(Date.now() + 30_000).toUTCString());
    expect(ms).toBeGreaterThan(28_000);
    expect(ms).toBeLessThanOrEqual(30_000);
  });
});
