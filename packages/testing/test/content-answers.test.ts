import { describe, expect, test } from '@jest/globals';
import { BASE, callApi, TOKENS, verdict } from './api-client.ts';
import { startEmulator } from './emulator-client.ts';

const CONTENT = '/knowledge/contentmgr/v4/import/content';
const IMPORT = { dataSource: { type: 'AWS S3 bucket', path: 's3://mybucket/myfolder/' }, operation: 'import' };
const EXPORT = {
  portalID: 'PROD-1000',
  language: { code: 'en-US' },
  resourceTypes: ['articles'],
  dataDestination: { destinationType: 'AWS S3 bucket', path: 's3://mybucket/out' },
};

async function startClient() {
  const emulator = await startEmulator();
  const token = await TOKENS.client(
    emulator,
    'knowledge.contentmgr.read knowledge.contentmgr.manage knowledge.portalmgr.read knowledge.portalmgr.manage',
  );
  return { emulator, call: (path: string, body?: unknown) => callApi(emulator, path, token, {}, body) };
}

describe('an import', () => {
  test('runs and succeeds, by the clock of the emulator', async () => {
    const { emulator, call } = await startClient();
    const accepted = await call(CONTENT, IMPORT);
    expect([accepted.status, await accepted.text()]).toEqual([202, '']);
    const location = accepted.headers.get('location') ?? '';
    expect(location).toMatch(/^knowledge\/contentmgr\/v4\/import\/content\/[0-9A-F-]{36}\/status$/);
    const status = async () => (await call(`/${location}`)).json();
    expect(await status()).toMatchObject({ status: 'In Progress', jobType: 'Import', progress: { percentage: 42 } });
    emulator.clock.advance('10s');
    expect(await status()).toMatchObject({
      status: 'Successful',
      progress: { percentage: 100 },
      results: { errors: 0 },
    });
  });

  test('waits for the time it is scheduled at', async () => {
    const { emulator, call } = await startClient();
    const date = new Date(emulator.clock.now() + 60_000).toISOString();
    const location = (await call(CONTENT, { ...IMPORT, scheduleTime: { date } })).headers.get('location');
    const status = async () => ((await (await call(`/${location}`)).json()) as { status: string }).status;
    expect(await status()).toBe('Scheduled');
    emulator.clock.advance('60s');
    expect(await status()).toBe('In Progress');
  });

  test.each([
    ['a source', { dataSource: undefined }],
    ['a known type of source', { dataSource: { type: 'FTP', path: 'x' } }],
    ['the path of its source', { dataSource: { type: 'Shared file path' } }],
    ['a known operation', { operation: 'delete' }],
    ['a date with milliseconds', { scheduleTime: { date: '2024-03-01T10:00:00Z' } }],
    ['a date that exists', { scheduleTime: { date: '2024-13-01T10:00:00.000Z' } }],
  ])('needs %s', async (_name, changes) => {
    const { call } = await startClient();
    expect(await verdict(await call(CONTENT, { ...IMPORT, ...changes }))).toBe('400-152');
  });
});

describe('an export', () => {
  test('runs and succeeds; its location is the job, not the status', async () => {
    const { emulator, call } = await startClient();
    const accepted = await call(`${BASE}/content/export`, EXPORT);
    const location = accepted.headers.get('location') ?? '';
    expect([accepted.status, location]).toEqual([202, expect.stringMatching(/\/v4\/content\/export\/[0-9A-F-]{36}$/)]);
    expect(await (await call(`${location}/status`)).json()).toMatchObject({ status: 'In Progress' });
    emulator.clock.advance('10s');
    expect(await (await call(`${location}/status`)).json()).toMatchObject({ status: 'Successful' });
    // It is no import, whatever its id.
    expect(await verdict(await call(`${CONTENT}/${location.split('/').at(-1)}/status`))).toBe('404-100');
  });

  test.each([
    ['a portal', { portalID: undefined }, '400-152'],
    ['a portal that exists', { portalID: 'PROD-2000' }, '404-101'],
    ['a language', { language: {} }, '400-152'],
    ['something to export', { resourceTypes: [] }, '400-152'],
    ['a destination', { dataDestination: {} }, '400-152'],
  ])('needs %s', async (_name, changes, code) => {
    const { call } = await startClient();
    expect(await verdict(await call(`${BASE}/content/export`, { ...EXPORT, ...changes }))).toBe(code);
  });
});
