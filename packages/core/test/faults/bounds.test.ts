import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, test } from '@jest/globals';
import { user } from '../../src/index.ts';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import { createImpersonationAudit } from '../../src/tokens/impersonation-audit.ts';
import { createTokenManager } from '../../src/tokens/token-manager.ts';
import type { TokenStore } from '../../src/tokens/token-store.ts';
import { sized } from '../load-size.ts';
import { soon } from '../soon.ts';
import { fakesToClose } from './fake-egain.ts';
import { names, outcomeOf, SCOPE, tokenOf } from './load.ts';
import { measured } from './measured.ts';

const { start, closeAll } = fakesToClose();
afterEach(closeAll);

describe('F46: a hundred thousand people (R8, T094)', () => {
  test('memory holds as many as it may, and those it holds are the last', async () => {
    const maxEntries = 5000;
    const people = sized({ sample: 25_000, full: 100_000 });
    let mints = 0;
    const hash = (text: string) => text;
    const manager = createTokenManager({
      issuer: {
        getToken() {
          mints += 1;
          return createTokenSet({
            accessToken: `token-${mints}`,
            expiresAt: Date.now() + 3_600_000,
            scope: SCOPE,
            source: 'issuer',
          });
        },
      },
      shared: undefined,
      destinationOf: () => [],
      audit: createImpersonationAudit(undefined, hash),
      hash,
      now: () => performance.now(),
      settings: { maxEntries, renewAheadMs: 300_000, minTtlMs: 30_000, timeoutMs: 1000 },
    });
    const ask = (index: number) =>
      manager.getToken({ actor: { type: 'on-behalf-of', subject: user({ username: `user-${index}` }) }, scope: SCOPE });
    const before = process.memoryUsage().rss;
    for (let index = 0; index < people; index += 1) await ask(index);
    expect(mints).toBe(people);
    measured('F46', { people, maxEntries, rssGrowthMiB: Math.round((process.memoryUsage().rss - before) / 1024 ** 2) });

    // From the last to the first, so that what a miss pushes out is not what is looked for next.
    let held = 0;
    for (let index = people - 1; index >= people - 3 * maxEntries; index -= 1) {
      const known = mints;
      await ask(index);
      if (mints === known) held += 1;
    }
    expect(held).toBeLessThanOrEqual(maxEntries);
    expect(held).toBeGreaterThan(maxEntries / 2);
  });

  test('those who wait for a token count too: more than that are told to come back', async () => {
    const fake = await start();
    const egain = fake.createAuth({ tokens: { maxEntries: 100 } });
    const outcome = await outcomeOf(names(300).map((name) => tokenOf(egain, name)));
    expect(outcome.succeeded).toBe(100);
    expect(outcome.codes).toEqual({ token_endpoint_unavailable: 200 });
    expect(fake.token.asked).toHaveLength(100);
  });
});

describe('F48: functions of the application fail (T084)', () => {
  const never = () => new Promise<never>(() => {});
  const fails = () => {
    throw new Error('bug');
  };
  const rejects = () => Promise.reject(new Error('bug'));
  const HOW: [string, () => never | Promise<never>][] = [
    ['throws', fails],
    ['rejects', rejects],
    ['never ends', never],
  ];
  const http = { timeoutMs: 200 };

  test.each(HOW)('an impersonation policy that %s refuses, and eGain is not asked', async (_how, authorizeSubject) => {
    const fake = await start();
    const egain = fake.createAuth({ authorizeSubject, http });
    expect((await outcomeOf(names(100).map((name) => tokenOf(egain, name)))).codes).toEqual({ subject_refused: 100 });
    expect(fake.token.asked).toHaveLength(0);
  });

  test.each(HOW)(
    'a secret function that %s is an error with a name, and eGain is not asked',
    async (_how, clientSecret) => {
      const fake = await start();
      const egain = fake.createAuth({ clientSecret, http });
      expect((await outcomeOf(names(50).map((name) => tokenOf(egain, name)))).codes).toEqual({
        client_secret_unavailable: 50,
      });
      expect(fake.token.asked).toHaveLength(0);
    },
  );

  test.each(HOW)('an external token that %s fails its own exchange alone', async (_how, subjectToken) => {
    const fake = await start();
    const egain = fake.createAuth({ http });
    const exchanged = egain.getToken(
      { type: 'exchanged', registrationId: 'idp-1', subjectToken },
      { scope: ['knowledge.portalmgr.read'] },
    );
    expect((await outcomeOf([exchanged])).succeeded).toBe(0);
    expect((await tokenOf(egain, 'pa')).source).toBe('issuer');
    expect(fake.token.asked).toHaveLength(1);
  });

  test.each(HOW)('a token store that %s is done without', async (_how, operation) => {
    const fake = await start();
    const store: TokenStore = { get: operation, set: operation, delete: operation, lock: operation };
    const egain = fake.createAuth({ tokens: { store, encryptionKeys: ['k'.repeat(32)] } });
    const outcome = await outcomeOf(names(50).map((name) => tokenOf(egain, name)));
    expect(outcome.errors).toEqual([]);
    expect(fake.token.asked).toHaveLength(50);
  });

  test('a subscriber that throws fails no request: Node reports it on its own', async () => {
    // Not the copy that a test has.
    const host = runInThisContext('process') as NodeJS.Process;
    const own = host.listeners('uncaughtException');
    const reported: unknown[] = [];
    host.removeAllListeners('uncaughtException').on('uncaughtException', (error) => reported.push(error));
    const channels = ['egain-auth:token', 'egain-auth:on-behalf-of'];
    for (const channel of channels) subscribe(channel, fails);
    try {
      const fake = await start();
      const egain = fake.createAuth();
      const twice = [...names(50), ...names(50)];
      for (const name of twice) await tokenOf(egain, name);
      expect(fake.token.asked).toHaveLength(50);
      // Of 50 misses and what the audit says of them, and of 50 hits; one in each turn of the event loop.
      await soon(() => expect(reported).toHaveLength(150));
    } finally {
      for (const channel of channels) unsubscribe(channel, fails);
      host.removeAllListeners('uncaughtException');
      for (const listener of own) host.on('uncaughtException', listener);
    }
    expect(new Set(reported.map(String))).toEqual(new Set(['Error: bug']));
  });
});
