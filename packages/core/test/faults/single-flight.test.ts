import { runInThisContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { customer, type EgainAuth, type TokenSet, user } from '../../src/index.ts';
import { sized } from '../load-size.ts';
import { soon } from '../soon.ts';
import { type FakeEgain, fakesToClose, holdBack, neverAnswer, ownerOf, refuseWith, send } from './fake-egain.ts';
import { names, outcomeOf, tokenOf } from './load.ts';
import { measured } from './measured.ts';

const MANY = sized({ sample: 2000, full: 10_000 });

// Not the copy that a test has: warnings and rejections are reported to the real one.
const host = runInThisContext('process') as NodeJS.Process;
const complaints: unknown[] = [];
const onComplaint = (complaint: unknown) => {
  // Node's own, of how the tests are run, and ours, of plain http.
  if (!/^(?:Experimental|EgainAuth)Warning/.test(String(complaint))) complaints.push(complaint);
};

const { start, closeAll } = fakesToClose();
let fake: FakeEgain;
let egain: EgainAuth;

beforeEach(async () => {
  host.on('warning', onComplaint).on('unhandledRejection', onComplaint);
  fake = await start();
  egain = fake.createAuth();
});
afterEach(async () => {
  await closeAll();
  await new Promise((resolve) => setImmediate(resolve));
  host.off('warning', onComplaint).off('unhandledRejection', onComplaint);
  expect(complaints.splice(0)).toEqual([]);
});

/** So many callers, each with a signal of their own. */
function callersOf(count: number) {
  const controllers = Array.from({ length: count }, () => new AbortController());
  return { controllers, calls: controllers.map(({ signal }) => tokenOf(egain, 'pa', signal)) };
}

describe('F10: ten thousand ask for the same token at once (R1)', () => {
  test('one request is made, and all have its token', async () => {
    const results = await Promise.all(Array.from({ length: MANY }, () => tokenOf(egain, 'pa')));
    expect(new Set(results.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(fake.token.asked).toHaveLength(1);
  });

  test('also with a signal each, which nobody uses', async () => {
    const results = await Promise.all(callersOf(MANY).calls);
    expect(new Set(results.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(fake.token.asked).toHaveLength(1);
  });
});

describe('F11: ten thousand people ask at once', () => {
  test('one request is made for each, no more than 64 at a time, and everybody has their own token', async () => {
    const people = names(MANY);
    const held = holdBack(fake.issue());
    fake.token.answer = held.answer;
    const startedAt = performance.now();
    const calls = Promise.all(people.map((name) => tokenOf(egain, name)));
    await soon(() => expect(fake.token.asked).toHaveLength(64));
    fake.token.answer = fake.issue();
    held.release();
    const results = await calls;
    measured('F11', { misses: MANY, elapsedMs: performance.now() - startedAt, maxInFlight: fake.token.maxInFlight });
    expect(results.map(({ accessToken }) => ownerOf(accessToken))).toEqual(people);
    expect(fake.token.asked).toHaveLength(MANY);
    expect(fake.token.maxInFlight).toBe(64);
  });
});

describe('F12: the same person in several ways at once (R1, T077)', () => {
  test('one request is made for each way, and nobody has a token of another', async () => {
    const READ = ['knowledge.portalmgr.onbehalfof.read'] as const;
    const MANAGE = ['knowledge.portalmgr.onbehalfof.manage'] as const;
    // A token says what it was asked by.
    fake.token.answer = ({ form, clientId, response }) => {
      const [kind = ''] = [...form.keys()].filter((name) => name.startsWith('subject_'));
      const asked = [clientId, response.req.url, kind, form.get(kind), form.get('scope'), form.get('resource')];
      send(response, 200, { access_token: Buffer.from(JSON.stringify(asked)).toString('hex'), expires_in: 3600 });
    };
    const other = fake.createAuth({ clientId: 'client-2' });
    const USER = '/token';
    const CUSTOMER = '/customers/token';
    const resource = 'https://crm.example';
    const ways: [() => Promise<TokenSet>, unknown[]][] = [
      [
        () => egain.onBehalfOf(user({ username: 'pa' }), { scope: READ }),
        ['client-1', USER, 'subject_username', ...READ, null],
      ],
      [
        () => egain.onBehalfOf(user({ userId: 'pa' }), { scope: READ }),
        ['client-1', USER, 'subject_userid', ...READ, null],
      ],
      [
        () => egain.onBehalfOf(customer({ email: 'pa' }), { scope: READ }),
        ['client-1', CUSTOMER, 'subject_email', ...READ, null],
      ],
      [
        () => egain.onBehalfOf(user({ username: 'pa' }), { scope: MANAGE }),
        ['client-1', USER, 'subject_username', ...MANAGE, null],
      ],
      [
        () => egain.onBehalfOf(user({ username: 'pa' }), { scope: READ, parameters: { resource } }),
        ['client-1', USER, 'subject_username', ...READ, resource],
      ],
      [
        () => other.onBehalfOf(user({ username: 'pa' }), { scope: READ }),
        ['client-2', USER, 'subject_username', ...READ, null],
      ],
    ];
    const rounds = Array.from({ length: 50 }, () => ways).flat();
    const results = await Promise.all(
      rounds.map(async ([ask, [client, path, kind, ...rest]]) => {
        const { accessToken } = await ask();
        return [Buffer.from(accessToken, 'hex').toString(), JSON.stringify([client, path, kind, 'pa', ...rest])];
      }),
    );
    expect(results.filter(([got, wanted]) => got !== wanted)).toEqual([]);
    expect(fake.token.asked).toHaveLength(ways.length);
  });
});

describe('F13: a thousand of ten thousand give up (R12)', () => {
  test('each hears their own reason, the others have the token of one request', async () => {
    const held = holdBack(fake.issue());
    fake.token.answer = held.answer;
    const { controllers, calls } = callersOf(MANY);
    const leaving = calls.filter((_call, index) => index % 10 === 0);
    const reasons = outcomeOf(leaving);
    await soon(() => expect(fake.token.asked).toHaveLength(1));
    for (let index = 0; index < MANY; index += 10) controllers[index]?.abort(`reason ${index}`);
    // They do not wait for the answer, which is still held back.
    expect((await reasons).errors).toEqual(leaving.map((_call, index) => `reason ${10 * index}`));
    held.release();
    const results = await Promise.all(calls.filter((_call, index) => index % 10 !== 0));
    expect(new Set(results.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(results).toHaveLength(MANY - MANY / 10);
    expect(fake.token.asked).toHaveLength(1);
  });
});

describe('F14: the first of a hundred gives up (R12)', () => {
  test.each([
    ['aborts', (first: AbortController) => first.abort(new DOMException('enough', 'AbortError')), 'AbortError'],
    [
      'has a deadline',
      (first: AbortController) => first.abort(new DOMException('late', 'TimeoutError')),
      'TimeoutError',
    ],
  ])('who %s is alone with that', async (_how, leave, name) => {
    const held = holdBack(fake.issue());
    fake.token.answer = held.answer;
    const { controllers, calls } = callersOf(100);
    await soon(() => expect(fake.token.asked).toHaveLength(1));
    leave(controllers[0] as AbortController);
    await expect(calls[0]).rejects.toMatchObject({ name });
    held.release();
    expect((await outcomeOf(calls.slice(1))).succeeded).toBe(99);
    expect(fake.token.asked).toHaveLength(1);
  });
});

describe('F15: all hundred give up (R12, R2)', () => {
  test('the request is stopped, and the next caller begins a new one', async () => {
    fake.token.answer = neverAnswer;
    const { controllers, calls } = callersOf(100);
    await soon(() => expect(fake.token.asked).toHaveLength(1));
    for (const controller of controllers) controller.abort('enough');
    expect((await outcomeOf(calls)).codes).toEqual({ enough: 100 });
    await soon(() => expect([fake.token.givenUp, fake.token.openConnections]).toEqual([1, 0]));
    fake.token.answer = fake.issue();
    expect((await tokenOf(egain, 'pa')).source).toBe('issuer');
    expect(fake.token.asked).toHaveLength(2);
  });
});

describe('F16: the one request fails (R5)', () => {
  test('all ten thousand hear the same, and the next caller tries again', async () => {
    fake.token.answer = refuseWith(500, {});
    const { errors, codes } = await outcomeOf(Array.from({ length: MANY }, () => tokenOf(egain, 'pa')));
    expect(codes).toEqual({ token_endpoint_unavailable: MANY });
    expect(new Set(errors).size).toBe(1);
    expect(fake.token.asked.length).toBeLessThanOrEqual(4);
    fake.token.answer = fake.issue();
    expect((await tokenOf(egain, 'pa')).source).toBe('issuer');
  });
});
