import type { AdapterRule } from './rule.ts';
import { COOKIE_RULES } from './rules/cookies.ts';
import { ERROR_RULES } from './rules/errors.ts';
import { GUARD_RULES } from './rules/guards.ts';
import { HEADER_RULES } from './rules/headers.ts';
import { ISOLATION_RULES } from './rules/isolation.ts';
import { LIFETIME_RULES } from './rules/lifetime.ts';
import { ON_BEHALF_OF_RULES } from './rules/on-behalf-of.ts';
import { ROUTE_RULES } from './rules/routes.ts';
import { SESSION_RULES } from './rules/sessions.ts';
import { SHUTDOWN_RULES } from './rules/shutdown.ts';

export const ADAPTER_RULES: readonly AdapterRule[] = [
  ...ROUTE_RULES,
  ...GUARD_RULES,
  ...SESSION_RULES,
  ...COOKIE_RULES,
  ...ERROR_RULES,
  ...ON_BEHALF_OF_RULES,
  ...ISOLATION_RULES,
  ...HEADER_RULES,
  ...LIFETIME_RULES,
  ...SHUTDOWN_RULES,
];
