import { isEgainAuthError } from '../errors.ts';
import { type ImpersonationEvent, impersonationEvents } from '../events.ts';
import type { Subject } from '../subject.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { CachedActor } from './token-context.ts';

/** Leaves a trace of every impersonation, and of every one that was refused (T082). Free while nobody listens. */
export interface ImpersonationAudit {
  /** Publishes how a request for a token ended; of other actors, nothing. */
  follow<T>(actor: CachedActor, scope: readonly string[], request: () => T | Promise<T>): Promise<T>;
  /** The application's own policy said no. */
  refused(subject: Subject, scope: readonly string[]): void;
}

export function createImpersonationAudit(tenantId: string | undefined, hash: KeyedHash): ImpersonationAudit {
  function publish(event: Omit<ImpersonationEvent, 'at' | 'tenantId'>): void {
    impersonationEvents.publish({
      at: Date.now(),
      tenantId,
      ...event,
      scope: [...event.scope],
    } satisfies ImpersonationEvent);
  }

  const nameOf = ({ persona, kind, value }: Subject) => ({
    actor: 'on-behalf-of' as const,
    persona,
    subject: hash(JSON.stringify([persona, kind, value])),
  });

  async function describe(actor: CachedActor) {
    if (actor.type === 'on-behalf-of') return nameOf(actor.subject);
    if (actor.type === 'exchanged') return { actor: actor.type, subject: hash(await actor.subjectToken()) };
    return undefined;
  }

  return {
    async follow(actor, scope, request) {
      const described = impersonationEvents.hasSubscribers ? await describe(actor) : undefined;
      if (!described) return request();
      try {
        const result = await request();
        publish({ outcome: 'granted', ...described, scope });
        return result;
      } catch (error) {
        const outcome = isEgainAuthError(error, 'token_request_failed') ? 'refused' : 'failed';
        publish({ outcome, ...described, scope, ...(isEgainAuthError(error) && { code: error.code }) });
        throw error;
      }
    },

    refused(subject, scope) {
      if (!impersonationEvents.hasSubscribers) return;
      publish({ outcome: 'refused', ...nameOf(subject), scope, code: 'subject_refused' });
    },
  };
}
