// What may not be taken out of fakeEgain. Run by tools/mutants.mjs.

const FAKE = 'packages/testing/src/fake-egain.ts';
const TRANSPORT = 'packages/testing/src/fake-transport.ts';
const expects = (name) => ({ file: 'packages/testing/test/fake-egain.test.ts', test: name });

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  {
    name: 'fakeEgain: somebody is always signed in',
    file: FAKE,
    find: 'if (!identity) return request;',
    replace: '',
    and: [{ find: 'signIn(identity)', replace: 'signIn(identity ?? {})' }],
    expects: expects('is an EgainAuth without a warning, and nobody is signed in'),
  },
  {
    name: 'fakeEgain: a session of its own is replaced',
    file: FAKE,
    find: '(hasOwn ? cookies : [...cookies, session])',
    replace: '[...cookies, session]',
    expects: expects('a request with a session of its own keeps it'),
  },
  {
    name: 'fakeEgain: the policy of the application is not asked',
    file: FAKE,
    find: '    ...options,\n',
    replace: '    ...options,\n    authorizeSubject: () => true,\n',
    and: [{ find: '    authorizeSubject: () => true,\n    baseUrl', replace: '    baseUrl' }],
    expects: expects('the policy and the checks of production hold'),
  },
  {
    name: 'fakeEgain: what has no answer is an empty list',
    file: TRANSPORT,
    find: 'if (!known.has(name)) {',
    replace: 'if (false) {',
    expects: expects('a call without an answer fails and says what to add'),
  },
  {
    name: 'fakeEgain: an answer that no call finds is taken',
    file: TRANSPORT,
    find: "    throw new TypeError(`fakeEgain: ${JSON.stringify(name)} is no call: write 'GET /path', without a query.`);\n",
    replace: '',
    expects: expects('is no call that could be answered'),
  },
  {
    name: 'fakeEgain: an answer that throws is never heard of',
    file: TRANSPORT,
    find: "    throw failure(`could not answer '${name}': ${String(error)}`, 'Mend the function or the body of this answer.');",
    replace: '    throw error;',
    expects: expects('an answer that throws, or is no JSON, fails and says why'),
  },
  {
    name: 'fakeEgain: a body that has a status is an answer',
    file: TRANSPORT,
    find: "typeof status === 'number' && ",
    replace: 'status !== undefined || ',
    expects: expects('README: answers are bodies, statuses, or functions of the call'),
  },
];
