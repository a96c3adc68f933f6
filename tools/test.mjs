// npm test: installs what is needed, builds, and runs what no change may break, on the Node that runs it.
import { build, chromium, install, jest } from './setup.mjs';
import { ONLY_IN_FULL } from './test-sets.mjs';

install();
const EGAIN_AUTH_CHROMIUM = chromium();
if (!build()) process.exit(1);
const { failed } = jest(['--ignoreProjects', ...ONLY_IN_FULL], { env: { EGAIN_AUTH_CHROMIUM } });
process.exitCode = failed === 0 ? 0 : 1;
