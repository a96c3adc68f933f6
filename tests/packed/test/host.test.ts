import { createEgainEmulator, type EgainEmulator } from '@egain-auth/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BuildOptions } from 'esbuild';
import { bundle } from './bundle.ts';
import { linesOf, runNode } from './consumer.ts';

let emulator: EgainEmulator;
/** The text of the class that Node's own undici has for its global dispatcher. */
let builtIn: string;
beforeAll(async () => {
  emulator = await createEgainEmulator().listen();
  const awake = "void globalThis.Headers; String(globalThis[Symbol.for('undici.globalDispatcher.1')].constructor)";
  builtIn = (await runNode(['-p', awake])).stdout.trim();
  expect(builtIn).toContain('class');
});
afterAll(() => emulator.close());

const run = (args: readonly string[]) => linesOf(args, { env: { EGAIN_OPTIONS: JSON.stringify(emulator.config()) } });

describe.each<[how: string, script: string, options?: BuildOptions]>([
  ['imported', 'host.mjs'],
  ['bundled into one ES module', 'esm/host.mjs', { format: 'esm' }],
  ['bundled into ES modules', 'split/host.mjs', { format: 'esm', splitting: true }],
  ['bundled into CommonJS', 'cjs/host.cjs', { format: 'cjs' }],
])('core, %s, leaves the application’s fetch and global dispatcher alone', (_how, script, options) => {
  beforeAll(async () => {
    if (options) await bundle('host.mjs', script, options);
  });
  const works = { scope: ['app.knowledge.portalmgr.read'], echoed: 'x' };

  const unchanged = () => ({ fetch: 'the same', dispatcher: builtIn, isReplaced: false });

  test('when the application has not used fetch before', async () => {
    const asleep = { fetch: 'the same', isReplaced: false };
    expect(await run([script])).toEqual([{ ...works, imported: asleep, requested: unchanged(), used: unchanged() }]);
  });

  test('when it has', async () => {
    const seen = { imported: unchanged(), requested: unchanged(), used: unchanged() };
    expect(await run([script, 'awake'])).toEqual([{ ...works, ...seen }]);
  });
});

describe('what an application does not use is not in its bundle', () => {
  const bytesOf = (inputs: Record<string, number>, part: string) =>
    Object.entries(inputs).reduce((sum, [path, bytes]) => sum + (path.includes(part) ? bytes : 0), 0);

  test.each(['core', 'express', 'koa', 'testing'])(
    '@egain-auth/%s imported for its side effects is nothing',
    async (name) => {
      const inputs = await bundle(`unused-${name}.mjs`, `unused-${name}.js`, { format: 'esm' });
      expect(bytesOf(inputs, 'node_modules')).toBe(0);
    },
  );

  test('who names subjects only gets neither undici nor the flows', async () => {
    const inputs = await bundle('subjects.mjs', 'subjects.js', { format: 'esm' });
    const core = bytesOf(inputs, 'core/dist/index.js');
    expect([core > 0, core < 20_000, bytesOf(inputs, 'node_modules/undici')]).toEqual([true, true, 0]);
    const all = await bundle('host.mjs', 'esm/all.mjs', { format: 'esm' });
    expect(core).toBeLessThan(bytesOf(all, 'core/dist/index.js') / 10);
  });
});

test('the check itself sees undici replace the dispatcher when it is imported first', async () => {
  const script = "import 'undici'; import { observe } from './observe.mjs'; console.log(JSON.stringify(observe()))";
  const { stdout } = await runNode(['--input-type=module', '-e', script]);
  expect(JSON.parse(stdout).dispatcher).not.toBe(builtIn);
});
