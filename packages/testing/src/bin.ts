#!/usr/bin/env node
import { runEmulator } from './run-emulator.ts';

runEmulator(process.argv.slice(2), process).catch((error: unknown) => {
  process.stderr.write(`egain-emulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
