import { EgainAuthError } from '../errors.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { assertSubject } from '../subject.ts';
import type { TokenRequest, TokenSource } from './token-source.ts';

/**
 * Asks the application's impersonation policy before every token for a subject, fresh or cached: eGain itself asks for
 * no proof, so this is the boundary (T084). Anything but `true` refuses.
 * @throws {EgainAuthError} `invalid_subject`, `subject_refused`
 */
export function guardSubjects(
  source: TokenSource,
  { authorizeSubject, tenantId }: Pick<ResolvedOptions, 'authorizeSubject' | 'tenantId'>,
): TokenSource {
  async function assertAuthorized({ actor, scope }: TokenRequest): Promise<void> {
    if (actor.type !== 'on-behalf-of') return;
    assertSubject(actor.subject);
    if (!authorizeSubject) return;
    let allowed: unknown;
    try {
      allowed = await authorizeSubject(actor.subject, { tenantId, scope });
    } catch (cause) {
      throw subjectRefused('authorizeSubject failed, which counts as no', cause);
    }
    if (allowed !== true) throw subjectRefused('authorizeSubject did not return true');
  }

  return {
    async getToken(request) {
      await assertAuthorized(request);
      return source.getToken(request);
    },
  };
}

function subjectRefused(problem: string, cause?: unknown): EgainAuthError {
  return new EgainAuthError('subject_refused', problem, {
    remedy: 'Allow this subject in authorizeSubject, if this application may act for them.',
    cause,
  });
}
