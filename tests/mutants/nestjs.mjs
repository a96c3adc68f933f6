// What may not be taken out of the Nest adapter without a test that turns red. Run by tools/mutants.mjs.

const source = (name) => `packages/nestjs/src/${name}.ts`;
const test = (file) => (name) => ({ file: `packages/nestjs/test/${file}.test.ts`, test: name });

const GUARD = source('egain-auth.guard');
const FILTER = source('egain-auth.filter');
const MODULE = source('egain-auth.module');
const MIDDLEWARE = source('egain-auth.middleware');
const INTERCEPTOR = source('on-behalf-of.interceptor');
const DECORATORS = source('egain-auth.decorators');
const SERVICE = source('egain-http.service');
const REQUEST = source('current-request');

const guardTest = test('egain-auth.guard');
const filterTest = test('egain-auth.filter');
const moduleTest = test('egain-auth.module');
const serviceTest = test('egain-http.service');
const signalTest = test('signals');
const cookieTest = test('cookies');

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  // Who may come in (T056).
  {
    name: 'Nest: a route without metadata is open',
    file: GUARD,
    find: "if (access === 'public') return true;",
    replace: "if (access === 'public' || !access) return true;",
    expects: guardTest('T056: with the global guard a route without metadata is closed'),
  },
  {
    name: 'Nest: acting on behalf of somebody opens what asks for a login',
    file: GUARD,
    find: 'if (!access && this',
    replace: 'if (this',
    expects: guardTest('acting on behalf of somebody does not open what asks for a login'),
  },
  {
    name: 'Nest: the controller decides over the handler',
    file: GUARD,
    find: '[context.getHandler(), context.getClass()]',
    replace: '[context.getClass(), context.getHandler()]',
    expects: guardTest('a guard is for a controller or a handler, and what is nearer decides'),
  },
  {
    name: 'Nest: @RequiresAuth does not bring its guard',
    file: DECORATORS,
    find: ', UseGuards(EgainAuthGuard)',
    replace: '',
    expects: guardTest('a guard is for a controller or a handler, and what is nearer decides'),
  },
  {
    name: 'Nest: a misspelt guard is none',
    file: MODULE,
    find: "if (guard !== undefined && guard !== 'global')",
    replace: 'if (false)',
    expects: moduleTest('T056: a misspelt guard does not leave everything open'),
  },
  {
    name: 'Nest: a redirect is refused once more',
    file: GUARD,
    find: 'return new Promise(() => {});',
    replace: 'return false;',
    expects: guardTest('a redirect is the answer: no filter of the application is asked for another'),
  },
  // For whom (T054).
  {
    name: 'Nest: the subject is asked for and not used',
    file: INTERCEPTOR,
    find: 'current.contexts.set(name, egain);',
    replace: '',
    expects: guardTest('on behalf of somebody nobody has to be signed in with eGain'),
  },
  {
    name: 'Nest: an eager refusal comes late',
    file: INTERCEPTOR,
    find: 'if (eager) await egain.getToken();',
    replace: '',
    expects: guardTest('eager: the refusal comes before the handler'),
  },
  {
    name: 'Nest: all requests share one context',
    file: REQUEST,
    find: 'requests.get(request) ?? { contexts: new Map() };',
    replace: '(globalThis.shared ??= { contexts: new Map() });',
    expects: serviceTest('T054: a service for all requests calls for whom each of them names, however they interleave'),
  },
  {
    name: 'Nest: unsubscribing aborts nothing',
    file: SERVICE,
    find: 'stopFollowing();\n        call.abort();',
    replace: 'stopFollowing();',
    expects: signalTest('F54: unsubscribing aborts'),
  },
  {
    name: 'Nest: a call that ended still listens to the signal of its caller (F54)',
    file: SERVICE,
    find: 'stopFollowing();\n        call.abort();',
    replace: 'call.abort();',
    expects: signalTest('F54: two thousand calls with one signal leave nothing on it, and Node warns of no leak'),
  },
  {
    name: 'Nest: a stream that was read still listens to the signal of its caller (F54)',
    file: SERVICE,
    find: "body.once('close', action);",
    replace: '',
    expects: signalTest('F54: a stream leaves nothing on the signal once it was read or destroyed'),
  },
  {
    name: 'Nest: a stream that is never read listens to the signal of its caller for ever (F54)',
    file: SERVICE,
    find: 'unread.register(body, action);',
    replace: '',
    expects: signalTest('F54: a stream that is never read leaves nothing on the signal once it was collected'),
  },
  {
    name: 'Nest: a call does not see that the signal of its caller is aborted already (F54)',
    file: SERVICE,
    find: 'if (signal.aborted) abort();',
    replace: '',
    expects: signalTest('F54: with a signal that is aborted already'),
  },
  // What is answered (T097), and with which cookies.
  {
    name: 'Nest: half an answer ends as if it were whole',
    file: FILTER,
    find: 'nodeResponse(response).destroy();',
    replace: 'nodeResponse(response).end();',
    expects: filterTest('half an answer does not look like a whole one'),
  },
  {
    name: 'Nest: errors of another copy of core are not ours',
    file: FILTER,
    find: '@Catch(AnyEgainAuthError)',
    replace: '@Catch(EgainAuthError)',
    and: [{ find: 'import { type EgainAuthError, ', replace: 'import { EgainAuthError, ' }],
    expects: filterTest('an error of another installed copy of core is one of ours'),
  },
  {
    name: 'Nest: on Fastify the cookies of middleware are replaced',
    file: MIDDLEWARE,
    find: 'mergeHeaders(reply);',
    replace: '',
    expects: cookieTest('and where it writes them as headers'),
  },
  {
    name: 'Nest: on Fastify a sign-in replaces the cookies of the reply',
    file: MIDDLEWARE,
    find: 'this.#current.reply ?? this.#response',
    replace: 'this.#response',
    expects: cookieTest('and where a handler sends the browser to sign in'),
  },
  // The end.
  {
    name: 'Nest: what was made stays open',
    file: MODULE,
    find: 'if (made.has(this.#egain)) await this.#egain.close();',
    replace: '',
    expects: moduleTest('closes what it made when the application ends, after the requests under way'),
  },
  {
    name: 'Nest: what was handed over is closed',
    file: MODULE,
    find: 'if (made.has(this.#egain)) await',
    replace: 'await',
    expects: moduleTest('leaves open what was handed to it'),
  },
];
