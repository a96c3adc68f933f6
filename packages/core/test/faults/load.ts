import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type EgainAuth,
  type EgainAuthError,
  isEgainAuthError,
  type TokenEvent,
  type TokenSet,
  user,
} from '../../src/index.ts';

export const SCOPE = ['knowledge.portalmgr.onbehalfof.read'] as const;

export const names = (count: number, prefix = 'user'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

export const tokenOf = (egain: EgainAuth, name: string, signal?: AbortSignal): Promise<TokenSet> =>
  egain.onBehalfOf(user({ username: name }), { scope: SCOPE, signal });

/** Calls the API as somebody, who the API must find them to be. */
export async function callAs(egain: EgainAuth, name: string): Promise<void> {
  const api = egain.api({ type: 'on-behalf-of', subject: user({ username: name }) }, { scope: SCOPE });
  const { owner }: { owner: string } = await api.get('/who', { headers: { 'x-meant-for': name } });
  if (owner !== name) throw new Error(`${name} was served as ${owner}`);
}

export interface Outcome {
  readonly succeeded: number;
  /** In order of the calls. */
  readonly errors: readonly unknown[];
  /** How often each code occurred; what is no error of this suite by its name. */
  readonly codes: Readonly<Record<string, number>>;
}

/** Waits for all, whatever becomes of each. */
export async function outcomeOf(calls: readonly Promise<unknown>[]): Promise<Outcome> {
  const results = await Promise.allSettled(calls);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const codes: Record<string, number> = {};
  for (const error of errors) {
    const name = isEgainAuthError(error) ? error.code : error instanceof Error ? error.name : String(error);
    codes[name] = (codes[name] ?? 0) + 1;
  }
  return { succeeded: results.length - errors.length, errors, codes };
}

/** The errors of this suite, of which there must be nothing else. */
export function ownErrors({ errors }: Outcome): EgainAuthError[] {
  return errors.map((error) => {
    if (isEgainAuthError(error)) return error;
    throw error;
  });
}

/** The same load again and again: `times` calls as each. */
export const eachTimes = <T>(items: readonly T[], times: number): T[] =>
  Array.from({ length: times }, () => items).flat();

/** The largest number of moments within any window of this length. */
export function most(moments: readonly number[], withinMs: number): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let start = 0;
  return sorted.reduce((largest, moment, index) => {
    while ((sorted[start] as number) <= moment - withinMs) start += 1;
    return Math.max(largest, index - start + 1);
  }, 0);
}

/** Moments by what they belong to. */
export function momentsBy<T extends { readonly at: number }>(
  items: readonly T[],
  nameOf: (item: T) => string,
): ReadonlyMap<string, number[]> {
  const moments = new Map<string, number[]>();
  for (const item of items) {
    const own = moments.get(nameOf(item)) ?? [];
    own.push(item.at);
    moments.set(nameOf(item), own);
  }
  return moments;
}

/** What token caches did since this was called. To be stopped. */
export function recordTokenEvents(): {
  count(type: TokenEvent['type']): number;
  readonly all: readonly (TokenEvent & { readonly at: number })[];
  stop(): void;
} {
  const all: (TokenEvent & { readonly at: number })[] = [];
  const record = (event: unknown) => {
    const { type } = event as TokenEvent;
    if (type !== 'hit') all.push({ ...(event as TokenEvent), at: Date.now() });
  };
  subscribe('egain-auth:token', record);
  return {
    all,
    count: (type) => all.filter((event) => event.type === type).length,
    stop: () => void unsubscribe('egain-auth:token', record),
  };
}
