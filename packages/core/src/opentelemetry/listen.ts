import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { diag } from '@opentelemetry/api';
import type { HttpEvent, ImpersonationEvent, SessionEvent, TokenEvent } from '../events.ts';

/** What the channels of this suite carry. */
interface Events {
  'egain-auth:http': HttpEvent;
  'egain-auth:token': TokenEvent;
  'egain-auth:on-behalf-of': ImpersonationEvent;
  'egain-auth:session': SessionEvent;
}

/** Ends what was begun. A second time nothing happens. */
export type Stop = () => void;

/**
 * Hears every event of a channel. Node ends the process when a subscriber throws, and samplers and processors are the
 * application's: what they throw goes to OpenTelemetry's own log, and the request goes on.
 */
export function listen<Name extends keyof Events>(name: Name, hear: (event: Events[Name]) => void): Stop {
  function onMessage(message: unknown): void {
    try {
      hear(message as Events[Name]);
    } catch (error) {
      diag.error(`@egain-auth/core: an event of ${name} was not recorded`, error);
    }
  }
  subscribe(name, onMessage);
  return () => {
    unsubscribe(name, onMessage);
  };
}
