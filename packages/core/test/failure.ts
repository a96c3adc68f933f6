import { inspect } from 'node:util';
import { EgainAuthError } from '../src/errors.ts';

/** What a call threw, which must be an error of this suite. */
export function failureOf(run: () => unknown): EgainAuthError {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    return assertFailure(error);
  }
  throw new Error(`expected an EgainAuthError, but the call returned ${inspect(result)}`);
}

/** The same, of a promise. */
export async function rejectionOf(promise: Promise<unknown>): Promise<EgainAuthError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return assertFailure(outcome.error);
  throw new Error(`expected an EgainAuthError, but the promise gave ${inspect(outcome.value)}`);
}

function assertFailure(error: unknown): EgainAuthError {
  if (error instanceof EgainAuthError) return error;
  throw new Error(`expected an EgainAuthError, not ${inspect(error)}`);
}
