// npm run bench -- tokens: installs what is needed, builds, and measures beside a floor and the peers.
import { install, root, run, turbo } from './setup.mjs';

install();
if (!turbo(['build', '--filter=benchmarks...', '--output-logs=errors-only'])) process.exit(1);
run(process.execPath, ['benchmarks/dist/main.js', ...process.argv.slice(2)], { cwd: root });
