// One contestant's application in a process of its own. Usage: fork(file, [name]).
import { type ContestantName, loadContestant } from './contestants.ts';
import { serveContestant } from './serve-contestant.ts';

const [, , name = ''] = process.argv;
await serveContestant(await loadContestant(name as ContestantName));
