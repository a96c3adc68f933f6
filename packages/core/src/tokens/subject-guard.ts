import { withinDeadline } from '../deadline.ts';
import { EgainAuthError } from '../errors.ts';
import { publishWarning, type WarningEvent } from '../events.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { assertSubject } from '../subject.ts';
import type { ImpersonationAudit } from './impersonation-audit.ts';
import { frozenRequest } from './token-request.ts';
import type { TokenSource } from './token-source.ts';

/** Published once by each instance without a policy: at start-up, or before its first on-behalf-of token. */
export const IMPERSONATION_UNRESTRICTED: WarningEvent = Object.freeze({
  code: 'impersonation_unrestricted',
  message:
    'No authorizeSubject is set, so this application may act on behalf of every user and customer of the tenant. ' +
    'Set authorizeSubject to a function that returns true only for the subjects it may act for.',
});

export interface SubjectGuardSettings
  extends Pick<ResolvedOptions, 'authorizeSubject' | 'tenantId' | 'silenceWarnings' | 'warnings'> {
  readonly audit: Pick<ImpersonationAudit, 'refused'>;
  /** How long the policy may think. */
  readonly timeoutMs: number;
}

/**
 * Asks the application's impersonation policy before every token for a subject, fresh or cached: eGain itself asks for
 * no proof, so this is the boundary (T084). Anything but `true` refuses. An answer that is there at once is used at once.
 * @throws {EgainAuthError} `invalid_subject`, `invalid_scope`, `subject_refused`
 */
export function guardSubjects(source: TokenSource, settings: SubjectGuardSettings): TokenSource {
  const { authorizeSubject, tenantId, audit, timeoutMs, silenceWarnings } = settings;
  let hasWarned = settings.warnings.some(({ code }) => code === IMPERSONATION_UNRESTRICTED.code);

  function warnOnce(): void {
    if (hasWarned) return;
    hasWarned = true;
    publishWarning(IMPERSONATION_UNRESTRICTED, silenceWarnings);
  }

  return {
    getToken(given) {
      // What is judged is what is minted.
      const request = frozenRequest(given);
      const { actor, scope } = request;
      if (actor.type !== 'on-behalf-of') return source.getToken(request);
      const { subject } = actor;
      assertSubject(subject);
      if (!authorizeSubject) {
        warnOnce();
        return source.getToken(request);
      }

      function refuse(problem: string, cause?: unknown): never {
        audit.refused(subject, scope);
        throw subjectRefused(problem, cause);
      }
      const failed = (cause: unknown) => refuse('authorizeSubject failed, which counts as no', cause);
      let allowed: unknown;
      try {
        allowed = withinDeadline(authorizeSubject(subject, { tenantId, scope: [...scope] }), timeoutMs);
      } catch (cause) {
        return failed(cause);
      }
      if (allowed === true) return source.getToken(request);
      if (!(allowed instanceof Promise)) return refuse('authorizeSubject did not return true');
      return allowed.then((answer: unknown) => {
        if (answer !== true) refuse('authorizeSubject did not return true');
        return source.getToken(request);
      }, failed);
    },
  };
}

function subjectRefused(problem: string, cause?: unknown): EgainAuthError {
  return new EgainAuthError('subject_refused', problem, {
    remedy: 'Allow this subject in authorizeSubject, if this application may act for them.',
    cause,
  });
}
