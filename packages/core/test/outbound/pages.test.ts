import { afterEach, describe, expect, test } from '@jest/globals';
import { rejectionOf } from '../failure.ts';
import { json } from '../loopback.ts';
import { soon } from '../soon.ts';
import { stagesToClose } from './stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

const pageWith = (number: number, href?: unknown, ...before: unknown[]) => ({
  number,
  paginationInfo: { count: 3, link: [...before, ...(href === undefined ? [] : [{ rel: 'next', href }])] },
});

async function readAll<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const page of pages) read.push(page);
  return read;
}

describe('pages', () => {
  test('are had one after the other by their links, with the query of the first and the headers of all', async () => {
    const { api, server, tokens } = await stage((response, { url }) => {
      const pages: Record<string, unknown> = {
        '/list?%24q=a%20b': pageWith(
          1,
          '/list?$q=a+b&$pagenum=2',
          { rel: 'self', href: '/list' },
          { rel: 'last', href: '/z' },
        ),
        '/list?$q=a+b&$pagenum=2': pageWith(2, '/list?$pagenum=3#end', { rel: 'prev', href: '/list' }),
        '/list?$pagenum=3': pageWith(3),
      };
      json(pages[url] ?? {}, pages[url] ? 200 : 404)(response, undefined as never);
    });
    const pages = api.paginate<{ number: number }>('/list', { query: { $q: 'a b' }, headers: { 'x-own': '1' } });
    expect((await readAll(pages)).map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(server.received.map(({ headers }) => headers['x-own'])).toEqual(['1', '1', '1']);
    expect(tokens.received).toHaveLength(1);
  });

  test('are asked for when they are wanted, and not before', async () => {
    const { api, server } = await stage((response, { url }) =>
      json(pageWith(1, `/list?p=${Number(url.split('=')[1] ?? 1) + 1}`))(response, undefined as never),
    );
    const pages = api.paginate('/list');
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.received).toHaveLength(0);
    for await (const _ of pages) if (server.received.length === 2) break;
    expect(server.received.map(({ url }) => url)).toEqual(['/list', '/list?p=2']);
  });

  test('of an empty list are none', async () => {
    const { api, server } = await stage((response) => response.writeHead(204).end());
    expect(await readAll(api.paginate('/list'))).toEqual([]);
    expect(server.received).toHaveLength(1);
  });

  test('end where nothing is there any more', async () => {
    const { api } = await stage((response, { url }) =>
      url === '/list' ? json(pageWith(1, '/list?p=2'))(response, undefined as never) : response.writeHead(204).end(),
    );
    expect(await readAll(api.paginate('/list'))).toEqual([pageWith(1, '/list?p=2')]);
  });

  test('without links are one', async () => {
    const { api } = await stage(json({ portal: [] }));
    expect(await readAll(api.paginate('/list'))).toEqual([{ portal: [] }]);
  });

  test.each([null, 5, 'text', true, []])('that are %j are one as well', async (page) => {
    const { api } = await stage(json(page));
    expect(await readAll(api.paginate('/list'))).toEqual([page]);
  });

  test('that lead in a circle are read once each, and then it is an error', async () => {
    const { api, server } = await stage((response, { url }) => {
      const next: Record<string, string> = { '/list': '/a', '/a': '/b', '/b': '/a' };
      json(pageWith(1, next[url]))(response, undefined as never);
    });
    const read: unknown[] = [];
    const error = await rejectionOf(
      (async () => {
        for await (const page of api.paginate('/list')) read.push(page);
      })(),
    );
    expect([error.code, error.remedy]).toEqual(['invalid_api_response', expect.stringContaining('$pagenum')]);
    expect([read.length, server.received.length]).toEqual([3, 3]);
  });

  test('that never end are as many as eGain counts', async () => {
    const { api, server } = await stage((response) =>
      json(pageWith(1, `/list?p=${server.received.length}`))(response, undefined as never),
    );
    let read = 0;
    const error = await rejectionOf(
      (async () => {
        for await (const _ of api.paginate('/list')) read += 1;
      })(),
    );
    expect([error.code, read, server.received.length]).toEqual(['invalid_api_response', 999, 999]);
  });

  test('that fail are an error after those before', async () => {
    const { api } = await stage((response, { url }) =>
      json(...((url === '/list' ? [pageWith(1, '/list?p=2')] : [{ code: '404-1' }, 404]) as [unknown, number?]))(
        response,
        undefined as never,
      ),
    );
    const pages = api.paginate('/list')[Symbol.asyncIterator]();
    expect((await pages.next()).done).toBe(false);
    expect(await rejectionOf(pages.next())).toMatchObject({ code: 'api_error', apiStatus: 404 });
    expect((await pages.next()).done).toBe(true);
  });

  test('end with the reason of the signal', async () => {
    const caller = new AbortController();
    const { api, server } = await stage((response, { url }) => {
      if (url === '/list') json(pageWith(1, '/list?p=2'))(response, undefined as never);
    });
    const pages = api.paginate('/list', { signal: caller.signal })[Symbol.asyncIterator]();
    await pages.next();
    const outcome = expect(pages.next()).rejects.toBe('enough');
    await soon(() => expect(server.received).toHaveLength(2));
    caller.abort('enough');
    await outcome;
  });

  test('are looked up each by itself: a link to what refuses this actor is not followed', async () => {
    const { egain, server } = await stage(json(pageWith(1, '/knowledge/portalmgr/v4/portals/PROD-1/articles/PROD-2')));
    const api = egain.api({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] });
    const pages = api.paginate('/knowledge/portalmgr/v4/portals/PROD-1/articles');
    expect((await rejectionOf(readAll(pages))).code).toBe('actor_not_allowed');
    expect(server.received).toHaveLength(1);
  });
});
