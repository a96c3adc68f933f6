import { afterEach, describe, expect, test } from '@jest/globals';
import { requestClientCredentialsToken } from '../../src/flows/client-credentials.ts';
import { ELSEWHERE, HOSTILE_ANSWERS, SECRET, TOKEN, type WholeAnswer } from '../data/hostile-answers.ts';
import { HOSTILE_CONNECTIONS } from '../data/hostile-connections.ts';
import { expectNoDisclosure } from '../disclosure.ts';
import { rejectionOf } from '../failure.ts';
import { createFlow } from '../flow.ts';
import { measure } from '../measure.ts';
import { soon } from '../soon.ts';
import { type Step, wiresToClose } from '../wire-server.ts';

const { serveWire, closeWires } = wiresToClose();
afterEach(closeWires);

const MIB = 1024 * 1024;
/** What is judged by what arrived is judged before this, however slow the machine is. */
const PATIENCE_MS = 240_000;
const OWN_OF_EVERY_OBJECT = Object.getOwnPropertyNames(Object.prototype);

/** Asks a hostile server for a token, with the real client. Everything is judged here but the code of the error. */
async function refusalOf(steps: (elsewhere: string) => readonly Step[], timeoutMs: number) {
  const elsewhere = await serveWire([[]]);
  const server = await serveWire([steps(`http://127.0.0.1:${elsewhere.port}`)]);
  const flow = createFlow({
    clientId: 'client-1',
    clientSecret: SECRET,
    endpoints: { client: { tokenUrl: `http://127.0.0.1:${server.port}/token` } },
    authorizeSubject: () => true,
    http: { timeoutMs },
  });
  const { value: error, grownBytes } = await measure(() =>
    rejectionOf(requestClientCredentialsToken(flow, { scope: ['app.core.aiservices.read'] })),
  );

  await flow.close();
  expect(error.remedy.length).toBeGreaterThan(10);
  expectNoDisclosure(error, SECRET, TOKEN);
  // T067: asked once. undici may connect anew when it is stopped, but has nothing to send.
  expect(server.received.filter((bytes) => bytes.length > 0)).toHaveLength(1);
  expect(server.requests).toBe(1);
  expect(elsewhere.connections).toBe(0);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(OWN_OF_EVERY_OBJECT);
  expect(grownBytes).toBeLessThan(48 * MIB);
  await soon(() => expect(server.openConnections).toBe(0));
  return error;
}

function serialize({ status, headers, body }: WholeAnswer, elsewhere: string): Step[] {
  const hostOf = (origin: string) => origin.replace('http:', '');
  const real = (text: string) => text.replaceAll(hostOf(ELSEWHERE), hostOf(elsewhere));
  const bytes = typeof body === 'string' ? Buffer.from(real(body)) : body;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${real(value)}\r\n`);
  return [`HTTP/1.1 ${status} X\r\n${lines.join('')}content-length: ${bytes.length}\r\n\r\n`, bytes];
}

describe.each(Object.entries(HOSTILE_ANSWERS))('an answer that is hostile by its %s', (_class, rows) => {
  test.each(rows)('$rule: $name', async ({ answer, code }) => {
    const error = await refusalOf((elsewhere) => serialize(answer, elsewhere), PATIENCE_MS);
    // T096: one line that any log can hold.
    expect(error.message).toMatch(/^[ -~]+$/);
    expect(error).toMatchObject({ code });
  });
});

describe.each(Object.entries(HOSTILE_CONNECTIONS))('a connection that is hostile by its %s', (_class, rows) => {
  test.each(rows)('$rule: $name', async ({ steps, code, endless = false }) => {
    const timeoutMs = endless ? 250 : PATIENCE_MS;
    const error = await refusalOf(() => steps, timeoutMs);
    expect(error).toMatchObject({ code });
    // Only what has no end needs the deadline.
    expect(error.message.includes(`no complete answer within ${timeoutMs} ms`)).toBe(endless);
  });
});

describe('the answers and connections above', () => {
  const classes = { ...HOSTILE_ANSWERS, ...HOSTILE_CONNECTIONS };

  test('are of every class', () => {
    expect(Object.keys(classes).sort()).toEqual([
      ...['disclosures', 'duplicate keys', 'encodings', 'framing', 'numbers', 'prototype gadgets', 'redirects'],
      ...['sizes', 'times', 'truncation', 'types'],
    ]);
  });

  test.each(Object.entries(classes))('are ten or more by their %s, each with a name of its own', (_class, rows) => {
    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  test('are 120 or more', () => {
    expect(Object.values(classes).flat().length).toBeGreaterThanOrEqual(120);
  });
});
