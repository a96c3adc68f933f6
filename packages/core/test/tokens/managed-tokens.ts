import { jest } from '@jest/globals';
import { resolveOptions } from '../../src/configuration/resolve-options.ts';
import { destinationOf } from '../../src/issuer.ts';
import type { EgainAuthOptions } from '../../src/options.ts';
import { createTokenSet, type TokenSet } from '../../src/protocol/token-set.ts';
import type { ImpersonationAudit } from '../../src/tokens/impersonation-audit.ts';
import { createKeyedHash } from '../../src/tokens/keyed-hash.ts';
import { createSharedTokens } from '../../src/tokens/shared-tokens.ts';
import { createTokenManager, type TokenManager, type TokenSettings } from '../../src/tokens/token-manager.ts';
import type { TokenRequest, TokenSource } from '../../src/tokens/token-source.ts';
import type { TokenStore } from '../../src/tokens/token-store.ts';
import { passTime } from '../clock.ts';
import { OPTIONS } from '../options.ts';

export const HOUR_MS = 3_600_000;
const ENCRYPTION_KEYS = ['an encryption key of more than 32 bytes'];

/** What the stub issuer does with one request. */
export interface IssuerAnswer {
  /** @default an hour */
  readonly lifetimeMs?: number;
  /** @default as requested */
  readonly scope?: readonly string[];
  readonly error?: Error;
}

/** A request that the stub issuer keeps waiting. */
export interface HeldRequest {
  readonly answer: (answer?: IssuerAnswer) => Promise<void>;
}

export interface StubIssuer extends TokenSource {
  /** Everything it was asked for, in order. */
  readonly requests: readonly TokenRequest[];
  /** What the next request is answered; further calls queue. */
  next(answer: IssuerAnswer): void;
  /** The next request waits. */
  hold(): HeldRequest;
}

let issuers = 0;

/** Says in each token exactly what it was asked for, and which request of which issuer it was. */
function createStubIssuer(): StubIssuer {
  issuers += 1;
  const issuer = issuers;
  const requests: TokenRequest[] = [];
  const answers: (() => IssuerAnswer | Promise<IssuerAnswer>)[] = [];
  return {
    requests,
    next: (answer) => answers.push(() => answer),
    hold() {
      let release: (answer: IssuerAnswer) => void = () => {};
      const answer = new Promise<IssuerAnswer>((resolve) => (release = resolve));
      answers.push(() => answer);
      return {
        async answer(given = {}) {
          release(given);
          await settle();
        },
      };
    },
    async getToken(request) {
      const number = requests.push(request);
      const name = await nameOf(request);
      const { lifetimeMs = HOUR_MS, scope = request.scope, error } = (await answers.shift()?.()) ?? {};
      if (error) throw error;
      const accessToken = JSON.stringify([name, number, issuer]);
      return createTokenSet({ accessToken, expiresAt: Date.now() + lifetimeMs, scope, source: 'issuer' });
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Everything of a request that shapes its token, written by rules of this file's own. */
export async function nameOf({ actor, scope, parameters = {} }: TokenRequest): Promise<unknown> {
  return {
    actor: actor.type,
    ...(actor.type === 'on-behalf-of' && { subject: { ...actor.subject } }),
    ...(actor.type === 'exchanged' && { of: [actor.registrationId, await actor.subjectToken()] }),
    scope: [...new Set(scope)].sort(),
    parameters: Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** @returns what the token says it was issued for */
export function claimOf(tokens: TokenSet): unknown {
  return JSON.parse(tokens.accessToken)[0];
}

/** @returns which request of its issuer a token is the answer to, from 1 */
export function numberOf(tokens: TokenSet): number {
  return JSON.parse(tokens.accessToken)[1];
}

export interface ManagedTokens extends TokenManager {
  readonly issuer: StubIssuer;
  readonly audit: { [name in keyof ImpersonationAudit]: jest.Mock<ImpersonationAudit[name]> };
  /** As the public methods call it: what is thrown at once rejects. */
  get(request: TokenRequest): Promise<TokenSet>;
  /** Both clocks. */
  pass(ms: number): void;
}

export interface ManagedTokensOptions {
  readonly settings?: Partial<TokenSettings>;
  readonly store?: TokenStore;
  /** What they say of tenant, token URLs, clients and prefixes is the destination. */
  readonly options?: Partial<EgainAuthOptions>;
}

/** A token manager of its own, as if in a process of its own, with a stub issuer and clocks that stand still. */
export function manageTokens({ settings, store, options }: ManagedTokensOptions = {}): ManagedTokens {
  const issuer = createStubIssuer();
  const resolved = resolveOptions({ ...OPTIONS, ...options }, false);
  let age = 1000;
  const audit = {
    follow: jest.fn(async (_actor: unknown, _scope: unknown, request: () => unknown) => request()) as never,
    refused: jest.fn<ImpersonationAudit['refused']>(),
  };
  const manager = createTokenManager({
    issuer,
    audit,
    shared: store && createSharedTokens({ store, encryptionKeys: ENCRYPTION_KEYS, onStoreError: 'throw' }),
    destinationOf: (context) => destinationOf(resolved, context),
    hash: createKeyedHash('of this process', 'events'),
    now: () => age,
    settings: { maxEntries: 10_000, renewAheadMs: 300_000, minTtlMs: 30_000, timeoutMs: 1000, ...settings },
  });
  return {
    ...manager,
    issuer,
    audit,
    get: async (request) => manager.getToken(request),
    pass(ms) {
      age += ms;
      passTime(ms);
    },
  };
}

export interface RecordingStore extends TokenStore {
  /** The keys of tokens that were set, each once. */
  readonly tokenKeys: ReadonlySet<string>;
  readonly values: Map<string, string>;
}

/** In memory, with locks; forgets nothing. */
export function createRecordingStore(): RecordingStore {
  const values = new Map<string, string>();
  const tokenKeys = new Set<string>();
  const locks = new Map<string, Promise<void>>();
  return {
    values,
    tokenKeys,
    get: async (key) => values.get(key),
    async set(key, value) {
      values.set(key, value);
      if (key.startsWith('t:')) tokenKeys.add(key);
    },
    async delete(key) {
      values.delete(key);
    },
    async lock(key) {
      while (locks.has(key)) await locks.get(key);
      let end = () => {};
      locks.set(key, new Promise((resolve) => (end = resolve)));
      return async () => {
        locks.delete(key);
        end();
      };
    },
  };
}
