import { channel } from 'node:diagnostics_channel';

/** Something at start-up that works but will surprise. Published on `egain-auth:warning` and kept in `egain.warnings`. */
export interface WarningEvent {
  readonly code:
    | 'identity_unavailable'
    | 'impersonation_unrestricted'
    | 'insecure_loopback'
    | 'missing_domain_hint'
    | 'same_login_and_api_host'
    | 'unusual_persona'
    | 'unusual_scope_kind';
  readonly message: string;
}

const warnings = channel('egain-auth:warning');

/** Nothing is printed: whoever wants to see warnings subscribes to the channel `egain-auth:warning`. */
export function publishWarning(event: WarningEvent): void {
  if (warnings.hasSubscribers) warnings.publish(event);
}
