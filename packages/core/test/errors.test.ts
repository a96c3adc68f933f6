import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { EgainApiError, EgainAuthError, type EgainAuthErrorCode, isEgainAuthError } from '../src/errors.ts';

const BRAND = Symbol.for('egain-auth.error');

/** A refused call, as eGain answers it. */
const ANSWER = {
  apiStatus: 403,
  apiCode: '403-112',
  developerMessage: 'Unauthorized URL access',
  details: [{ key: 'a', value: 'b' }],
  body: { code: '403-112' },
};

/** The class as another installed copy of the package has it. */
class OtherCopy extends Error {
  readonly code = 'login_required';
  constructor() {
    super('login_required: nobody is signed in');
    Object.defineProperty(this, BRAND, { value: true });
  }
}

describe('an error says over HTTP', () => {
  test.each<[code: EgainAuthErrorCode, status: number, retryable: boolean]>([
    ['actor_not_allowed', 403, false],
    ['api_error', 502, false],
    ['api_unavailable', 502, true],
    ['client_secret_unavailable', 503, true],
    ['cross_site_request', 403, false],
    ['instance_closed', 503, false],
    ['invalid_api_response', 502, false],
    ['invalid_callback', 400, false],
    ['invalid_configuration', 500, false],
    ['invalid_path', 400, false],
    ['invalid_scope', 500, false],
    ['invalid_subject', 403, false],
    ['invalid_token_response', 502, false],
    ['login_expired', 400, false],
    ['login_not_configured', 404, false],
    ['login_refused', 403, false],
    ['login_required', 401, false],
    ['method_not_allowed', 405, false],
    ['origin_not_allowed', 500, false],
    ['reserved_parameter', 500, false],
    ['scope_not_granted', 403, false],
    ['session_too_large', 500, false],
    ['subject_refused', 403, false],
    ['token_endpoint_unavailable', 503, true],
    ['token_request_failed', 502, false],
    ['token_store_unavailable', 503, true],
  ])('%s: status %i, retryable %s, never exposed', (code, status, retryable) => {
    const error = new EgainAuthError(code, 'why', { remedy: 'how' });
    expect(error).toMatchObject({ code, status, retryable, expose: false, remedy: 'how', name: 'EgainAuthError' });
    expect(error.message).toBe(`${code}: why`);
  });
});

describe('isEgainAuthError', () => {
  const own = new EgainAuthError('invalid_scope', 'why', { remedy: 'how' });

  test('knows the errors of this copy, by code too', () => {
    expect(isEgainAuthError(own)).toBe(true);
    expect(isEgainAuthError(own, 'invalid_scope')).toBe(true);
    expect(isEgainAuthError(own, 'login_required')).toBe(false);
  });

  test('knows the errors of another installed copy, whose class is another', () => {
    const other: unknown = new OtherCopy();
    expect(other).not.toBeInstanceOf(EgainAuthError);
    expect(isEgainAuthError(other)).toBe(true);
    expect(isEgainAuthError(other, 'login_required')).toBe(true);
    expect(isEgainAuthError(other, 'invalid_scope')).toBe(false);
  });

  test.each<[name: string, value: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['its message', own.message],
    ['a foreign error', new Error('login_required: no')],
    ['a foreign error with a code', Object.assign(new Error('no'), { code: 'login_required', status: 401 })],
    ['its own JSON', JSON.parse(JSON.stringify(own))],
    ['a branded object that is no error', { [BRAND]: true, code: 'login_required' }],
  ])('says no to %s', (_name, value) => {
    expect(isEgainAuthError(value)).toBe(false);
  });
});

describe('what an error shows', () => {
  const error = new EgainAuthError('login_refused', 'why', {
    remedy: 'how',
    cause: new Error('canary-cause'),
    headers: { 'set-cookie': ['sid=canary-cookie'] },
    loginUrl: '/auth/login',
    oauthError: 'access_denied',
  });

  test('its JSON has what a log needs, and neither headers nor cause', () => {
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'EgainAuthError',
      code: 'login_refused',
      remedy: 'how',
      requestId: error.requestId,
      loginUrl: '/auth/login',
      oauthError: 'access_denied',
    });
  });

  test('T095: its headers are there for the answer, and in no listing or print', () => {
    expect(error.headers).toEqual({ 'set-cookie': ['sid=canary-cookie'] });
    expect(Object.keys(error)).not.toContain('headers');
    expect(Object.assign({}, error)).not.toHaveProperty('headers');
    expect(inspect(error, { depth: null })).not.toContain('canary-cookie');
  });

  test('its cause is kept, for what the caller’s own function threw', () => {
    expect(error.cause).toMatchObject({ message: 'canary-cause' });
    expect(Object.keys(error)).not.toContain('cause');
  });

  test('what it was not given it does not have', () => {
    const bare = new EgainAuthError('invalid_scope', 'why', { remedy: 'how' });
    for (const name of ['loginUrl', 'oauthError', 'cause'] as const) {
      expect(Object.hasOwn(bare, name)).toBe(false);
      expect(bare[name]).toBeUndefined();
    }
    expect(bare.headers).toBeUndefined();
  });

  test('F50: what a framework assigns to it is taken, and is in no listing or print', () => {
    const assigned = Object.assign(new EgainAuthError('invalid_scope', 'why', { remedy: 'how' }), {
      status: 404,
      expose: true,
      headers: { 'set-cookie': 'sid=canary-cookie' },
    });
    expect(assigned).toMatchObject({ status: 404, statusCode: 404, expose: false });
    expect(assigned.headers).toEqual({ 'set-cookie': 'sid=canary-cookie' });
    assigned.statusCode = 502;
    expect(assigned.status).toBe(502);
    expect(inspect(assigned, { depth: null, showHidden: true })).not.toContain('canary');
    expect(JSON.stringify(assigned)).not.toContain('canary');
    expect(Object.keys(assigned).sort()).toEqual(['code', 'name', 'remedy', 'requestId']);
  });

  test('each has a request id of its own', () => {
    const ids = Array.from(
      { length: 20 },
      () => new EgainAuthError('invalid_scope', 'why', { remedy: 'how' }).requestId,
    );
    expect(new Set(ids).size).toBe(20);
    expect(ids[0]).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('what a log line shows', () => {
  const COOKIES = { 'set-cookie': ['egain_session=canary-cookie; Path=/; HttpOnly'], 'x-renewed': 'canary-secret' };
  const create = () => new EgainAuthError('login_refused', 'why', { remedy: 'how', headers: COOKIES });

  /** The lines that a logger writes. */
  function linesOf(log: (sink: Writable) => void): string {
    let lines = '';
    const sink = new Writable({
      write(chunk, _encoding, callback) {
        lines += chunk;
        callback();
      },
    });
    log(sink);
    return lines;
  }

  const serializers = { err: pino.stdSerializers.errWithCause };
  const LOGGERS: [name: string, log: (error: unknown, sink: Writable) => void][] = [
    ['pino', (error, sink) => pino(sink).error(error)],
    ['pino under another key', (error, sink) => pino(sink).error({ error })],
    ['pino with causes', (error, sink) => pino({ serializers }, sink).error(error)],
    ['console.error', (error, sink) => new Console(sink).error(error)],
    ['console.error within an object', (error, sink) => new Console(sink).error({ error })],
    ['JSON', (error, sink) => void sink.write(JSON.stringify({ error }))],
  ];

  test.each(LOGGERS)('T095, F50: %s writes the code and the request id, and no header', (_name, log) => {
    const error = create();
    const lines = linesOf((sink) => log(error, sink));
    expect(lines).toContain('login_refused');
    expect(lines).toContain(error.requestId);
    expect(lines).not.toContain('canary');
  });

  test.each<[kind: string, error: unknown]>([
    ['the cause of another error', new Error('outer', { cause: create() })],
    ['one of an AggregateError', new AggregateError([create(), create()], 'outer')],
    ['a property of another error', Object.assign(new Error('outer'), { inner: create() })],
    ['what a framework assigned headers to', Object.assign(create(), { status: 502, expose: true, headers: COOKIES })],
    [
      'an error of another kind with headers',
      Object.assign(new EgainApiError('why', 'how', ANSWER), { headers: COOKIES }),
    ],
  ])('T095, F50: no logger writes a header of an error that is %s', (_kind, error) => {
    const lines = LOGGERS.map(([, log]) => linesOf((sink) => log(error, sink)));
    expect(lines.filter((line) => line.includes('canary'))).toEqual([]);
    expect(lines.filter((line) => line === '')).toEqual([]);
  });
});

test('an API error is an error of the suite that also holds eGain’s own answer', () => {
  const error = new EgainApiError('GET /x was answered 403', 'how', ANSWER);
  expect(isEgainAuthError(error, 'api_error')).toBe(true);
  expect(error).toBeInstanceOf(EgainAuthError);
  expect(error).toMatchObject({ ...ANSWER, name: 'EgainApiError', status: 502, remedy: 'how' });
  expect(error.message).toBe('api_error: GET /x was answered 403');
});
