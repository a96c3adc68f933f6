// What may not be taken out of the calls of eGain's API without a test that turns red. Run by tools/mutants.mjs.

const outbound = (name) => `packages/core/src/outbound/${name}.ts`;
const test = (name) => `packages/core/test/${name}.test.ts`;

const URLS = outbound('api-url');
const PATHS = outbound('api-path');
const PAGES = outbound('pages');
const CALLER = outbound('caller');
const CALL = outbound('api-call');
const RETRIES = outbound('api-retries');
const ANSWER = outbound('api-answer');
const CLIENT = outbound('api-client');
const CONTEXT = outbound('request-context');
const RECEIVERS = 'packages/core/src/http/receivers.ts';
const HTTP = 'packages/core/src/http/client.ts';

const target = (name) => ({ file: test('payloads/api-targets'), test: name });
const bodies = (name) => ({ file: test('outbound/request-body'), test: name });
const paths = (name) => ({ file: test('outbound/api-path'), test: name });
const pages = (name) => ({ file: test('outbound/pages'), test: name });
const callers = (name) => ({ file: test('outbound/callers'), test: name });
const retries = (name) => ({ file: test('outbound/api-retries'), test: name });
const renewal = (name) => ({ file: test('outbound/api-client-renewal'), test: name });
const streams = (name) => ({ file: test('outbound/streams'), test: name });
const client = (name) => ({ file: test('outbound/api-client'), test: name });
const answers = (name) => ({ file: test('outbound/api-answer'), test: name });
const ledger = (name) => ({ file: test('outbound/ledger'), test: name });
const connections = (name) => ({ file: test('outbound/connections'), test: name });
const apiAs = (name) => ({ file: test('outbound/api-as'), test: name });

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  // Where a token goes (T069, T070, T073).
  {
    name: 'any origin',
    file: URLS,
    find: 'return isPlain && origin === apiUrl.origin;',
    replace: 'return isPlain;',
    expects: target('T069: '),
  },
  {
    name: 'any scheme of the origin',
    file: URLS,
    find: 'protocol === apiUrl.protocol && ',
    replace: '',
    expects: target('T069: '),
  },
  {
    name: 'userinfo in a path',
    file: URLS,
    find: "username === '' && password === '' && ",
    replace: '',
    expects: target('T069: '),
  },
  {
    name: 'a host where a path should be',
    file: URLS,
    find: " && !pathname.startsWith('//')",
    replace: '',
    expects: target('T069: '),
  },
  {
    name: 'dot segments and backslashes resolved before they are looked for (T107)',
    file: URLS,
    find: 'assertPlainPath(path);',
    replace: 'assertPlainPath(url.pathname);',
    expects: target('is refused by every client'),
  },
  {
    name: 'escapes undone once (T107)',
    file: 'packages/core/src/protocol/encodings.ts',
    find: "while (read.at(-3) === '%'",
    replace: "if (read.at(-3) === '%'",
    expects: target('is refused by every client'),
  },
  {
    name: 'ids that are dot segments (T107)',
    file: PATHS,
    find: ' || hasDotSegment(id)',
    replace: '',
    expects: paths('refuses the id'),
  },
  {
    name: 'query form-encoded',
    file: URLS,
    find: ".replaceAll('+', '%20')",
    replace: '',
    expects: target('T073: the query'),
  },
  {
    name: 'a redirect taken for success',
    file: ANSWER,
    find: 'status >= 200 && status <= 299',
    replace: 'status >= 200 && status <= 399',
    expects: client('T070: a redirect is an error'),
  },
  {
    name: 'headers of the connection set by callers',
    file: CLIENT,
    find: 'if (!isSendable || NOT_THEIRS.test(name))',
    replace: 'if (!isSendable)',
    expects: client('of a header is refused'),
  },
  {
    name: 'headers of callers not looked at',
    file: CLIENT,
    find: 'if (!isSendable || NOT_THEIRS.test(name))',
    replace: 'if (NOT_THEIRS.test(name))',
    expects: client('of a header is refused'),
  },
  {
    name: 'authorization of callers sent',
    file: CALL,
    find: '      authorization: `Bearer ${accessToken}`,',
    replace: '      authorization: `Bearer ${accessToken}`,\n      ...headers,',
    expects: client('is sent once, and is ours'),
  },
  {
    name: 'answers may be kept by a cache of the caller’s',
    file: CALL,
    find: "'cache-control': 'no-store',",
    replace: '',
    expects: client('T071: nor by a cache in a dispatcher of the caller’s'),
  },
  {
    name: 'freshConnection of a prototype',
    file: 'packages/core/src/http/client.ts',
    find: 'const request = bare(given);\n    const stop = stopAfter(request.timeoutMs ?? timeoutMs, request.signal);',
    replace: 'const request = given;\n    const stop = stopAfter(request.timeoutMs ?? timeoutMs, request.signal);',
    expects: { file: test('http/client'), test: 'T098: a polluted prototype changes nothing' },
  },

  // Pages.
  {
    name: 'pages in a circle',
    file: PAGES,
    find: '(seen.has(next) || seen.size >= MAX_PAGES)',
    replace: 'seen.size >= MAX_PAGES',
    expects: pages('that lead in a circle'),
  },
  {
    name: 'pages without an end',
    file: PAGES,
    find: '(seen.has(next) || seen.size >= MAX_PAGES)',
    replace: 'seen.has(next)',
    expects: pages('that never end'),
  },
  {
    name: 'query sent with each page',
    file: PAGES,
    find: 'query = undefined;',
    replace: '',
    expects: pages('are had one after the other by their links'),
  },
  {
    name: 'a page that is null',
    file: PAGES,
    find: 'page?.paginationInfo',
    replace: '(page as Page).paginationInfo',
    expects: pages('are one as well'),
  },

  // As whom, and with which scope.
  {
    name: 'refused by eGain only',
    file: CALLER,
    find: 'if (operation && !accepts(operation, actors)) throw notAccepted(operation, actors);',
    replace: '',
    expects: callers('an operation that does not accept the actor'),
  },
  {
    name: 'refused where nothing is declared',
    file: CALLER,
    find: '!operation?.isDeclared ||',
    replace: '!operation ||',
    expects: callers('is no reason to refuse'),
  },
  {
    name: 'the scope of the application guessed',
    file: CALLER,
    find: 'return defaultClientScope ?? refuseToGuess();',
    replace: "return defaultClientScope ?? ['.default'];",
    expects: callers('the application without it is refused'),
  },
  {
    name: 'scopes asked for of a session',
    file: CALLER,
    find: "if (actor.type === 'session') return NONE;",
    replace: '',
    expects: callers('accepts or refuses'),
  },
  {
    name: 'a scope of its own left out',
    file: CALLER,
    find: 'scope: scope ?? leastScope(',
    replace: 'scope: leastScope(',
    expects: callers('a scope of its own is asked for instead'),
  },
  {
    name: 'the first actor, accepted or not',
    file: CONTEXT,
    find: 'if (actor && accepts(operation, [name])) return',
    replace: 'if (actor) return',
    expects: apiAs('settles for each operation anew who calls'),
  },
  {
    name: 'whoever signed in, as any persona',
    file: CONTEXT,
    find: 'return session?.persona === name ?',
    replace: 'return session ?',
    expects: apiAs('signed in, and'),
  },
  {
    name: 'nobody signed in while the store fails',
    file: CONTEXT,
    find: 'const session = requireLookup();',
    replace: 'const session = openSession();',
    expects: apiAs('F28: while nobody can be looked up'),
  },

  // A rejected token (R7, T074).
  {
    name: 'rejected token not renewed',
    file: CALL,
    find: 'identity.getToken({ signal, rejected })',
    replace: 'identity.getToken({ signal })',
    expects: renewal('is renewed, and the request sent once more'),
  },
  {
    name: 'a renewal for each rejection',
    file: CALL,
    find: 'answer?.status === 401 && !isRenewed',
    replace: 'answer?.status === 401',
    expects: renewal('T074: is renewed once for each call'),
  },
  {
    name: 'a stream replayed with another token',
    file: CALL,
    find: 'if (renewed && isReplayable) {',
    replace: 'if (renewed) {',
    expects: streams('is not sent again with another token'),
  },

  // What is sent again (T072).
  {
    name: 'any method sent again',
    file: RETRIES,
    find: "if (method !== 'GET' && method !== 'HEAD') return undefined;",
    replace: '',
    expects: retries('whatever became of it'),
  },
  {
    name: 'any failure sent again',
    file: RETRIES,
    find: "outcome.failure.kind === 'network' ?",
    replace: 'true ?',
    expects: retries('is not what failed as'),
  },
  {
    name: 'any refusal sent again',
    file: RETRIES,
    find: 'status !== 429 && status < 500',
    replace: 'status < 400',
    expects: retries('not even where it says when'),
  },
  {
    name: 'Retry-After of an API not kept',
    file: RETRIES,
    find: 'Math.max(retryAfterMs(outcome.answer) ?? 0, backOffMs)',
    replace: 'backOffMs',
    expects: retries('is no shorter than eGain says'),
  },
  {
    name: 'dates by our own clock',
    file: 'packages/core/src/protocol/retry-after.ts',
    find: '(parseDate(date) ?? Date.now())',
    replace: 'Date.now()',
    expects: retries('is what it says in'),
  },
  {
    name: 'a budget without an end',
    file: RETRIES,
    find: 'if (left < 1) return false;',
    replace: '',
    expects: retries('is ten in a row'),
  },
  {
    name: 'budget not asked',
    file: CALL,
    find: ' || !budget.spend()',
    replace: '',
    expects: retries('F40: a hundred callers'),
  },
  {
    name: 'a stream sent again',
    file: CALL,
    find: 'const delayMs = isReplayable && retries',
    replace: 'const delayMs = retries',
    expects: streams('T072: is sent once, whatever happens to it'),
  },
  {
    name: 'sent again over a kept connection',
    file: CALL,
    find: "freshConnection = 'failure' in outcome;",
    replace: '',
    expects: retries('F41: whose connection is lost'),
  },

  // Deadlines.
  {
    name: 'a wait beyond the deadline',
    file: CALL,
    find: 'delayMs >= trace.leftMs',
    replace: 'delayMs > call.timeoutMs',
    expects: retries('that the deadline does not leave is not begun'),
  },
  {
    name: 'tokens without a deadline',
    file: CALL,
    find: 'await withinDeadline(tokens, this.leftMs, { tooLate: () => unavailable(this.#call) })',
    replace: 'await tokens',
    expects: retries('the token too'),
  },
  {
    name: 'the whole deadline for each try',
    file: CALL,
    find: 'requestOf(call, tokens, trace.leftMs, freshConnection)',
    replace: 'requestOf(call, tokens, call.timeoutMs, freshConnection)',
    expects: retries('each try has what is left'),
  },
  {
    name: 'timeouts of undici’s own',
    file: 'packages/core/src/http/client.ts',
    find: 'headersTimeout: 0,\n    bodyTimeout: 0,',
    replace: '',
    expects: { file: test('http/client'), test: 'undici has no timeouts of its own' },
  },
  {
    name: 'deadlines that no timer can wait',
    file: CLIENT,
    find: "timeoutMs: checkTimeout(limitMs, 'options.timeoutMs')",
    replace: 'timeoutMs: limitMs',
    expects: streams('is none: it is refused before a token'),
  },

  // Errors (T095).
  {
    name: 'token quoted as it is',
    file: ANSWER,
    find: ".replaceAll(accessToken, '[access token]')",
    replace: '',
    expects: client('T095: a gateway that quotes'),
  },
  {
    name: 'token quoted in an encoding',
    file: ANSWER,
    find: 'const isKept = text.length <= MAX_ERROR_TEXT && !repeatsAny(text, [accessToken]);',
    replace: 'const isKept = text.length <= MAX_ERROR_TEXT;',
    expects: target('T095: an error that repeats the token'),
  },
  {
    name: 'errors of any length',
    file: ANSWER,
    find: 'text.length <= MAX_ERROR_TEXT && ',
    replace: '',
    expects: answers('of a page no more is kept'),
  },
  {
    name: 'any code in a message',
    file: ANSWER,
    find: 'isPlainCode(apiCode) ?',
    replace: 'apiCode ?',
    expects: target('an error body'),
  },
  {
    name: 'an error read without an end',
    file: CLIENT,
    find: 'if (size > MAX_ERROR_BYTES) break;',
    replace: '',
    expects: streams('of an error without an end'),
  },

  // Streams.
  {
    name: 'no backpressure',
    file: RECEIVERS,
    find: 'if (answer?.body.push(chunk) === false) controller.pause();',
    replace: 'answer?.body.push(chunk);',
    expects: streams('that nobody reads is not sent on'),
  },
  {
    name: 'connection kept by a stream that is destroyed',
    file: RECEIVERS,
    find: "if (!this.readableEnded) controller.abort(error ?? new Error('given up'));",
    replace: '',
    expects: streams('that is destroyed closes its connection'),
  },
  {
    name: 'an error that nobody listens to ends the process',
    file: RECEIVERS,
    find: "callback(this.listenerCount('error') > 0 ? error : null)",
    replace: 'callback(error)',
    expects: streams('that nobody looks at ends at its deadline'),
  },
  {
    name: 'a stream breaks before anybody has it',
    file: RECEIVERS,
    find: 'if (error) setImmediate(',
    replace: 'if (error) queueMicrotask(',
    expects: { file: test('http/client'), test: 'breaks with its head is heard of' },
  },
  {
    name: 'a timer held by what is there',
    file: RECEIVERS,
    find: '// What is left to be read is here already.\n      onOver();',
    replace: '',
    expects: streams('that is there whole holds neither timer'),
  },
  {
    name: 'errors of undici for readers',
    file: RECEIVERS,
    find: 'answer.body.destroy(toFailure(error, answer))',
    replace: 'answer.body.destroy(error)',
    expects: streams('is api_unavailable, for who reads at once'),
  },
  {
    name: 'failures of the transport for readers',
    file: CLIENT,
    find: '(isSuccess(head) ? brokenOff(request, failure) : failure)',
    replace: 'failure',
    expects: streams('ends at the deadline, with api_unavailable'),
  },
  {
    name: 'forms left to undici',
    file: 'packages/core/src/outbound/request-body.ts',
    find: 'return contentOf(multipartOf(body), type);',
    replace: 'return { body: body as never, isReplayable: true };',
    expects: streams('that is a form has its boundary'),
  },
  {
    name: 'anything is JSON (F80)',
    file: outbound('request-body'),
    find: 'if (!isJson(value)) throw unsendable(value);',
    replace: '',
    expects: bodies('is a TypeError that says what to pass, and nothing is sent'),
  },
  {
    name: 'text encoded again (F80)',
    file: outbound('request-body'),
    find: "if (typeof body === 'string' && type !== undefined) return { body, isReplayable: true };",
    replace: '',
    expects: bodies('with a content-type of its own is sent as it is'),
  },
  {
    name: 'fetch sends the name of a class (F80)',
    file: outbound('request-body'),
    find: 'if (!isSent) throw unsendable(body);',
    replace: '',
    expects: bodies('as its body is a TypeError, and nothing is sent'),
  },
  {
    name: 'a refused stream stays open (F80, F53)',
    file: outbound('owned-body'),
    find: ' && !isNodeStream(body)) return call();',
    replace: ') return call();',
    expects: bodies('is destroyed: '),
  },
  {
    name: 'a name that ends its header',
    file: outbound('multipart'),
    find: ".replaceAll('\"', '%22')",
    replace: '',
    expects: streams('that is a form has its boundary'),
  },

  // How many at the same time (F56).
  {
    name: 'streams on the connections of calls',
    file: HTTP,
    find: "return await start('streams', request",
    replace: "return await start('calls', request",
    expects: connections('F56: seventy slow'),
  },
  {
    name: 'uploads of slow senders on the connections of calls',
    file: HTTP,
    find: "isStream(request.body) ? 'streams' : 'calls'",
    replace: "'calls'",
    expects: connections('F56: seventy slow'),
  },
  {
    name: 'a stream sent again over a kept connection',
    file: HTTP,
    find: '(freshConnection ? fresh : kept)',
    replace: 'kept',
    expects: connections('F56, T067: a stream of'),
  },
  {
    name: 'numbers of connections of a prototype',
    file: HTTP,
    find: 'maxStreams = STREAMS } = bare(options);',
    replace: 'maxStreams = STREAMS } = options;',
    expects: { file: test('http/client'), test: 'T098: a polluted prototype changes nothing' },
  },
  {
    name: 'any number of connections',
    file: 'packages/core/src/http/agent.ts',
    find: 'connections: options.connections, factory',
    replace: 'factory',
    expects: { file: test('http/client'), test: 'what was given up while it waited for one makes none' },
  },
  {
    name: 'as many token requests as there are by default',
    file: 'packages/core/src/create-egain-auth.ts',
    find: '...(!dispatcher && { maxConnections }),',
    replace: '',
    expects: connections('is the most token requests at the same time'),
  },
  {
    name: 'a limit for a dispatcher of the application’s own',
    file: 'packages/core/src/create-egain-auth.ts',
    find: '...(!dispatcher && { maxConnections }),',
    replace: 'maxConnections,',
    expects: connections('F56: a dispatcher of the application’s own'),
  },
  {
    name: 'no connections at all',
    file: 'packages/core/src/configuration/option-problems.ts',
    find: 'if (Number.isSafeInteger(value) && value > 0) return value;',
    replace: 'if (Number.isSafeInteger(value)) return value;',
    expects: { file: test('configuration/option-problems'), test: 'is refused: ' },
  },

  // What is told.
  {
    name: 'paths of callers in the ledger',
    file: CALL,
    find: 'path: publicPath(operation, url.pathname)',
    replace: 'path: url.pathname',
    expects: ledger('has one entry for each call, however it ended'),
  },
  {
    name: 'ids of a path in errors (T114)',
    file: ANSWER,
    find: 'publicPath(operation, url.pathname)',
    replace: 'url.pathname',
    expects: { file: test('outbound/path-ids'), test: 'no id is in an error or an event' },
  },
  {
    name: 'ids of an unknown path in errors and the ledger (T114)',
    file: 'packages/core/src/operations/find-operation.ts',
    find: "words?.has(segment) ? segment : '{...}'",
    replace: 'segment',
    expects: { file: test('outbound/path-ids'), test: 'no id is in an error or an event' },
  },
  {
    name: 'paths of callers in events',
    file: CALL,
    find: '...(operation && { path: operation.path }),',
    replace: 'path: url.pathname,',
    expects: ledger('is told for each try'),
  },
  {
    name: 'a ledger without an end',
    file: CONTEXT,
    find: 'if (ledger.length < MAX_LEDGER) ',
    replace: '',
    expects: ledger('has a thousand entries at most'),
  },
  {
    name: 'Server-Timing unasked',
    file: CONTEXT,
    find: 'if (dependencies.serverTiming && ',
    replace: 'if (',
    expects: ledger('is not there with'),
  },
  {
    name: 'Server-Timing after the headers',
    file: CONTEXT,
    find: ' && !reply.headersSent) reply.appendHeader',
    replace: ') reply.appendHeader',
    expects: ledger('tells nothing after the headers were sent'),
  },
];
