// npm run demo: installs what is needed, builds, and starts the sample application beside its own eGain.
import { install, run, turbo } from './setup.mjs';

install();
if (!turbo(['build', '--output-logs=errors-only'])) process.exit(1);
run(process.execPath, ['apps/express-agent-desk/dist/demo.js', ...process.argv.slice(2)]);
