import { PORTAL_ID } from './articles.ts';

/** A portal of the emulated knowledge base. */
export interface Portal {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly department: { readonly id: string; readonly name: string };
}

const SERVICE = { id: '1001', name: 'Service' };

/** The one that the articles are in, and that everybody works with. */
export const MAIN_PORTAL: Portal = {
  id: PORTAL_ID,
  name: 'Eight Bank Service',
  description: 'What agents and customers of Eight Bank ask most.',
  department: SERVICE,
};

/** All of the tenant's. The others, from eGain's examples, are there to be listed and have no articles here. */
export const PORTALS: readonly Portal[] = [
  MAIN_PORTAL,
  {
    id: 'PZ-9999',
    name: 'Master Portal',
    description: 'Automatically created portal allowing access to all published articles',
    department: { id: '999', name: 'Service' },
  },
  { id: 'PROD-2278', name: 'Support Portal', description: 'Portal Description', department: SERVICE },
  {
    id: 'PROD-2279',
    name: 'Escalation Portal',
    description: 'Portal Description',
    department: { id: '1005', name: 'Escalation' },
  },
];
