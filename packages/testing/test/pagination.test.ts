import { describe, expect, test } from '@jest/globals';
import type { BehaviourOptions, EgainEmulator } from '../src/index.ts';
import { BASE, callApi, SEARCH, verdict } from './api-client.ts';
import { logIn, startEmulator } from './emulator-client.ts';

async function list(emulator: EgainEmulator, query: string) {
  const response = await callApi(emulator, `${BASE}/portals${query}`, (await logIn(emulator)).access_token);
  expect(response.status).toBe(200);
  return (await response.json()) as { portal: { id: string }[]; paginationInfo: Record<string, unknown> };
}

describe('a listing', () => {
  test('comes whole, without links, where it fits on a page', async () => {
    const { portal, paginationInfo } = await list(await startEmulator(), '');
    expect(portal.map(({ id }) => id)).toEqual(['PROD-1000', 'PZ-9999', 'PROD-2278', 'PROD-2279']);
    expect(paginationInfo).toEqual({ count: 4, pagenum: 1, pagesize: 10 });
  });

  test('names the pages around this one, relative to the host, and keeps the other parameters', async () => {
    const emulator = await startEmulator();
    const { portal, paginationInfo } = await list(emulator, '?$lang=en-US&$pagesize=1&$pagenum=2');
    expect(portal.map(({ id }) => id)).toEqual(['PZ-9999']);
    const href = (pagenum: number) => `${BASE}/portals?$lang=en-US&$pagenum=${pagenum}&$pagesize=1`;
    expect(paginationInfo['link']).toEqual([
      { rel: 'prev', href: href(1) },
      { rel: 'next', href: href(3) },
    ]);
  });

  test('can be followed from link to link to its end', async () => {
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    const ids: string[] = [];
    let path: string | undefined = `${BASE}/portals?$pagesize=3`;
    while (path !== undefined) {
      const response: Response = await callApi(emulator, path, access_token);
      const body = (await response.json()) as {
        portal: { id: string }[];
        paginationInfo: { link?: { rel: string; href: string }[] };
      };
      ids.push(...body.portal.map(({ id }) => id));
      path = body.paginationInfo.link?.find(({ rel }) => rel === 'next')?.href;
    }
    expect(ids).toEqual(['PROD-1000', 'PZ-9999', 'PROD-2278', 'PROD-2279']);
  });

  test.each<[BehaviourOptions['paginationCount'], number]>([
    ['items', 4],
    ['pages', 2],
  ])('counts %s', async (paginationCount, count) => {
    const emulator = await startEmulator({ behaviour: { paginationCount: paginationCount ?? 'items' } });
    expect((await list(emulator, '?$pagesize=3')).paginationInfo['count']).toBe(count);
  });

  test.each([
    [`${BASE}/portals?$pagenum=2`, 204],
    [`${BASE}/portals?departmentID=1005`, 200],
    [`${BASE}/portals?departmentID=5000`, 204],
    [`${BASE}/portals?$pagenum=999&$pagesize=75`, 204],
    [`${BASE}/portals?$pagenum=1000`, '400-196'],
    [`${BASE}/portals?$pagenum=0`, '400-196'],
    [`${BASE}/portals?$pagesize=76`, '400-196'],
    [`${BASE}/portals?$pagesize=1.5`, '400-196'],
    [`${BASE}/portals?$pagesize=`, '400-196'],
    [`${BASE}/myportals?$lang=en-US&$pagenum=2`, 204],
    [`${SEARCH}&$pagesize=1`, 200],
    [`${SEARCH}&$pagesize=31`, '400-196'],
    [`${SEARCH}&$pagenum=2`, '400-196'],
  ])('at %s is answered %s', async (path, expected) => {
    const emulator = await startEmulator();
    expect(await verdict(await callApi(emulator, path, (await logIn(emulator)).access_token))).toBe(expected);
  });

  test('of a search holds no more than was asked for', async () => {
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    const found = async (query: string) => {
      const response = await callApi(emulator, `${SEARCH}${query}`, access_token);
      return (await response.json()) as { searchResults: { article: unknown[] }; paginationInfo: object };
    };
    expect((await found('')).searchResults.article.length).toBeGreaterThan(1);
    const { searchResults, paginationInfo } = await found('&$pagesize=1');
    expect(searchResults.article).toHaveLength(1);
    expect(paginationInfo).toEqual({ count: 1, pagenum: 1, pagesize: 1 });
  });
});
