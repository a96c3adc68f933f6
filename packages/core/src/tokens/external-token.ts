import { sha256 } from '../sha256.ts';

/** Stands for an external token wherever it would otherwise be kept: the whole of it, and not to be read back (T089). */
export function hashExternalToken(token: string): string {
  return sha256(token);
}

/**
 * When an external token ends, in epoch milliseconds, if it is a JWT that says so. Nothing is verified: believing it can
 * only make an exchanged token end sooner.
 */
export function expiryOfExternalToken(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const exp =
      typeof claims === 'object' && claims !== null && Object.hasOwn(claims, 'exp') && (claims as { exp: unknown }).exp;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
