import { readFileSync } from 'node:fs';
import { inConsumer } from './consumer.ts';

/** An application of Express, in TypeScript. */
export const APPLICATION = readFileSync(inConsumer('application.ts'), 'utf8');

/** What it prints: one visit of each kind, and the errors its handler was told of. */
export const VISITS = {
  answers: [
    ['desk', 401, 'login_required'],
    ['crm', 200, { persona: 'user', kind: 'username', scope: ['knowledge.portalmgr.onbehalfof.read'] }],
    ['shop', 200, { persona: 'customer', kind: 'email', scope: ['knowledge.portalmgr.onbehalfof.read'] }],
    ['nobody', 502, 'token_request_failed'],
  ],
  errors: ['/desk login_required', '/nobody token_request_failed'],
};

/** An application of Nest, which has what it injects by type. */
export const NEST_APPLICATION = readFileSync(inConsumer('nest-application.ts'), 'utf8');

export const NEST_VISITS = {
  answers: [
    ['closed', 401, 'login_required'],
    ['open', 200, true],
    ['desk', 401, 'login_required'],
    ['crm', 200, 'Pat'],
    ['observed', 200, 'Pat'],
  ],
};
