// One contestant's application on one host, in a process of its own. Usage: fork(file, [name, host]).
import { register } from 'node:module';
import { serveContestant } from '../middleware/serve-contestant.ts';
import { loadContestant } from './contestants.ts';
import { type HostName, hostOf } from './hosts.ts';

const [, , name = '', host = ''] = process.argv;
const { framework, imports } = hostOf(host as HostName);
if (imports) register('./framework-imports.js', import.meta.url, { data: imports });
await serveContestant(await loadContestant(framework, name));
