import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import { createSealer, type Sealer } from '../../src/seal.ts';
import { createSessionRecord } from '../../src/session/session.ts';
import { createSessionSealer } from '../../src/session/session-sealer.ts';
import { passTime, stopClock } from '../clock.ts';
import { BINDINGS } from '../session-sealer.ts';

const NAME = 'session';
const SECRETS = ['a secret of more than thirty-two bytes!!'];

/** Counts what is opened. */
function createCountingSealer(): Sealer & { unsealed: number } {
  const sealer = createSealer(SECRETS, 'session', 'https://desk.example.com/');
  const counting = {
    ...sealer,
    unsealed: 0,
    unseal(name: string, sealed: string) {
      counting.unsealed += 1;
      return sealer.unseal(name, sealed);
    },
  };
  return counting;
}

const sealed = (sealer: Sealer, id: string, name = NAME) =>
  createSessionSealer(sealer, BINDINGS).seal(
    name,
    createSessionRecord({
      id,
      persona: 'user',
      identity: { persona: 'user', name: 'Pat', roles: ['agent'] },
      requestedScope: ['a'],
      startedAt: 1000,
      touchedAt: 1000,
      obtainedAt: 1000,
      tokens: createTokenSet({ accessToken: `token of ${id}`, expiresAt: 3000, scope: ['a'], source: 'issuer' }),
    }),
  );

/** As an instance opens sessions. */
function createReader(sealer: Sealer) {
  const sessions = createSessionSealer(sealer, BINDINGS);
  return (name: string, text: string) => {
    const opened = sessions.open(name, text);
    return typeof opened === 'string' ? undefined : opened;
  };
}

beforeEach(() => stopClock());

describe('a sealed session', () => {
  test('is opened once for the requests of a minute', () => {
    const sealer = createCountingSealer();
    const read = createReader(sealer);
    const text = sealed(sealer, 'one');
    for (let request = 0; request < 100; request += 1) {
      // A string of its own each time, as a parser of headers makes it.
      expect(read(NAME, `${text} `.trim())?.session.tokens.accessToken).toBe('token of one');
    }
    expect(sealer.unsealed).toBe(1);
    passTime(60_000);
    expect(read(NAME, text)?.session.id).toBe('one');
    expect(sealer.unsealed).toBe(2);
  });

  test('is a record of its own for each request', () => {
    const sealer = createCountingSealer();
    const read = createReader(sealer);
    const text = sealed(sealer, 'one');
    const [first, second] = [read(NAME, text)?.session, read(NAME, text)?.session];
    if (!first || !second) throw new Error('not read');
    first.touchedAt = 5000;
    first.tokens = createTokenSet({ accessToken: 'another', expiresAt: 9000, scope: ['b'], source: 'issuer' });
    expect([second.touchedAt, second.tokens.accessToken, [...second.scope]]).toEqual([1000, 'token of one', ['a']]);
    expect(read(NAME, text)?.session.tokens.accessToken).toBe('token of one');
    // What they share cannot be written to.
    expect(() => (first.identity.roles as string[]).push('admin')).toThrow(TypeError);
    expect(() => Object.assign(first.identity, { name: 'Eve' })).toThrow(TypeError);
    expect(() => (first.requestedScope as string[]).push('admin')).toThrow(TypeError);
  });

  test('T011: opens under no other name, also while it is remembered', () => {
    const sealer = createCountingSealer();
    const read = createReader(sealer);
    const text = sealed(sealer, 'one');
    expect(read(NAME, text)).toBeDefined();
    expect(read('another', text)).toBeUndefined();
    expect(read(NAME, text)).toBeDefined();
  });

  test('T103: that one instance remembers does not open at another with the same secret', () => {
    const sealer = createCountingSealer();
    const ours = createSessionSealer(sealer, BINDINGS);
    const others = [
      { ...BINDINGS, user: BINDINGS.customer },
      { ...BINDINGS, user: undefined },
      { ...BINDINGS, user: '' },
    ].map((bindings) => createSessionSealer(sealer, bindings));
    const text = sealed(sealer, 'one');
    for (let round = 0; round < 2; round += 1) {
      expect(ours.open(NAME, text)).toMatchObject({ session: { id: 'one' } });
      for (const other of others) expect(other.open(NAME, text)).toBe('other_configuration');
    }
  });

  test('T036: with one byte changed is not the one that is remembered', () => {
    const sealer = createCountingSealer();
    const read = createReader(sealer);
    const text = sealed(sealer, 'one');
    expect(read(NAME, text)).toBeDefined();
    for (let index = 0; index < text.length; index += 7) {
      const changed = `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`;
      expect(read(NAME, changed)).toBeUndefined();
    }
  });

  test('F49: what nobody sealed leaves nothing behind, and a thousand are remembered at most', () => {
    const sealer = createCountingSealer();
    const read = createReader(sealer);
    const first = sealed(sealer, 'first');
    read(NAME, first);
    for (let index = 0; index < 5000; index += 1) expect(read(NAME, `v1.${'A'.repeat(100)}${index}`)).toBeUndefined();
    sealer.unsealed = 0;
    expect(read(NAME, first)).toBeDefined();
    expect(sealer.unsealed).toBe(0);
    for (let index = 0; index < 1000; index += 1) read(NAME, sealed(sealer, `${index}`));
    sealer.unsealed = 0;
    read(NAME, first);
    expect(sealer.unsealed).toBe(1);
  });
});
