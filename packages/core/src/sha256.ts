import { hash } from 'node:crypto';

/** SHA-256 as base64url: 43 characters. For what cannot be guessed; names of people want a key (`tokens/keyed-hash.ts`). */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url');
