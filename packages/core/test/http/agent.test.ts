import { afterEach, expect, test } from '@jest/globals';
import * as undici from 'undici';
import { bare, createAgent } from '../../src/http/agent.ts';
import { soon } from '../soon.ts';
import { wiresToClose } from '../wire-server.ts';

const { serveWire, closeWires } = wiresToClose();
afterEach(closeWires);

test('T098: a bare object has what it was given, and nothing besides', () => {
  const given = Object.assign(Object.create({ inherited: 1 }) as object, { own: 1, absent: undefined });
  const copy = bare(given);
  expect(['toString', 'constructor', '__proto__', 'inherited'].filter((name) => name in copy)).toEqual([]);
  expect(Object.isFrozen(Object.getPrototypeOf(copy))).toBe(true);
  expect(Object.entries(copy)).toEqual([
    ['own', 1],
    ['absent', undefined],
  ]);
});

test('one origin has as many connections as the agent may make; more requests wait', async () => {
  const server = await serveWire([[]]);
  const agent = createAgent(undici, { timeoutMs: 1000, keepsConnections: true, connections: 5 });
  const pending = Array.from({ length: 8 }, () =>
    undici.request(`http://127.0.0.1:${server.port}/`, { dispatcher: agent }).catch(() => {}),
  );
  await soon(() => expect(server.requests).toBe(5));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([server.connections, server.requests]).toEqual([5, 5]);
  await agent.destroy();
  await Promise.all(pending);
});

test('a connection that cannot be made is given up in time', async () => {
  const server = await serveWire([[]]);
  const agent = createAgent(undici, { timeoutMs: 200, keepsConnections: true, connections: 1 });
  const failure: unknown = await undici
    .request(`https://127.0.0.1:${server.port}/`, { dispatcher: agent })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' });
  await agent.destroy();
});
