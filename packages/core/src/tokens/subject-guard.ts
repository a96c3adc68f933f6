import { EgainAuthError } from '../errors.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { assertSubject, type Subject } from '../subject.ts';
import type { TokenSource } from './token-source.ts';

/**
 * Asks the application's impersonation policy before every token for a subject, fresh or cached: eGain itself asks for
 * no proof, so this is the boundary (T084). Anything but `true` refuses.
 * @throws {EgainAuthError} `invalid_subject`, `subject_refused`
 */
export function guardSubjects(
  source: TokenSource,
  { authorizeSubject, tenantId }: Pick<ResolvedOptions, 'authorizeSubject' | 'tenantId'>,
): TokenSource {
  async function assertAuthorized(subject: Subject, scope: readonly string[]): Promise<void> {
    assertSubject(subject);
    if (!authorizeSubject) return;
    let allowed: unknown;
    try {
      allowed = await authorizeSubject(subject, { tenantId, scope });
    } catch (cause) {
      throw subjectRefused('authorizeSubject failed, which counts as no', cause);
    }
    if (allowed !== true) throw subjectRefused('authorizeSubject did not return true');
  }

  return {
    async getToken(request) {
      if (request.actor.type !== 'on-behalf-of') return source.getToken(request);
      // What was judged is what is used: the caller's object may change while the policy thinks.
      const actor = { type: 'on-behalf-of', subject: request.actor.subject } as const;
      const scope = [...request.scope];
      await assertAuthorized(actor.subject, scope);
      return source.getToken({ ...request, actor, scope });
    },
  };
}

function subjectRefused(problem: string, cause?: unknown): EgainAuthError {
  return new EgainAuthError('subject_refused', problem, {
    remedy: 'Allow this subject in authorizeSubject, if this application may act for them.',
    cause,
  });
}
