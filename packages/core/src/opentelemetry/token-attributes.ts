import type { Attributes } from '@opentelemetry/api';
import type { TokenEvent } from '../events.ts';

/** What spans and metrics of a token have in common: neither its key nor whose it is. */
export function tokenAttributes({ type, actor, source, code }: TokenEvent): Attributes {
  return {
    'egain_auth.actor': actor,
    'egain_auth.token.type': type,
    ...(source && { 'egain_auth.token.source': source }),
    // As the conventions call what has no name of its own.
    ...(type === 'fail' && { 'error.type': code ?? '_OTHER' }),
  };
}

/** Whether something was waited for, well or ill; everything else is from memory. */
export const isRequested = ({ type }: TokenEvent): boolean => type === 'miss' || type === 'renew' || type === 'fail';
