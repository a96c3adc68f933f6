import { afterAll, describe, expect, test } from '@jest/globals';
import { processGenericTokenEndpointResponse } from 'oauth4webapi';
import { createEgainAuth } from '../../src/index.ts';
import { HOSTILE_ANSWERS } from '../data/hostile-answers.ts';
import { TOLERATED_ANSWERS } from '../data/tolerated-answers.ts';
import { serialize, toResponse, type WholeAnswer } from '../whole-answer.ts';
import { wiresToClose } from '../wire-server.ts';

const { serveWire, closeWires } = wiresToClose();
afterAll(closeWires);

const isAccepted = (outcome: Promise<unknown>): Promise<boolean> =>
  outcome.then(
    () => true,
    () => false,
  );

async function weAccept(answer: WholeAnswer): Promise<boolean> {
  const { port } = await serveWire([serialize(answer)]);
  const egain = createEgainAuth({
    clientId: 'client-1',
    clientSecret: 'a secret',
    endpoints: { client: { tokenUrl: `http://127.0.0.1:${port}/token` } },
    authorizeSubject: () => true,
  });
  const accepted = await isAccepted(egain.clientCredentials({ scope: ['app.core.aiservices.read'] }));
  await egain.close();
  return accepted;
}

const theOracleAccepts = (answer: WholeAnswer): Promise<boolean> =>
  isAccepted(
    processGenericTokenEndpointResponse(
      { issuer: 'https://issuer.example' },
      { client_id: 'client-1' },
      toResponse(answer),
    ),
  );

interface Row {
  readonly name: string;
  readonly answer: WholeAnswer;
  readonly rule?: string;
}
const hostile: Row[] = Object.values(HOSTILE_ANSWERS)
  .flat()
  .map(({ name, answer }) => ({ name, answer }));

/**
 * oauth4webapi is the most careful of the libraries in use: what it refuses we refuse, unless a rule of our own says
 * why not. The rule goes once it is not needed.
 */
describe('whatever oauth4webapi refuses is refused, unless a rule says why not', () => {
  test.each<Row>([...hostile, ...TOLERATED_ANSWERS])('$name', async ({ answer, rule }) => {
    const [ours, theirs] = await Promise.all([weAccept(answer), theOracleAccepts(answer)]);
    const isLaxer = ours && !theirs;
    expect({ isLaxer, hasRule: rule !== undefined }).toEqual({ isLaxer, hasRule: isLaxer });
  });
});

describe('what is odd but harmless is accepted', () => {
  test.each(TOLERATED_ANSWERS)('$name', async ({ answer }) => {
    expect(await weAccept(answer)).toBe(true);
  });
});

test('the oracle can tell good from bad', async () => {
  const refused = async (rows: readonly Row[]) =>
    (await Promise.all(rows.map(({ answer }) => theOracleAccepts(answer)))).filter((accepts) => !accepts).length;
  expect(await refused(hostile)).toBeGreaterThan(hostile.length / 2);
  expect(await refused(TOLERATED_ANSWERS)).toBeLessThan(TOLERATED_ANSWERS.length / 2);
});
