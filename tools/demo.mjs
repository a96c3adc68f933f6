// npm run demo: installs what is needed, builds, and starts a sample application beside its own eGain.
import { parseArgs } from 'node:util';
import { install, run, turbo } from './setup.mjs';

const APPS = {
  express: 'express-agent-desk',
  nestjs: 'nestjs-bff',
};

const { values } = parseArgs({ options: { app: { type: 'string', default: 'express' } }, strict: false });
if (!Object.hasOwn(APPS, values.app)) {
  process.stderr.write(`There is no sample named ${values.app}: --app is one of ${Object.keys(APPS).join(', ')}\n`);
  process.exit(1);
}

install();
if (!turbo(['build', '--output-logs=errors-only'])) process.exit(1);
run(process.execPath, [`apps/${APPS[values.app]}/dist/demo.js`, ...process.argv.slice(2)]);
