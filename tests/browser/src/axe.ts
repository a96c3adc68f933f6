import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong with the page, by rule. */
export async function violations(on: Page): Promise<string[]> {
  await on.evaluate(axe.source);
  return on.evaluate(async () => {
    const result = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return result.violations.map(({ id, help }) => `${id}: ${help}`);
  });
}
