import type { SessionStore } from '@egain-auth/core';
import { CLAIM_RULES } from './claim-rules.ts';
import { LARGE_KIB, REPLACE_RULES } from './replace-rules.ts';
import type { StoreRule } from './store-contract.ts';
import { sameCharacters, sameLength, VALUE_RULES } from './value-store-rules.ts';

/** Sealed values have these characters and no other. */
const VALUES = ['v1.A-_z', '-', '_', '.', ':', '0', '1.0', '1e3', '::..--__', 'null', 'true'];

export const SESSION_STORE_RULES: readonly StoreRule<SessionStore>[] = [
  { id: 'SS01', ...VALUE_RULES.found },
  { id: 'SS02', ...VALUE_RULES.unknown },
  { id: 'SS03', ...VALUE_RULES.replaced },
  { id: 'SS04', ...VALUE_RULES.deleted },
  { id: 'SS05', ...VALUE_RULES.deletedUnknown },
  { id: 'SS06', ...sameCharacters(VALUES) },
  { id: 'SS07', ...sameLength(LARGE_KIB) },
  { id: 'SS08', ...VALUE_RULES.keys },
  { id: 'SS09', ...VALUE_RULES.ended },
  { id: 'SS10', ...VALUE_RULES.endedSoon },
  { id: 'SS11', ...VALUE_RULES.shortened },
  { id: 'SS12', ...VALUE_RULES.prolonged },
  { id: 'SS13', ...VALUE_RULES.manyKeys },
  { id: 'SS14', ...VALUE_RULES.manyValues },
  ...REPLACE_RULES,
  ...CLAIM_RULES,
];
