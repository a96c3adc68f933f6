import { runInThisContext } from 'node:vm';
import { afterEach, expect, test } from '@jest/globals';
import { user } from '../../src/index.ts';
import { stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

// Not the copy that a test has: warnings are reported to the real one.
const host = runInThisContext('process') as NodeJS.Process;

test('F54: a hundred calls with one signal are no leak to warn of', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  host.on('warning', onWarning);
  const { egain, api } = await stage();
  const { signal } = new AbortController();
  const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
  const call = (name: string) =>
    egain.api({ type: 'on-behalf-of', subject: user({ username: name }) }, { scope }).get('/x', { signal });
  // Half of them wait for the same token, and all of them for a connection.
  await Promise.all(Array.from({ length: 100 }, (_, index) => call(index % 2 === 0 ? 'pa' : `user-${index}`)));
  await new Promise((resolve) => setImmediate(resolve));
  host.off('warning', onWarning);
  expect(api.received).toHaveLength(100);
  expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
});
