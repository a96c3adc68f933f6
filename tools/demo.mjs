// npm run demo: installs what is needed, builds what changed, and starts a sample application beside its own eGain.
// Usage: npm run demo -- [--app express|koa|nestjs] [--check]
import { parseArgs } from 'node:util';
import { build, install, run } from './setup.mjs';

const APPS = { express: 'express-agent-desk', koa: 'koa-self-service', nestjs: 'nestjs-bff' };

function stop(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

function parseArguments() {
  try {
    return parseArgs({ options: { app: { type: 'string', default: 'express' }, check: { type: 'boolean' } } }).values;
  } catch (error) {
    return stop(error.message);
  }
}

const { app, check } = parseArguments();
if (!Object.hasOwn(APPS, app)) stop(`There is no sample ${app}: use --app ${Object.keys(APPS).join(' or --app ')}`);
if (check && app !== 'express') stop('--check walks the flows of all samples at once: leave --app out');

install();
if (!build(APPS[app])) process.exit(1);
run(process.execPath, [`apps/${APPS[app]}/dist/demo.js`, ...(check ? ['--check'] : [])]);
