// For processes of their own: node --import ./typescript-loader.mjs runs our TypeScript, as Node 20 cannot.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transformSync } from '@swc/core';

if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const jsc = { parser: { syntax: 'typescript' }, target: 'es2023' };
  const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { swcrc: false, jsc });
  return { format: 'module', source: code, shortCircuit: true };
}
