import { getEventListeners } from 'node:events';
import { runInThisContext } from 'node:vm';
import { afterEach, expect, test } from '@jest/globals';
import { user } from '../../src/index.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

// Warnings are reported to the process of Node. The global `process` of a Jest test is a copy.
const host = runInThisContext('process') as NodeJS.Process;

/** The warnings of leaking listeners that Node prints while `action` runs. */
async function leaksReportedDuring(action: () => Promise<unknown>): Promise<string[]> {
  const leaks: string[] = [];
  const onWarning = ({ name, message }: Error) => {
    if (name === 'MaxListenersExceededWarning') leaks.push(message);
  };
  host.on('warning', onWarning);
  await action();
  await new Promise((resolve) => setImmediate(resolve));
  host.off('warning', onWarning);
  return leaks;
}

test('F54: a hundred calls with one signal are no leak to warn of', async () => {
  const { egain, api } = await stage();
  const { signal } = new AbortController();
  const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
  const call = (name: string) =>
    egain.api({ type: 'on-behalf-of', subject: user({ username: name }) }, { scope }).get('/x', { signal });
  // Half of them wait for the same token, and all of them for a connection.
  const calls = () => Array.from({ length: 100 }, (_, index) => call(index % 2 === 0 ? 'pa' : `user-${index}`));
  expect(await leaksReportedDuring(() => Promise.all(calls()))).toEqual([]);
  expect(api.received).toHaveLength(100);
});

test('F54: more calls of fetch with one signal than Node expects of a Request are no leak to warn of', async () => {
  const { egain, api } = await stage();
  const { signal } = new AbortController();
  const fetch = egain.fetch(CLIENT, SCOPE);
  const calls = () =>
    Array.from({ length: 1600 }, async () => {
      await (await fetch('/x', { signal })).text();
    });
  expect(await leaksReportedDuring(() => Promise.all(calls()))).toEqual([]);
  expect(api.received).toHaveLength(1600);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
