import { PassThrough, Readable, Writable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from '@jest/globals';
import LegacyFormData from 'form-data';
import { FormData as UndiciFormData } from 'undici';
import type { ApiRequestOptions } from '../../src/index.ts';
import { type Answer, json } from '../loopback.ts';
import { polluted } from '../pollution.ts';
import { soon } from '../soon.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

const echo: Answer = (response, { headers, body }) =>
  json({ type: headers['content-type'], body })(response, undefined as never);

async function posted(body: unknown, headers?: Record<string, string>): Promise<unknown> {
  const { egain } = await stage(echo);
  return egain.api(CLIENT, SCOPE).post('/x', { body, ...(headers && { headers }) });
}

describe('F80: text', () => {
  test.each<[type: string, text: string]>([
    ['text/plain', 'a "b" é'],
    ['application/json', '{"a":1}'],
    ['application/xml; charset=utf-8', '<a/>'],
    ['application/x-www-form-urlencoded', 'a=1&b=2'],
    ['text/csv', ''],
  ])('with a content-type of its own is sent as it is: %s', async (type, text) => {
    expect(await posted(text, { 'Content-Type': type })).toEqual({ type, body: text });
  });

  test('without a content-type is a JSON string', async () => {
    expect(await posted('a "b"')).toEqual({ type: 'application/json', body: '"a \\"b\\""' });
  });
});

describe('F80: JSON', () => {
  test.each<[name: string, body: unknown, sent: string]>([
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['an object of another realm', runInNewContext('({ a: [1] })'), '{"a":[1]}'],
    ['a list of objects', [{ a: [null, true, 'x', 1] }], '[{"a":[null,true,"x",1]}]'],
    ['a number', 0, '0'],
    ['false', false, 'false'],
    ['a Date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a class with toJSON', new (class { toJSON = () => ({ a: 1 }) })(), '{"a":1}'], // biome-ignore format: one line
    ['a member that is undefined', { a: 1, b: undefined }, '{"a":1}'],
    ['a Date within', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ])('is made of %s', async (_name, body, sent) => {
    expect(await posted(body)).toEqual({ type: 'application/json', body: sent });
  });

  test('may have another type of JSON', async () => {
    const type = 'application/merge-patch+json; charset=utf-8';
    expect(await posted({ a: 1 }, { 'content-type': type })).toEqual({ type, body: '{"a":1}' });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonx'])(
    'is not sent as %s',
    async (type) => {
      await expect(posted({ a: 1 }, { 'content-type': type })).rejects.toThrow(/content-type/);
      await expect(posted({ a: 1 }, { 'content-type': type })).rejects.toThrow(TypeError);
    },
  );
});

class Case {
  readonly id = 1;
}

/** What no API can read, and what the error tells to pass. */
const UNSENDABLE: readonly (readonly [name: string, create: () => unknown, remedy: RegExp])[] = [
  ['a Promise', () => Promise.resolve({ a: 1 }), /await/],
  // biome-ignore lint/suspicious/noThenProperty: what a query builder is
  ['a thenable', () => new (class { then() {} })(), /await/], // biome-ignore format: one line
  ['a Promise of another realm', () => runInNewContext('Promise.resolve(1)'), /await/],
  ['a Map', () => new Map([['a', 1]]), /Object\.fromEntries/],
  ['a Set', () => new Set([1]), /\[\.\.\.set\]/],
  ['an Error', () => new Error('canary-text'), /plain object/],
  ['an error of another realm', () => runInNewContext('new TypeError("canary-text")'), /plain object/],
  ['a WeakMap', () => new WeakMap(), /plain object/],
  ['a RegExp', () => /canary-text/, /plain object/],
  ['a class of the application', () => new Case(), /plain object/],
  ['a String object', () => Object('canary-text'), /plain object/],
  ['a function', () => () => ({ a: 1 }), /call it/],
  ['a symbol', () => Symbol('canary-text'), /plain object/],
  ['a generator', () => (function* () { yield 1; })(), /plain object/], // biome-ignore format: one line
  ['a Response', () => Response.json({ a: 1 }), /plain object/],
  ['Headers', () => new Headers({ a: 'canary-text' }), /plain object/],
];

describe.each(UNSENDABLE)('F80: %s', (_name, create, remedy) => {
  test.each<[where: string, wrap: (value: unknown) => unknown]>([
    ['as the body', (value) => value],
    ['as a member of an object', (value) => ({ a: { b: value } })],
    ['in a list', (value) => [value]],
    ['as what toJSON returns', (value) => ({ toJSON: () => value })],
  ])('%s is a TypeError that says what to pass, and nothing is sent', async (_where, wrap) => {
    const { egain, api, tokens } = await stage(echo);
    const sending = egain.api(CLIENT, SCOPE).post('/x', { body: wrap(create()) });
    await expect(sending).rejects.toThrow(TypeError);
    await expect(sending).rejects.toThrow(remedy);
    await expect(sending).rejects.not.toThrow(/canary-text/);
    expect([api.received, tokens.received]).toEqual([[], []]);
  });
});

describe('F80: inside of JSON', () => {
  test.each<[name: string, value: () => unknown]>([
    ['bytes', () => new Uint8Array(2)],
    ['an ArrayBuffer', () => new ArrayBuffer(2)],
    ['a Blob', () => new Blob(['x'])],
    ['a form', () => new FormData()],
    ['URLSearchParams', () => new URLSearchParams('a=1')],
    ['a stream', () => Readable.from(['x'])],
    ['a web stream', () => new Blob(['x']).stream()],
  ])('%s is a TypeError', async (_name, value) => {
    await expect(posted({ file: value() })).rejects.toThrow(TypeError);
  });
});

describe('F80: a form', () => {
  test('of the package undici is sent like one of this runtime', async () => {
    const form = new UndiciFormData();
    form.append('field', 'value');
    const { type, body } = (await posted(form)) as { type: string; body: string };
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    expect(body).toContain('name="field"\r\n\r\nvalue\r\n');
  });

  test('has no content-type of the caller’s, which would lack its boundary', async () => {
    const form = new FormData();
    form.append('field', 'value');
    const sending = posted(form, { 'content-type': 'multipart/form-data' });
    await expect(sending).rejects.toThrow(/leave .*content-type/i);
    await expect(sending).rejects.toThrow(TypeError);
  });

  test('with a file that this runtime cannot read is a TypeError, and not the file’s name', async () => {
    // As libraries make them: of a class of their own.
    const file = { name: 'x.txt', type: 'text/plain', [Symbol.toStringTag]: 'File' };
    const form = {
      getAll: () => [file],
      *[Symbol.iterator]() {
        yield ['file', file];
      },
      [Symbol.toStringTag]: 'FormData',
    };
    await expect(posted(form)).rejects.toThrow(TypeError);
  });

  test('of the package form-data is a TypeError that says what to pass', async () => {
    const form = new LegacyFormData();
    form.append('field', 'value');
    await expect(posted(form)).rejects.toThrow(/FormData .*getHeaders/);
    // What the error tells works.
    const another = new LegacyFormData();
    another.append('field', 'value');
    const sent = (await posted(another.pipe(new PassThrough()), another.getHeaders())) as {
      type: string;
      body: string;
    };
    expect(sent.type).toBe(another.getHeaders()['content-type']);
    expect(sent.body).toContain('name="field"\r\n\r\nvalue\r\n');
  });
});

describe('F80, F53: a stream that cannot be sent', () => {
  const send = async (body: unknown, options: ApiRequestOptions = {}) => {
    const { egain } = await stage(echo);
    await expect(egain.api(CLIENT, SCOPE).post('/x', { body, ...options })).rejects.toThrow(TypeError);
  };

  test('is destroyed: a form of the package form-data', async () => {
    const form = new LegacyFormData();
    const file = new PassThrough();
    form.append('file', file, 'x.txt');
    let isClosed = false;
    form.on('close', () => {
      isClosed = true;
    });
    await send(form);
    await soon(() => expect(isClosed).toBe(true));
  });

  test('is destroyed: one of an old kind, whose error ends no process', async () => {
    const old = new Readable({ read() {} });
    Object.defineProperty(old, Symbol.asyncIterator, { value: undefined });
    await send(old);
    await soon(() => expect(old.destroyed).toBe(true));
  });

  test('is destroyed where its headers are refused', async () => {
    const body = new Readable({ read() {} });
    await send(body, { headers: { host: 'x' } });
    await soon(() => expect(body.destroyed).toBe(true));
  });

  test('is left alone where it is one to write to, such as the response of the caller', async () => {
    const response = new Writable({ write: (_chunk, _encoding, done) => done() });
    await send(response);
    await new Promise((resolve) => setImmediate(resolve));
    expect(response.destroyed).toBe(false);
    response.destroy();
  });
});

describe('F80: fetch', () => {
  test.each<[name: string, body: () => unknown]>([
    ['a Promise', () => Promise.resolve('x')],
    ['a plain object', () => ({ a: 1 })],
    ['a Map', () => new Map([['a', 1]])],
    ['an Error', () => new Error('x')],
    ['a number', () => 5],
    ['a form of the package form-data', () => new LegacyFormData()],
  ])('with %s as its body is a TypeError, and nothing is sent', async (_name, body) => {
    const { egain, api } = await stage(echo);
    const init = { method: 'POST', body: body() as NonNullable<RequestInit['body']> };
    await expect(egain.fetch(CLIENT, SCOPE)('/x', init)).rejects.toThrow(TypeError);
    expect(api.received).toEqual([]);
  });

  test('sends a form of the package undici', async () => {
    const { egain, api } = await stage(echo);
    const body = new UndiciFormData();
    body.append('field', 'value');
    await egain.fetch(CLIENT, SCOPE)('/x', { method: 'POST', body: body as FormData });
    expect(api.received[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(api.received[0]?.body).toContain('name="field"\r\n\r\nvalue\r\n');
  });

  test.each([
    ['method', 'DELETE'],
    ['cache', 'nonsense'],
    ['headers', { 'x-polluted': '1' }],
  ])('T098: a Request and a form of undici are sent alike where a prototype has %s', async (name, value) => {
    const { egain, api } = await stage(json({}));
    const fetch = egain.fetch(CLIENT, SCOPE);
    const request = new Request(`${api.origin}/x`, { method: 'PUT' });
    const other = request.clone();
    await polluted(name, value, () => fetch(request, { body: new UndiciFormData() as FormData }));
    await polluted(name, value, () => fetch(other));
    await polluted(name, value, () => fetch('/x', { method: 'PUT', body: new UndiciFormData() as FormData }));
    expect(api.received.map(({ method, headers }) => [method, headers['x-polluted']])).toEqual([
      ['PUT', undefined],
      ['PUT', undefined],
      ['PUT', undefined],
    ]);
  });
});
