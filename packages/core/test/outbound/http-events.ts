import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { HttpEvent } from '../../src/index.ts';

/** What `egain-auth:http` tells until `stop` is called, which returns it. */
export function recordHttpEvents(): { stop(): HttpEvent[] } {
  const events: HttpEvent[] = [];
  const record = (event: unknown) => void events.push(event as HttpEvent);
  subscribe('egain-auth:http', record);
  return {
    stop() {
      unsubscribe('egain-auth:http', record);
      return events;
    },
  };
}
