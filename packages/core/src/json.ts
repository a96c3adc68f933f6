/**
 * For text that was sealed with our secret. Another version of this package may have written it, so its shape is checked
 * before it is used (F69).
 * @returns undefined for text that is not JSON
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

/** Epoch milliseconds, as `Date.now()` returns them. */
export const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
