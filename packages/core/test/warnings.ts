import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach } from '@jest/globals';
import type { WarningEvent } from '../src/events.ts';

let stopListening = (): void => {};

afterEach(() => {
  stopListening();
  stopListening = () => {};
});

/** The warnings that are published from now until the test ends. */
export function collectWarnings(): readonly WarningEvent[] {
  const events: WarningEvent[] = [];
  const listener = (event: unknown) => events.push(event as WarningEvent);
  subscribe('egain-auth:warning', listener);
  stopListening = () => unsubscribe('egain-auth:warning', listener);
  return events;
}
