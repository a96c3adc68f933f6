import { randomBytes } from 'node:crypto';
import { isWhole } from './is-whole.ts';

/** A secret of a client application, as the console's "Secrets" section has it. */
export interface ClientSecret {
  readonly value: string;
  /** The console's "Expiry Date": epoch milliseconds of the emulator's clock. @default none, it never expires */
  readonly expiresAt?: number;
}

/** eGain's product help 21.21.4, "Creating Client Applications": "A maximum of 2 client secrets can be added." */
const MAX_SECRETS = 2;

/** What `Date` can show. */
const MAX_DATE_MS = 8.64e15;

/**
 * The secrets of a Web Application, `clientSecret` first: these, or a random one where none is given.
 *
 * @throws {TypeError} when there are more than two, or one is empty, is there twice, or ends at no time.
 */
export function resolveSecrets(
  clientId: string,
  clientSecret: string | undefined,
  secrets: readonly ClientSecret[],
): readonly ClientSecret[] {
  const given = clientSecret === undefined ? secrets : putFirst(clientSecret, secrets);
  if (given.length > MAX_SECRETS) {
    throw new TypeError(
      `Client application ${clientId} has ${given.length} secrets; eGain's console takes ${MAX_SECRETS}.`,
    );
  }
  return checkSecrets(clientId, given.length > 0 ? given : [{ value: randomBytes(32).toString('base64url') }]);
}

/**
 * The new secret before the newest of the others. INFERRED: in the console somebody has to remove the oldest of two first.
 *
 * @throws {TypeError} as {@link resolveSecrets}
 */
export function addSecret(
  clientId: string,
  secrets: readonly ClientSecret[],
  added: string | ClientSecret,
): readonly ClientSecret[] {
  const secret = typeof added === 'string' ? { value: added } : added;
  return checkSecrets(clientId, [secret, ...secrets.slice(0, MAX_SECRETS - 1)]);
}

/** @throws {TypeError} when it is none of them. */
export function removeSecret(
  clientId: string,
  secrets: readonly ClientSecret[],
  removed: string,
): readonly ClientSecret[] {
  const kept = secrets.filter(({ value }) => value !== removed);
  if (kept.length < secrets.length) return Object.freeze(kept);
  throw new TypeError(`Client application ${clientId} has no such secret.`);
}

function putFirst(clientSecret: string, secrets: readonly ClientSecret[]): readonly ClientSecret[] {
  const others = secrets.filter(({ value }) => value !== clientSecret);
  return [secrets.find(({ value }) => value === clientSecret) ?? { value: clientSecret }, ...others];
}

function checkSecrets(clientId: string, secrets: readonly ClientSecret[]): readonly ClientSecret[] {
  for (const { value, expiresAt } of secrets) {
    if (typeof value !== 'string' || value === '') {
      throw new TypeError(`Client application ${clientId}: a secret has a value that is not empty.`);
    }
    if (expiresAt !== undefined && !isWhole(expiresAt, 0, MAX_DATE_MS)) {
      throw new TypeError(`Client application ${clientId}: expiresAt '${expiresAt}' is not epoch milliseconds.`);
    }
  }
  if (new Set(secrets.map(({ value }) => value)).size === secrets.length) {
    return Object.freeze(secrets.map((secret) => Object.freeze({ ...secret })));
  }
  throw new TypeError(`Client application ${clientId} has the same secret twice.`);
}
