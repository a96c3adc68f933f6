// npm run bench -- tokens: installs what is needed, builds, and measures beside a floor and the peers.
import { build, install, root, run } from './setup.mjs';

install();
if (!build('benchmarks')) process.exit(1);
run(process.execPath, ['benchmarks/dist/main.js', ...process.argv.slice(2)], { cwd: root });
