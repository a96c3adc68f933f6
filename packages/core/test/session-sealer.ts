import { createSealer } from '../src/seal.ts';
import type { SessionBindings } from '../src/session/binding.ts';
import { createSessionSealer, type SessionSealer } from '../src/session/session-sealer.ts';

/** What the sessions of the tests are bound to. */
export const BINDINGS: SessionBindings = { user: 'binding-of-users', customer: 'binding-of-custo' };

/** Seals sessions as one deployment does. */
export const sealSessions = (secrets: readonly string[], purpose: string, audience: string): SessionSealer =>
  createSessionSealer(createSealer(secrets, purpose, audience), BINDINGS);
