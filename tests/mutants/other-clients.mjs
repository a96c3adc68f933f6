// What may not be taken out of the calls of clients of others without a test that turns red. Run by tools/mutants.mjs.

const source = (name) => `packages/core/src/${name}.ts`;
const test = (file) => (name) => ({ file: `packages/core/test/outbound/${file}.test.ts`, test: name });

const CLIENT = source('http/client');
const FETCH = source('outbound/fetch');
const SDK = source('outbound/sdk-fetcher');
const INTERCEPTOR = source('outbound/interceptor');

const redirectTest = test('redirects');
const fetchTest = test('fetch');
const signalTest = test('signals');
const sdkTest = test('sdk-fetcher');
const interceptorTest = test('interceptor');

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  // Redirects of undici's own (T109).
  {
    name: 'redirects followed by a dispatcher of the application (T109)',
    file: CLIENT,
    find: '...NO_REDIRECT,',
    replace: '',
    expects: redirectTest('of the token endpoint'),
  },
  {
    name: 'Interceptor: redirects followed behind it (T109)',
    file: INTERCEPTOR,
    find: '...NO_REDIRECT, ',
    replace: '',
    expects: redirectTest('T109: undici’s redirect before our interceptor'),
  },
  {
    name: 'Interceptor: a Client of another host gets the token (T109)',
    file: INTERCEPTOR,
    find: '{ ...headers, host: hosts.apiUrl.host }',
    replace: 'headers',
    expects: redirectTest('sends nothing over TLS to a'),
  },
  // Answers as streams.
  {
    name: 'Stream: in the place of a connection that was given up another is made (F05)',
    file: CLIENT,
    find: "stop.stopped ??= { reason: new HttpFailure('network', 'the stream is over') };",
    replace: '',
    expects: fetchTest('an answer that nobody gets is not received'),
  },

  // fetch.
  {
    name: 'fetch: Node warns of a leak when many calls share a signal (F54)',
    file: FETCH,
    find: 'rest: bare({ ...init, signal: null })',
    replace: 'rest: init',
    expects: signalTest(
      'F54: more calls of fetch with one signal than Node expects of a Request are no leak to warn of',
    ),
  },
  {
    name: 'fetch: the URL of a Request is not looked at (T069)',
    file: FETCH,
    find: 'url: locate(input.url)',
    replace: 'url: new URL(input.url)',
    expects: fetchTest('gets no token, and none is asked for'),
  },
  {
    name: 'fetch: a URL is not looked at (T069)',
    file: FETCH,
    find: 'const url = locate(String(input));',
    replace: 'const url = new URL(String(input), locate("/"));',
    expects: fetchTest('gets no token, and none is asked for'),
  },
  {
    name: 'fetch: what is no Request is called by its name',
    file: FETCH,
    find: "if (typeof input !== 'string' && !(input instanceof URL)) {",
    replace: 'if (false) {',
    expects: fetchTest('is a TypeError'),
  },
  {
    name: 'fetch: headers of the connection are sent (T073)',
    file: FETCH,
    find: '...ownHeaders(Object.fromEntries(request.headers))',
    replace: '...Object.fromEntries(request.headers)',
    expects: fetchTest('is refused'),
  },
  {
    name: 'fetch: a stream is sent twice',
    file: FETCH,
    find: 'isReplayable: !isStream',
    replace: 'isReplayable: true',
    expects: fetchTest('as it comes, and once'),
  },
  {
    name: 'fetch: the body of a Request is taken for a stream',
    file: FETCH,
    find: 'const isStream = isStreamOfBytes(init?.body);',
    replace: 'const isStream = isStreamOfBytes(request.body);',
    expects: fetchTest('sends the body of a Request again'),
  },
  {
    name: 'fetch: an answer that is asked for again is received all the same',
    file: FETCH,
    find: 'latest?.body.destroy();\n      latest =',
    replace: 'latest =',
    expects: fetchTest('an answer that nobody gets is not received'),
  },
  {
    name: 'fetch: an answer that nobody gets holds its connection',
    file: FETCH,
    find: 'latest?.body.destroy();\n      throw',
    replace: 'throw',
    expects: fetchTest('a rejected answer whose renewal fails holds no connection'),
  },
  {
    name: 'fetch: redirect: error is not looked at (T070)',
    file: FETCH,
    find: "request.redirect === 'error' && ",
    replace: 'false && ',
    expects: fetchTest('T070: a redirect is an answer'),
  },
  {
    name: 'fetch: the deadline begins when a body was read',
    file: FETCH,
    find: 'await withinDeadline(reading, timeoutMs, { tooLate })',
    replace: 'await reading',
    expects: fetchTest('the deadline holds for the body of a Request that never ends'),
  },
  {
    name: 'fetch: a signal is not heard while a body is read',
    file: FETCH,
    find: 'unlessAborted(request.arrayBuffer(), signal)',
    replace: 'request.arrayBuffer()',
    expects: fetchTest('is what it rejects with'),
  },
  {
    name: 'fetch: a signal is lost with its Request',
    file: FETCH,
    find: 'owners.set(request.signal, request);',
    replace: '',
    expects: fetchTest('a signal ends the body too, after its Request was collected'),
  },
  {
    name: 'fetch: a status that HTTP does not have is a RangeError',
    file: FETCH,
    find: 'if (status > 599) {',
    replace: 'if (false) {',
    expects: fetchTest('a status that HTTP does not have is invalid_api_response'),
  },
  {
    name: 'fetch: who reads into a buffer waits for ever',
    file: FETCH,
    find: 'controller.byobRequest?.respond(0);',
    replace: '',
    expects: fetchTest('a body into buffers of the reader’s own ends'),
  },
  {
    name: 'fetch: a body that is given up is received all the same',
    file: FETCH,
    find: 'body.destroy();\n    },',
    replace: '},',
    expects: fetchTest('streams: the first bytes'),
  },

  // The fetcher of eGain's SDK.
  {
    name: 'SDK: its host is not the API host (trap 5)',
    file: SDK,
    find: 'if (url.origin === SDK_ORIGIN) {',
    replace: 'if (false) {',
    expects: sdkTest('trap 5: every operation goes to the API host'),
  },
  {
    name: 'SDK: every host is the API host (T069)',
    file: SDK,
    find: 'if (url.origin === SDK_ORIGIN) {',
    replace: 'if (true) {',
    expects: sdkTest('T069: any other host gets no token'),
  },
  {
    name: 'SDK: two slashes stay two (trap 5)',
    file: SDK,
    find: "url.pathname = url.pathname.replace(/^\\/{2,}/, '/');",
    replace: '',
    expects: sdkTest('trap 5: every operation goes to the API host'),
  },

  // The interceptor.
  {
    name: 'Interceptor: any origin gets the token (T069)',
    file: INTERCEPTOR,
    find: "resolveApiUrl(hosts, path.startsWith('/') ? `${start}${path}` : path)",
    replace: "new URL(path.startsWith('/') ? `${start}${path}` : path)",
    expects: interceptorTest('T069: a request to any other origin fails'),
  },
  {
    name: 'Interceptor: a path that is a URL counts for nothing (T069)',
    file: INTERCEPTOR,
    find: "path.startsWith('/') ? `${start}${path}` : path",
    replace: '`${start}/${path}`',
    expects: interceptorTest('T069: a request to any other origin fails'),
  },
  {
    name: 'Interceptor: any Host gets the token (T069)',
    file: INTERCEPTOR,
    find: 'const isOther = host !== undefined && host !== hosts.apiUrl.host;',
    replace: 'const isOther = false;',
    expects: interceptorTest('T069: a request to any other origin fails'),
  },
  {
    name: 'Interceptor: no origin is ours (T069)',
    file: INTERCEPTOR,
    find: 'new URL(origin).origin : undefined',
    replace: 'new URL(origin).origin : hosts.apiUrl.origin',
    expects: interceptorTest('T069: a client that has an origin of its own'),
  },
  {
    name: 'Interceptor: names of headers are compared as they are written (T073)',
    file: INTERCEPTOR,
    find: 'const key = name.toLowerCase();',
    replace: 'const key = name;',
    expects: interceptorTest('T073: one Authorization'),
  },
  {
    name: 'Interceptor: two names and two values are two pairs',
    file: INTERCEPTOR,
    find: 'if (items.every(Array.isArray))',
    replace: 'if (items.length === 2)',
    expects: interceptorTest('T073: one Authorization'),
  },
  {
    name: 'Interceptor: a header that comes twice is sent once',
    file: INTERCEPTOR,
    find: '[before, value].flat()',
    replace: 'value',
    expects: interceptorTest('keeps headers that come more than once'),
  },
  {
    name: 'Interceptor: a cache behind it keeps answers (T071)',
    file: INTERCEPTOR,
    find: "'no-store'].flat()",
    replace: '].flat()',
    expects: interceptorTest('the interceptor, of type'),
  },
  {
    name: 'Interceptor: a cache in front of it keeps answers (T071)',
    file: INTERCEPTOR,
    find: "{ ...headers, 'cache-control': 'no-store' }",
    replace: 'headers',
    expects: interceptorTest('the interceptor, of type'),
  },
  {
    name: 'Interceptor: a 401 is renewed for ever (T074)',
    file: INTERCEPTOR,
    find: 'status === 401 && !isReplay',
    replace: 'status === 401',
    expects: interceptorTest('T074: is not renewed twice'),
  },
  {
    name: 'Interceptor: the same token is another one (T074)',
    file: 'packages/core/src/outbound/caller.ts',
    find: 'renewed.accessToken === accessToken ? undefined : renewed',
    replace: 'renewed',
    expects: interceptorTest('T074: is not renewed while it is fresh'),
  },
  {
    name: 'Interceptor: a stream is sent twice',
    file: INTERCEPTOR,
    find: 'if (request.isReplayable) {',
    replace: 'if (true) {',
    expects: interceptorTest('is renewed for the next request where a stream was sent'),
  },
  {
    name: 'Interceptor: what is not sent again is not renewed',
    file: INTERCEPTOR,
    find: 'replaceRejected(tokens, request.getToken).catch(() => {});',
    replace: '',
    expects: interceptorTest('is renewed for the next request where a stream was sent'),
  },
  {
    name: 'Interceptor: a rejected answer is received while its token is renewed',
    file: INTERCEPTOR,
    find: 'attempt.pause();',
    replace: '',
    expects: interceptorTest('nor while another token is waited for'),
  },
  {
    name: 'Interceptor: a rejected answer that is handed over stands still',
    file: INTERCEPTOR,
    find: 'if (!controller.paused) attempt.resume();',
    replace: '',
    expects: interceptorTest('a handler that never resumes'),
  },
  {
    name: 'Interceptor: a rejected answer is handed over before it is known whether there will be another',
    file: INTERCEPTOR,
    find: 'if (held) held.push(event);',
    replace: 'if (false) {}',
    expects: interceptorTest('sent once more'),
  },
  {
    name: 'Interceptor: an endless rejected answer is received',
    file: INTERCEPTOR,
    find: "if (discardedBytes > MAX_DISCARDED_BYTES) attempt.abort(new Error('given up'));",
    replace: '',
    expects: interceptorTest('an endless rejected answer does not stay'),
  },
  {
    name: 'Interceptor: a rejected answer holds its connection',
    file: INTERCEPTOR,
    find: 'attempt.abort(error as Error);',
    replace: '',
    expects: interceptorTest('is the error of the token endpoint where no other can be had'),
  },
  {
    name: 'Interceptor: what is over before its token is renewed cannot be given up',
    file: INTERCEPTOR,
    find: 'this.#onAbort(reason);',
    replace: '',
    expects: interceptorTest('for another token at once'),
  },
  {
    name: 'Interceptor: a signal is not heard while a token is waited for',
    file: INTERCEPTOR,
    find: 'getToken({ signal, rejected })',
    replace: 'getToken({ rejected })',
    expects: interceptorTest('a signal stops the wait for a token at once'),
  },
  {
    name: 'Interceptor: what was given up is sent again',
    file: INTERCEPTOR,
    find: "if (isOver) return attempt.abort(controller.reason ?? new Error('given up'));",
    replace: '',
    expects: interceptorTest('what was given up is not sent again'),
  },
  {
    name: 'Interceptor: undici’s retry is not told',
    file: INTERCEPTOR,
    find: 'handler.onResponseEnd?.(controller, trailers);',
    replace: 'isOver = true; handler.onResponseEnd?.(controller, trailers);',
    expects: interceptorTest('it, what failed is sent again, with a token'),
  },
];
