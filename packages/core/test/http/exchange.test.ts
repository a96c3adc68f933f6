import { describe, expect, test } from '@jest/globals';
import {
  acceptsHtml,
  headerOf,
  isNavigation,
  isSpeculative,
  json,
  redirect,
  targetOf,
  withCookies,
} from '../../src/http/exchange.ts';

describe('the target of a request', () => {
  test.each([
    [{ url: '/a?b=c' }, '/a?b=c'],
    [{ url: '/a', originalUrl: '/mount/a' }, '/mount/a'],
    [{ url: '', originalUrl: undefined }, ''],
    [{}, '/'],
  ])('of %j is %s', (request, target) => {
    expect(targetOf({ headers: {}, ...request })).toBe(target);
  });
});

describe('a header', () => {
  test('is its value when it was sent once, and nothing else', () => {
    const request = { headers: { accept: 'a', 'x-twice': ['a', 'b'], 'x-empty': '' } };
    expect(headerOf(request, 'accept')).toBe('a');
    expect(headerOf(request, 'x-empty')).toBe('');
    expect(headerOf(request, 'x-twice')).toBeUndefined();
    expect(headerOf(request, 'x-absent')).toBeUndefined();
    // What a plain object inherits is a function, never text.
    expect(headerOf(request, 'constructor')).toBeUndefined();
  });
});

describe('a request is a navigation', () => {
  const html = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const navigate = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

  test.each<[name: string, yes: boolean, method: string | undefined, headers: Record<string, string | string[]>]>([
    ['as a browser without Fetch Metadata sends it', true, 'GET', { accept: html }],
    ['as a browser with Fetch Metadata sends it', true, 'GET', { ...navigate, accept: html }],
    ['whatever it accepts, when Fetch Metadata says so', true, 'GET', { ...navigate, accept: '*/*' }],
    ['as a service worker hands it on', true, 'GET', { ...navigate, 'sec-fetch-dest': 'empty' }],
    ['for HEAD too', true, 'HEAD', { accept: html }],
    ['but not a POST', false, 'POST', { ...navigate, accept: html }],
    ['but not without a method', false, undefined, { accept: html }],
    [
      'but not a scripted fetch of HTML',
      false,
      'GET',
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: html },
    ],
    ['but not an image', false, 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: 'image/*' }],
    ['but not a frame', false, 'GET', { ...navigate, 'sec-fetch-dest': 'iframe', accept: html }],
    ['but not a program', false, 'GET', { accept: 'application/json' }],
    ['but not one that accepts anything', false, 'GET', { accept: '*/*' }],
    ['but not one that says nothing', false, 'GET', {}],
  ])('%s', (_name, yes, method, headers) => {
    expect(isNavigation({ method, headers })).toBe(yes);
  });

  test('accepting HTML is a matter of the Accept header alone', () => {
    expect(acceptsHtml({ method: 'POST', headers: { accept: html } })).toBe(true);
    expect(acceptsHtml({ method: 'GET', headers: { accept: ['text/html'] } })).toBe(false);
    expect(acceptsHtml({ headers: {} })).toBe(false);
  });
});

describe('T016, T101: a request is speculative', () => {
  test.each<[headers: Record<string, string | string[]>]>([
    [{ 'sec-purpose': 'prefetch' }],
    [{ 'sec-purpose': 'prefetch;prerender' }],
    [{ 'sec-purpose': 'prefetch;prerender;preview' }],
    [{ 'sec-purpose': 'prefetch;anonymous-client-ip' }],
    [{ 'sec-purpose': 'prerender' }],
    [{ 'sec-purpose': 'PreFetch' }],
    [{ 'sec-purpose': '  prefetch ; prerender ' }],
    [{ 'sec-purpose': '"prefetch"' }],
    // Node joins the lines of a header. Other servers hand them over as a list.
    [{ 'sec-purpose': 'prefetch, prefetch' }],
    [{ 'sec-purpose': 'other, prefetch' }],
    [{ 'sec-purpose': ['prefetch', 'prefetch'] }],
    [{ 'sec-purpose': ['other', 'prerender'] }],
    [{ 'sec-purpose': 'other', purpose: 'prefetch' }],
    [{ 'sec-purpose': '', purpose: 'prefetch' }],
    [{ purpose: 'prefetch' }],
    [{ purpose: 'preview' }],
    [{ purpose: ['prefetch'] }],
    [{ 'x-purpose': 'preview' }],
    [{ 'x-purpose': ': preview' }],
    [{ 'x-purpose': 'prefetch' }],
    [{ 'x-sec-purpose': 'prefetch' }],
    [{ 'x-moz': 'prefetch' }],
    [{ 'x-moz': 'Prefetch' }],
    [{ 'next-router-prefetch': '1' }],
    [{ 'next-router-prefetch': '2' }],
    [{ 'next-router-prefetch': ['1', '1'] }],
    [{ 'next-router-segment-prefetch': '/_tree' }],
    [{ 'hx-preloaded': 'true' }],
  ])('with %j', (headers) => {
    expect(isSpeculative({ headers })).toBe(true);
  });

  test.each<[headers: Record<string, string | string[] | undefined>]>([
    [{}],
    [{ 'sec-purpose': undefined, purpose: undefined, 'next-router-prefetch': undefined }],
    [{ 'sec-purpose': '', purpose: [] }],
    [{ 'sec-purpose': 'other' }],
    [{ 'sec-purpose': 'no-prefetch' }],
    [{ 'sec-purpose': 'prefetched' }],
    [{ 'sec-purpose': 'pre fetch' }],
    [{ 'x-moz': '1' }],
    [{ accept: 'prefetch', referer: 'https://desk.example.com/prefetch', cookie: 'purpose=prefetch' }],
    [{ rsc: '1', 'next-url': '/prefetch' }],
  ])('but not with %j', (headers) => {
    expect(isSpeculative({ headers })).toBe(false);
  });
});

describe('answers as plain data', () => {
  test('T017, T029: a redirect is 303, without body and referrer, kept by no cache', () => {
    expect(redirect('https://desk.example.com/a', ['a=1', 'b=2'])).toEqual({
      status: 303,
      headers: {
        location: 'https://desk.example.com/a',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        vary: 'Cookie',
        'x-content-type-options': 'nosniff',
        'set-cookie': ['a=1', 'b=2'],
      },
      body: '',
    });
  });

  test('without cookies there is no set-cookie', () => {
    expect(withCookies([])).toEqual({});
    expect(redirect('/a').headers).not.toHaveProperty('set-cookie');
  });

  test('JSON is kept by no cache either, and takes further headers', () => {
    expect(json(401, { a: 'Jos\u00e9' }, { allow: 'GET' })).toEqual({
      status: 401,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        vary: 'Cookie',
        'x-content-type-options': 'nosniff',
        allow: 'GET',
      },
      body: '{"a":"Jos\u00e9"}',
    });
  });
});
