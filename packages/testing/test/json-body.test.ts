import { describe, expect, test } from '@jest/globals';
import { BASE, callApi, TOKENS, verdict } from './api-client.ts';
import { startEmulator } from './emulator-client.ts';

const BOOKMARKS = `${BASE}/portals/PROD-1000/bookmarks`;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the body of an API request', () => {
  test.each<[name: string, headers: Record<string, string>, body: string, expected: number | string]>([
    ['is JSON', JSON_TYPE, '{"resourceId":"PROD-1234"}', 201],
    ['names its charset', { 'content-type': 'application/json; charset=utf-8' }, '{"resourceId":"PROD-1234"}', 201],
    ['is missing', JSON_TYPE, '', '400-264'],
    ['is broken', JSON_TYPE, '{"resourceId"', '400-152'],
    ['is a list', JSON_TYPE, '[]', '400-152'],
    ['is null', JSON_TYPE, 'null', '400-152'],
    ['is larger than 64 KiB', JSON_TYPE, JSON.stringify({ resourceId: 'x'.repeat(70_000) }), '400-152'],
  ])('that %s', async (_name, headers, body, expected) => {
    const emulator = await startEmulator();
    const token = await TOKENS.user(emulator, 'knowledge.portalmgr.manage');
    expect(await verdict(await callApi(emulator, BOOKMARKS, token, headers, body))).toBe(expected);
  });

  test('of another media type is answered 415, and nothing else', async () => {
    const emulator = await startEmulator();
    const token = await TOKENS.user(emulator, 'knowledge.portalmgr.manage');
    const headers = { 'content-type': 'text/plain' };
    const response = await callApi(emulator, BOOKMARKS, token, headers, '{"resourceId":"PROD-1234"}');
    expect([response.status, await response.text()]).toEqual([415, '']);
    expect(emulator.journal('api')).toMatchObject([{ status: 415, error: '415-100' }]);
  });
});
