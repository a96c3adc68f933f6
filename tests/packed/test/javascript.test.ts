import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inConsumer, linesOf, runNode } from './consumer.ts';

const NAMES = readdirSync(inConsumer('node_modules/@egain-auth'));

const SEEN = {
  scope: ['app.knowledge.portalmgr.read'],
  refusal: ['invalid_scope', true, true],
  middleware: 'function',
};

test('an ES module imports the packages', async () => {
  expect(await linesOf(['import.mjs'])).toEqual([SEEN]);
});

test('CommonJS requires them, and Node warns of nothing', async () => {
  expect(await linesOf(['require.cjs'])).toEqual([SEEN]);
});

test('an application on Koa runs', async () => {
  expect(await linesOf(['koa.mjs'])).toEqual([
    [
      ['/desk', 401, 'login_required'],
      ['/crm', 200, ['knowledge.portalmgr.onbehalfof.read']],
    ],
  ]);
});

test('required and imported, a package is one: the classes of its errors are the same', async () => {
  const names = ['core', 'express', 'koa', 'nestjs', 'testing'];
  expect(await linesOf(['same-classes.cjs'])).toEqual(names.map((name) => [name, true, []]));
});

test('the check itself sees a top-level await, which nothing that is required may have', async () => {
  const { status, stderr } = await runNode(['-e', "require('./import.mjs')"]);
  expect([status, stderr.includes('ERR_REQUIRE_ASYNC_MODULE')]).toEqual([1, true]);
});

test('the entry point for OpenTelemetry is imported and required', async () => {
  expect(await linesOf(['opentelemetry.mjs'])).toEqual([[['instrumentEgainAuth'], true]]);
});

test('without @opentelemetry/api core works, and that entry point says what is missing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'egain-auth-without-'));
  try {
    for (const name of ['@egain-auth/core', 'undici']) {
      cpSync(inConsumer('node_modules', name), join(folder, 'node_modules', name), { recursive: true });
    }
    const script = `
      const { createEgainAuth } = await import('@egain-auth/core');
      const failure = await import('@egain-auth/core/opentelemetry').catch((error) => error);
      console.log(JSON.stringify([typeof createEgainAuth, failure.code, failure.message]));`;
    const { stdout, stderr } = await runNode(['--input-type=module', '-e', script], { cwd: folder });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([
      'function',
      'ERR_MODULE_NOT_FOUND',
      expect.stringContaining("Cannot find package '@opentelemetry/api'"),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the emulator’s command runs', async () => {
  const { status, stdout, stderr } = await runNode(['node_modules/.bin/egain-emulator', '--help']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('--login-port');
});

test.each(NAMES)(
  '@egain-auth/%s is delivered with its types, its licence and its README, and without sources',
  (name) => {
    const folder = inConsumer('node_modules/@egain-auth', name);
    expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    const files = readdirSync(`${folder}/dist`, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
    expect(files.filter((file) => !/\.(?:js|d\.ts)$/.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['index.js', 'index.d.ts']));
    // Ours alone: the condition names a folder that is not delivered.
    expect(readFileSync(`${folder}/package.json`, 'utf8')).not.toMatch(/egain-auth\/source|workspace:|catalog:/);
  },
);
