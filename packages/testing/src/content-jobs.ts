import { randomUUID } from 'node:crypto';
import type { EmulatorClock } from './clock.ts';

export type ContentJobKind = 'import' | 'export';

export interface ContentJob {
  readonly id: string;
  readonly phase: 'waiting' | 'running' | 'done';
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The imports and exports of a tenant. They do nothing but end, by the emulator's clock. */
export interface ContentJobs {
  /** @returns the id, a version 4 UUID in capitals as in eGain's examples */
  readonly create: (kind: ContentJobKind, startsAt: number) => string;
  readonly find: (kind: ContentJobKind, id: string) => ContentJob | undefined;
}

const DURATION_MS = 10_000;

export function createContentJobs({ now }: EmulatorClock): ContentJobs {
  const jobs = new Map<string, { readonly kind: ContentJobKind; readonly startsAt: number }>();
  return {
    create: (kind, startsAt) => {
      const id = randomUUID().toUpperCase();
      jobs.set(id, { kind, startsAt });
      return id;
    },
    find: (kind, id) => {
      const job = jobs.get(id.toUpperCase());
      if (job?.kind !== kind) return undefined;
      const { startsAt } = job;
      const endsAt = startsAt + DURATION_MS;
      const phase = now() < startsAt ? 'waiting' : now() < endsAt ? 'running' : 'done';
      return { id, phase, startsAt, endsAt };
    },
  };
}
