// What may not be taken out of core and the adapters without a rule of the contract of adapters that turns red, on one
// host each. Run by tools/mutants.mjs.

const core = (name) => `packages/core/src/${name}.ts`;
const CONTEXT = core('outbound/request-context');
const EXCHANGE = core('http/exchange');
const OWN_COOKIES = core('http/own-cookies');
const ERRORS = core('errors');
const ERROR_RESPONSE = core('http/error-response');
const MANAGER = core('session/session-manager');
const SEALED = core('session/sealed-sessions');
const COOKIES = core('session/cookies');
const TRANSACTION = core('session/login-transaction');
const CALLBACK = core('routes/callback');
const LATE_CALLBACK = core('routes/late-callback');
const LOGIN = core('routes/login');
const LOGOUT = core('routes/logout');
const ROUTER = core('routes/router');
const NAVIGATION = core('routes/navigation');
const RETURN_TO = core('routes/return-to');
const SUBJECT_GUARD = core('tokens/subject-guard');
const TOKENS = core('tokens/token-manager');
const INSTANCE = core('create-egain-auth');

const EXPRESS = 'packages/express/src/middleware.ts';
const EXPRESS_ERRORS = 'packages/express/src/error-handler.ts';
const KOA = 'packages/koa/src/middleware.ts';
const KOA_REPLY = 'packages/koa/src/reply.ts';
const KOA_ERRORS = 'packages/koa/src/error-handler.ts';
const NEST_GUARD = 'packages/nestjs/src/egain-auth.guard.ts';
const NEST_FILTER = 'packages/nestjs/src/egain-auth.filter.ts';
const NEST_MODULE = 'packages/nestjs/src/egain-auth.module.ts';
const NEST_MIDDLEWARE = 'packages/nestjs/src/egain-auth.middleware.ts';
const NEST_INTERCEPTOR = 'packages/nestjs/src/on-behalf-of.interceptor.ts';
const NEST_REQUEST = 'packages/nestjs/src/current-request.ts';

const onExpress = (rule) => ({ file: 'packages/express/test/contract.test.ts', host: 'Express 5', rule });
const onKoa = (rule) => ({ file: 'packages/koa/test/contract.test.ts', host: 'Koa 3', rule });
const onNest = (platform) => (rule) => ({
  file: 'packages/nestjs/test/contract.test.ts',
  project: 'Nest 12',
  host: `Nest 12 on ${platform}`,
  rule,
});
const onNestExpress = onNest('Express');
const onFastify = onNest('Fastify');

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, project?: string, host: string, rule: string } }[]} */
export const mutants = [
  // Core: whose request it is.
  {
    name: 'contract: the session of one request is that of all',
    file: MANAGER,
    find: 'lookup ??= use(keeper.read(request)',
    replace: 'lookup = keeper.shared ??= use(keeper.read(request)',
    expects: onExpress('IS02'),
  },
  {
    name: 'contract: one token for all subjects',
    file: TOKENS,
    find: "actor.type === 'on-behalf-of' ? actor.subject.value : ''",
    replace: "''",
    expects: onKoa('IS01'),
  },
  {
    name: 'contract: one memory of tokens for all instances',
    file: TOKENS,
    find: 'const cache = createTokenCache(settings.maxEntries);',
    replace: 'const cache = (createTokenCache.shared ??= createTokenCache(settings.maxEntries));',
    expects: onExpress('IS04'),
  },
  {
    name: 'contract: sessions are sealed for whatever application',
    file: INSTANCE,
    find: 'createSealer(session.secrets(), purpose, login.baseUrl.href)',
    replace: "createSealer(session.secrets(), purpose, '')",
    expects: onKoa('IS05'),
  },
  {
    name: 'contract: the policy is asked for the first subject only',
    file: SUBJECT_GUARD,
    find: 'allowed = withinDeadline(',
    replace: 'allowed = settings.answer ??= withinDeadline(',
    expects: onExpress('OB03'),
  },
  {
    name: 'contract: acting for somebody changes who is signed in',
    file: CONTEXT,
    find: "return session ? { type: 'session', session } : stated;",
    replace:
      "return (globalThis.last = stated ?? globalThis.last) ?? (session ? { type: 'session', session } : undefined);",
    expects: onKoa('OB08'),
  },
  {
    name: 'contract: the scopes of the middleware are forgotten',
    file: CONTEXT,
    find: 'contextAs(actor, ownScope(options)),',
    replace: 'contextAs(actor),',
    expects: onExpress('OB07'),
  },
  // Core: how long a context lasts.
  {
    name: 'contract: a context outlives its response',
    file: CONTEXT,
    find: 'if (reply.ended) throw requestEnded({ expected: !reply.headersSent });',
    replace: '',
    expects: onExpress('LT01'),
  },
  {
    name: 'contract: Koa: a response never ends',
    file: KOA_REPLY,
    find: 'return nodeReply(this.#ctx.res).ended === true;',
    replace: 'return false;',
    expects: onKoa('LT01'),
  },
  {
    name: 'contract: Nest: a response never ends',
    file: NEST_MIDDLEWARE,
    find: 'return nodeReply(this.#response).ended === true;',
    replace: 'return false;',
    expects: onFastify('LT03'),
  },
  // Core and adapters: headers of their answers.
  {
    name: 'contract: a type of answer is guessed',
    file: EXCHANGE,
    find: "'x-content-type-options': 'nosniff',",
    replace: '',
    expects: onExpress('HD01'),
  },
  {
    name: 'contract: Koa: the Vary of the application is replaced',
    file: KOA_REPLY,
    find: "ctx.set('vary', mergeVary(ctx.res.getHeader('vary'), value));",
    replace: "ctx.set('vary', value as string);",
    expects: onKoa('HD02'),
  },
  // Core: who may come in.
  {
    name: 'contract: whoever is signed in is everybody',
    file: CONTEXT,
    find: 'if (session && (as === undefined || session.persona === as)) {',
    replace: 'if (session) {',
    expects: onKoa('GD08'),
  },
  {
    name: 'contract: a refused scope is asked for again and again',
    file: CONTEXT,
    find: "if (wasRefused || unauthenticated === 'json')",
    replace: "if (unauthenticated === 'json')",
    expects: onExpress('GD11'),
  },
  {
    name: 'contract: a store that fails is nobody signed in',
    file: CONTEXT,
    find: 'if (failure) throw failure;',
    replace: '',
    expects: onFastify('GD18'),
  },
  {
    name: 'contract: a guard leaves the renewal to the handler',
    file: CONTEXT,
    find: 'open && (await renewSession(open))',
    replace: 'open',
    expects: onKoa('CK09'),
  },
  {
    name: 'contract: of two session cookies the first counts',
    file: COOKIES,
    find: 'values?.length === 1 ? values[0] : undefined',
    replace: 'values?.[0]',
    expects: onExpress('GD14'),
  },
  {
    name: 'contract: what takes HTML is a page that somebody opens',
    file: EXCHANGE,
    find: "if (mode !== undefined) return mode === 'navigate' && !isFramed(request);",
    replace: '',
    expects: onKoa('GD19'),
  },
  {
    name: 'contract: a POST is sent to sign in',
    file: EXCHANGE,
    find: "if (method !== 'GET' && method !== 'HEAD') return false;",
    replace: '',
    expects: onExpress('GD04'),
  },
  // Core: a login, from its start to its end.
  {
    name: 'contract: any login of this browser will do for a callback',
    file: TRANSACTION,
    find: 'prefix + hashOf(state)',
    replace: "prefix + sha256('').slice(0, 16) + state.slice(0, 0)",
    and: [
      { find: 'transaction && isEqual(transaction.state, state) ? transaction : undefined', replace: 'transaction' },
    ],
    expects: onExpress('RT19'),
  },
  {
    name: 'contract: a login is found whoever brings its state',
    file: TRANSACTION,
    find: 'const sealed = sealer.seal(name, JSON.stringify({ format: LOGIN_FORMAT, ...transaction }));',
    replace:
      'const sealed = sealer.seal(name, JSON.stringify({ format: LOGIN_FORMAT, ...transaction })); sealer[name] = transaction;',
    and: [{ find: 'open(parseCookies(request), nameOf(state))', replace: 'sealer[nameOf(state)]' }],
    expects: onKoa('RT07'),
  },
  {
    name: 'contract: a callback is used as often as it comes',
    file: CALLBACK,
    find: 'if (!(await transactions.claim(state)))',
    replace: 'if (false)',
    expects: onExpress('RT10'),
  },
  {
    name: 'contract: a late callback is a dead end',
    file: LATE_CALLBACK,
    find: 'session && !isOther ? transactions.leadOn(request, state) : undefined',
    replace: 'undefined',
    expects: onKoa('SN11'),
  },
  {
    name: 'contract: routes wait for what a proxy strips',
    file: ROUTER,
    find: '[path.slice(strippedPrefix.length), name as RouteName]',
    replace: '[path, name as RouteName]',
    expects: onExpress('RT21'),
  },
  {
    name: 'contract: a guard sends people back to a path without the prefix',
    file: INSTANCE,
    find: "`${options.login?.strippedPrefix ?? ''}${targetOf(request)}`",
    replace: 'targetOf(request)',
    expects: onFastify('RT21'),
  },
  {
    name: 'contract: a request target in absolute form is not a route',
    file: EXCHANGE,
    find: 'if (!AUTHORITY.test(target)) return target;',
    replace: 'if (AUTHORITY) return target;',
    expects: onKoa('RT22'),
  },
  {
    name: 'contract: HEAD is GET on the routes',
    file: ROUTER,
    find: 'if (methodOf(request) !== method) {',
    replace: "if (methodOf(request) !== method && methodOf(request) !== 'HEAD') {",
    expects: onKoa('RT08'),
  },
  {
    name: 'contract: a prefetch spends the code',
    file: NAVIGATION,
    find: 'applies: isSpeculative,',
    replace: 'applies: () => false,',
    expects: onFastify('RT09'),
  },
  {
    name: 'contract: a prefetch starts a login',
    file: LOGIN,
    find: 'if (isSpeculative(request)) return NOT_OPENED;',
    replace: '',
    expects: onNestExpress('GD20'),
  },
  {
    name: 'contract: a login leads anywhere',
    file: RETURN_TO,
    find: 'return kept.length <= MAX_LENGTH && isWellEncoded(path) && staysHere(path) ? kept : undefined;',
    replace: 'return target;',
    and: [
      {
        find: 'if (path === undefined || rest === undefined) return undefined;',
        replace: 'if (path === undefined || rest === undefined) return target;',
      },
    ],
    expects: onExpress('RT05'),
  },
  {
    name: 'contract: a login without a page leads to the root of the host',
    file: LOGIN,
    find: 'returnTo: login.baseUrl.pathname',
    replace: "returnTo: '/'",
    expects: onKoa('RT20'),
  },
  {
    name: 'contract: the callback leads to whatever Host says',
    file: CALLBACK,
    find: 'return redirect(`${login.baseUrl.origin}${returnTo}`, cookies);',
    replace: "return redirect(`http://${request.headers['host']}${returnTo}`, cookies);",
    expects: onExpress('RT17'),
  },
  {
    name: 'contract: a login that failed keeps its cookie',
    file: CALLBACK,
    find: 'withResponseHeaders(error, withCookies(context.transactions.end(request, transaction.state, [])));',
    replace: 'error;',
    expects: onKoa('ER06'),
  },
  {
    name: 'contract: another site signs people out',
    file: LOGOUT,
    find: 'if (same) return;',
    replace: 'if (same || site) return;',
    expects: onExpress('RT13'),
  },
  // Core: cookies, errors and the end.
  {
    name: 'contract: caches may keep the cookie of a session',
    file: OWN_COOKIES,
    find: "  response.setHeader('cache-control', PRIVATE_HEADERS['cache-control']);\n",
    replace: '',
    expects: onKoa('CK05'),
  },
  {
    name: 'contract: a token is renewed though its cookie comes too late',
    file: SEALED,
    find: 'canRenew: ({ reply }) => !reply.headersSent && !reply.ended,',
    replace: 'canRenew: () => true,',
    expects: onExpress('CK08'),
  },
  {
    name: 'contract: who signed out comes back with the answer that was under way',
    file: MANAGER,
    find: "if (ended.get(id)) return 'signed_out';",
    replace: '',
    expects: onFastify('SN07'),
  },
  {
    name: 'contract: each request refreshes for itself',
    file: MANAGER,
    find: 'renewals.get(name) ?? startRenewal(',
    replace: 'startRenewal(',
    expects: onKoa('SN06'),
  },
  {
    name: 'contract: callers are told what is for the developer',
    file: ERROR_RESPONSE,
    find: 'json(status, { error: { code, requestId, ',
    replace: 'json(status, { error: { code, requestId, message: error.message, ',
    expects: onExpress('ER01'),
  },
  {
    name: 'contract: an instance that was closed asks for more tokens',
    file: TOKENS,
    find: 'if (isClosed) throw closed();',
    replace: '',
    expects: onKoa('SD03'),
  },
  // Express.
  {
    name: 'contract: Express: a handler runs though its guard has failed',
    file: EXPRESS,
    find: 'run(req, res, next).catch(next);',
    replace: 'run(req, res, next).catch(() => next());',
    expects: onExpress('GD03'),
  },
  {
    name: 'contract: Express: a handler runs though its guard has answered',
    file: EXPRESS,
    find: 'contextOf(req).challenge(requirement);\n    if (answer) return writeResponse(res, answer);',
    replace: 'contextOf(req).challenge(requirement);\n    if (answer) writeResponse(res, answer);',
    expects: onExpress('GD01'),
  },
  {
    name: 'contract: Express: core sees what a router has left of the URL',
    file: EXPRESS,
    find: 'egain.handle(req, reply)',
    replace: 'egain.handle({ method: req.method, url: req.url, headers: req.headers }, reply)',
    expects: onExpress('IS03'),
  },
  {
    name: 'contract: Express: whom the first request acts for all act for',
    file: EXPRESS,
    find: '    req.egain = egain;',
    replace: '    req.egain = req.app.locals.egain ??= egain;',
    expects: onExpress('OB01'),
  },
  {
    name: 'contract: Express: errors of the application are told as ours',
    file: EXPRESS_ERRORS,
    find: 'if (isEgainAuthError(error)) onError',
    replace: 'onError',
    expects: onExpress('ER04'),
  },
  {
    name: 'contract: Express: half an answer ends as if it were whole',
    file: EXPRESS_ERRORS,
    find: 'else next(error);',
    replace: 'else if (res.headersSent) res.end();\n    else next(error);',
    expects: onExpress('ER07'),
  },
  // Koa.
  {
    name: 'contract: Koa: a redirect replaces the cookies of the application',
    file: KOA_REPLY,
    find: "if (name === 'set-cookie') setOwnCookies(ctx.res, value as string[]);\n    else ",
    replace: '',
    expects: onKoa('CK03'),
  },
  {
    name: 'contract: Koa: the session replaces the cookies of the application',
    file: KOA_REPLY,
    find: 'nodeReply(this.#ctx.res).appendHeader(name, value);',
    replace: 'this.#ctx.set(name, value);',
    expects: onKoa('CK01'),
  },
  {
    name: 'contract: Koa: core sees what mounting has left of the URL',
    file: KOA_REPLY,
    find: 'requestOf({ req, originalUrl }: Context)',
    replace: 'requestOf({ req, url: originalUrl }: Context)',
    expects: onKoa('IS03'),
  },
  {
    name: 'contract: Koa: an answer that was flushed is one that can still be written to',
    file: KOA_REPLY,
    find: 'return this.#ctx.headerSent;',
    replace: 'return false;',
    expects: onKoa('CK08'),
  },
  {
    name: 'contract: Koa: what belongs to a request is put on the application',
    file: KOA,
    find: 'ctx.egain = await egain.authenticate',
    replace: 'ctx.app.context.egain = await egain.authenticate',
    expects: onKoa('IS02'),
  },
  {
    name: 'contract: Koa: half an answer ends as if it were whole',
    file: KOA_ERRORS,
    find: 'if (ctx.headerSent) ctx.res.destroy();',
    replace: 'if (ctx.headerSent) ctx.res.end();',
    expects: onKoa('ER07'),
  },
  {
    name: 'contract: Koa: an eager refusal comes late',
    file: KOA,
    find: 'if (eager) await egain.getToken();',
    replace: '',
    expects: onKoa('OB04'),
  },
  // Nest.
  {
    name: 'contract: Nest: a guard asks for nothing in particular',
    file: NEST_GUARD,
    find: '      ...requirement,\n',
    replace: '',
    expects: onNestExpress('GD08'),
  },
  {
    name: 'contract: Nest: all requests share one context',
    file: NEST_REQUEST,
    find: 'requests.get(request) ?? { contexts: new Map() };',
    replace: '(currentRequest.shared ??= { contexts: new Map() });',
    expects: onNestExpress('OB01'),
  },
  {
    name: 'contract: Nest: whom the first request acts for all act for',
    file: NEST_INTERCEPTOR,
    find: 'const actor = {',
    replace: 'const actor = OnBehalfOfInterceptor.actor ??= {',
    expects: onNestExpress('OB01'),
  },
  {
    name: 'contract: Nest: half an answer looks like a whole one',
    file: NEST_FILTER,
    find: 'nodeResponse(response).destroy();',
    replace: 'nodeResponse(response).end();',
    expects: onFastify('ER07'),
  },
  {
    name: 'contract: Nest: what it made stays open',
    file: NEST_MODULE,
    find: 'if (made.has(this.#egain)) await this.#egain.close();',
    replace: '',
    expects: onNestExpress('SD03'),
  },
  {
    name: 'contract: Nest: a hijacked reply is one that can still be written to',
    file: NEST_MIDDLEWARE,
    find: 'return this.#response.headersSent;',
    replace: 'return false;',
    expects: onFastify('CK08'),
  },
  {
    name: 'contract: Nest: on Fastify a sign-in replaces the cookies of the reply',
    file: NEST_MIDDLEWARE,
    find: 'this.#current.reply ?? this.#response',
    replace: 'this.#response',
    expects: onFastify('CK03'),
  },

  // What frameworks do with our errors, and with a response that a handler took over.
  {
    name: 'contract: a framework cannot set the status of an error',
    file: ERRORS,
    find: '  set status(status: number) {\n    this.#status = status;\n  }\n',
    replace: '',
    expects: onKoa('ER10'),
  },
  {
    name: 'contract: Nest finds no status in an error',
    file: ERRORS,
    find: '    return this.status;\n',
    replace: '    return undefined as unknown as number;\n',
    expects: onNestExpress('ER10'),
  },
  {
    name: 'contract: the message of an error may be shown',
    file: ERRORS,
    find: '  get expose(): boolean {\n    return false;',
    replace: '  get expose(): boolean {\n    return true;',
    expects: onFastify('ER10'),
  },
  {
    name: 'contract: a head that the handler writes loses the session',
    file: OWN_COOKIES,
    find: '    completeHead(response, own);\n',
    replace: '',
    expects: onExpress('CK10'),
  },
  {
    name: 'contract: a session that was renewed is lost with an error',
    file: OWN_COOKIES,
    find: '    completeHead(response, own);\n',
    replace: ' ',
    expects: onKoa('CK12'),
  },
  {
    name: 'contract: a session that one request writes twice is sent twice',
    file: OWN_COOKIES,
    find: '.filter((line) => !own.has(nameOf(line)))',
    replace: '',
    expects: onExpress('CK13'),
  },
  {
    name: 'contract: Koa: a response that was taken over is never answered',
    file: KOA_REPLY,
    find: 'if (ctx.respond === false) {',
    replace: 'if (ctx.respond === undefined) {',
    expects: onKoa('ER11'),
  },
  {
    name: 'contract: Nest: on Fastify a response that was taken over is never answered',
    file: 'packages/nestjs/src/platform.ts',
    find: "if (!('raw' in response) || response.sent) {",
    replace: "if (!('raw' in response)) {",
    expects: onFastify('ER11'),
  },
  {
    name: 'contract: Nest: the exception that Nest makes of an error is not ours',
    file: NEST_FILTER,
    find: 'return isReplaced ? cause : undefined;',
    replace: 'return isReplaced ? undefined : undefined;',
    expects: onNestExpress('RT11'),
  },
];
