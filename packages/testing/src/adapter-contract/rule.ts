import type { Worlds } from './world.ts';

export interface AdapterRule {
  /** Never given to another rule. */
  readonly id: string;
  /** With the words of RFC 2119. */
  readonly text: string;
  /** Throws where the rule is broken. */
  check(start: Worlds['start']): Promise<void>;
}
