// What may not be taken out of sessions and their routes without a test that turns red. Run by tools/mutants.mjs.

const source = (name) => `packages/core/src/${name}.ts`;
const test = (name) => `packages/core/test/${name}.test.ts`;

const MANAGER = source('session/session-manager');
const SEALED = source('session/sealed-sessions');
const STORED = source('session/stored-sessions');
const SEALER = source('session/session-sealer');
const FORMAT = source('session/session-format');
const PACKED = source('session/packed-texts');
const BINDING = source('session/binding');
const RENEWAL = source('session/stored-renewal');
const CHUNKED = source('session/chunked-cookie');
const COOKIES = source('session/cookies');
const TRANSACTION = source('session/login-transaction');
const LATE_CALLBACK = source('routes/late-callback');
const CALLBACK = source('routes/callback');
const LOGOUT = source('routes/logout');
const CONTEXT = source('outbound/request-context');

const managerTest = (name) => ({ file: test('session/session-manager'), test: name });
const sealedTest = (name) => ({ file: test('session/sealed-sessions'), test: name });
const storedTest = (name) => ({ file: test('session/stored-sessions'), test: name });
const sealerTest = (name) => ({ file: test('session/session-sealer'), test: name });
const formatTest = (name) => ({ file: test('session/session-format'), test: name });
const packedTest = (name) => ({ file: test('session/packed-texts'), test: name });
const bindingTest = (name) => ({ file: test('session/binding'), test: name });
const valuesTest = (name) => ({ file: test('session/sealed-values'), test: name });
const chunkedTest = (name) => ({ file: test('session/chunked-cookie'), test: name });
const transactionTest = (name) => ({ file: test('session/login-transaction'), test: name });
const lateTest = (name) => ({ file: test('routes/late-callback'), test: name });
const callbackTest = (name) => ({ file: test('routes/callback'), test: name });
const logoutTest = (name) => ({ file: test('routes/logout'), test: name });
const loginTest = (name) => ({ file: test('routes/login'), test: name });
const exchangeTest = (name) => ({ file: test('http/exchange'), test: name });
const challengeTest = (name) => ({ file: test('outbound/challenge'), test: name });

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  // When a session is over (T040).
  {
    name: 'ended sessions forgotten',
    file: MANAGER,
    find: "if (ended.get(id)) return 'signed_out';",
    replace: '',
    expects: managerTest('cannot be used any more, not even with a copy of its cookie'),
  },
  {
    name: 'no absolute end',
    file: MANAGER,
    find: "if (!isWithin(startedAt, absoluteMs)) return 'expired';",
    replace: '',
    expects: managerTest('eight hours after the login'),
  },
  {
    name: 'no idle end',
    file: MANAGER,
    find: "if (!isWithin(touchedAt, idleMs)) return 'idle';",
    replace: '',
    expects: managerTest('is over once it was idle for an hour'),
  },
  {
    name: 'session outlives the token that nothing renews',
    file: MANAGER,
    find: 'const canRenew = tokens.refreshToken !== undefined && ',
    replace: 'const canRenew = ',
    expects: managerTest('with its token, where nothing can renew that'),
  },
  {
    name: 'touched at every request',
    file: MANAGER,
    find: 'renewed || isOutdated || now - session.touchedAt > idleMs / 10',
    replace: 'true',
    expects: managerTest('once per tenth of the idle time'),
  },
  {
    name: 'never touched',
    file: MANAGER,
    find: 'renewed || isOutdated || now - session.touchedAt > idleMs / 10',
    replace: 'renewed || isOutdated',
    expects: managerTest('which keeps it open'),
  },
  {
    name: 'old secret not replaced',
    file: MANAGER,
    find: 'renewed || isOutdated || now - session.touchedAt > idleMs / 10',
    replace: 'renewed || now - session.touchedAt > idleMs / 10',
    expects: sealedTest('sealed anew at its next request'),
  },
  {
    name: 'session of before a login lives on',
    file: MANAGER,
    find: '      await end(request);\n      const now',
    replace: '      const now',
    expects: managerTest('T009: by a new login'),
  },
  {
    name: 'session id kept over logins',
    file: MANAGER,
    find: "const ticket = randomBytes(32).toString('base64url');",
    replace: "const ticket = 'a'.repeat(43);",
    expects: managerTest('T009: has a new id at each login'),
  },
  {
    name: 'logout not remembered',
    file: MANAGER,
    find: 'ended.set(session.id, true);',
    replace: '',
    expects: managerTest('is not revived by a request that was under way'),
  },
  {
    name: 'renewal revives what was ended meanwhile',
    file: MANAGER,
    find: 'if (exchange && !ended.get(session.id)) keeper.renewed',
    replace: 'if (exchange) keeper.renewed',
    expects: managerTest('is not revived by a renewal that was under way'),
  },
  {
    name: 'token of an ended session handed out',
    file: MANAGER,
    find: '      assertNotOver(record);\n      const',
    replace: '      const',
    expects: managerTest('is not revived by a request that was under way'),
  },
  {
    name: 'held request renews a session that is over',
    file: MANAGER,
    find: '      assertNotOver(record);\n      const',
    replace: '      const',
    expects: managerTest('obtains and renews no token after the'),
  },
  {
    name: 'session that ended during its renewal hands out a token',
    file: MANAGER,
    find: '      assertNotOver(record);\n      return',
    replace: '      return',
    expects: managerTest('receives no token from a renewal during which'),
  },
  {
    name: 'session from the future has no end',
    file: MANAGER,
    find: ' && since <= now + absoluteMs',
    replace: '',
    expects: managerTest('is over if it would have no end'),
  },
  {
    name: 'copy of a session trusted',
    file: MANAGER,
    find: 'if (!exchange) throw',
    replace: 'if (false) throw',
    and: [{ find: '!keeper.canRenew(exchange)', replace: '!keeper.canRenew(exchange as Exchange)' }],
    expects: managerTest('is not to be had for an object that this manager did not open'),
  },

  // Renewal (F29, F33).
  {
    name: 'no single refresh',
    file: MANAGER,
    find: 'renewals.get(name) ?? startRenewal',
    replace: 'startRenewal',
    expects: managerTest('share one, and each is answered with the same session'),
  },
  {
    name: 'refresh stopped by whoever leaves',
    file: MANAGER,
    find: 'flight.follow().then(',
    replace: 'Promise.resolve(session.tokens).then(',
    expects: managerTest('one that leaves does not stop the renewal'),
  },
  {
    name: 'failed refresh remembered',
    file: MANAGER,
    find: 'renewals.delete(name);\n        rememberFailure',
    replace: 'rememberFailure',
    expects: managerTest('fail together, and the next one after the back-off tries again'),
  },
  {
    name: 'renewal named by the refresh token alone',
    file: MANAGER,
    find: 'JSON.stringify([refreshToken, accessToken, expiresAt])',
    replace: 'JSON.stringify([refreshToken, expiresAt > 0])',
    expects: managerTest('where refresh tokens stay the same'),
  },
  {
    name: 'refresh token lost when no new one comes',
    file: MANAGER,
    find: 'refreshToken: renewed.refreshToken ?? refreshToken',
    replace: 'refreshToken: renewed.refreshToken',
    expects: managerTest('keeps the old refresh token when no new one comes'),
  },
  {
    name: 'refresh token spent after the headers',
    file: SEALED,
    find: 'canRenew: ({ reply }) => !reply.headersSent && !reply.ended,',
    replace: 'canRenew: () => true,',
    expects: managerTest('F33: nothing once the headers are sent'),
  },
  {
    name: 'cookie written after the headers',
    file: SEALED,
    find: 'if (reply.headersSent) return;',
    replace: '',
    and: [{ find: 'canRenew: ({ reply }) => !reply.headersSent && !reply.ended,', replace: 'canRenew: () => true,' }],
    expects: managerTest('F33: nothing once the headers are sent'),
  },
  {
    name: 'renewed by each process',
    file: RENEWAL,
    find: 'const isClaimed = await stored.claim(name, owner, claimMs);',
    replace: 'const isClaimed = true;',
    expects: storedTest('refresh once, and all have what came of it'),
  },
  {
    name: 'store not read again before a refresh',
    file: RENEWAL,
    find: 'return isSame(kept.session.tokens, tokens) ? kept : kept.session.tokens;',
    replace: 'return isSame(kept.session.tokens, tokens) || true ? kept : kept.session.tokens;',
    expects: storedTest('also when one comes long after'),
  },
  {
    name: 'claim of a failed refresh kept',
    file: RENEWAL,
    find: 'if (!mayHaveTakenEffect(error)) release(name);',
    replace: '',
    expects: storedTest('do not wait for one that failed'),
  },
  {
    name: 'claim released although eGain may have spent the token',
    file: RENEWAL,
    find: 'if (!mayHaveTakenEffect(error)) release(name);',
    replace: 'release(name);',
    expects: storedTest('keeps the claim if eGain may have spent the refresh token'),
  },
  {
    name: 'tokens dropped when they cannot be saved',
    file: RENEWAL,
    find: "if (kept && tokens && !isEgainAuthError(error, 'login_required')) {",
    replace: 'if (false) {',
    expects: storedTest('gives its tokens to those who wait'),
  },
  {
    name: 'saving not tried again',
    file: RENEWAL,
    find: 'void saveLater(kept, name, tokens);',
    replace: '',
    expects: storedTest('is saved when the store is back'),
  },
  {
    name: 'claim expires while saving is tried again',
    file: RENEWAL,
    find: 'const CLAIM_MARGIN_MS = SAVE_FOR_MS + 5000;',
    replace: 'const CLAIM_MARGIN_MS = 5000;',
    expects: storedTest('keeps its claim, so that no other process spends'),
  },
  {
    name: 'new refresh token spent before it is saved',
    file: RENEWAL,
    find: 'if (unsaved.has(session.id)) throw',
    replace: 'if (false) throw',
    expects: storedTest('does not spend the new refresh token before it is saved'),
  },
  {
    name: 'saving given up at a touch of another process',
    file: RENEWAL,
    find: 'if (await stored.replace(current, renewed)) return tokens;',
    replace: 'await stored.replace(current, renewed); return tokens;',
    expects: storedTest('F65: is saved over a touch of another process'),
  },
  {
    name: 'saving without end at a store that replaces nothing',
    file: RENEWAL,
    find: 'swaps < MAX_SWAPS;',
    replace: 'swaps < 1000;',
    expects: storedTest('is not tried without end at a store that replaces nothing'),
  },
  {
    name: 'claim of a login that came too late is kept',
    file: TRANSACTION,
    find: '        void elsewhere.release(name, owner).catch(() => {});\n        throw error;',
    replace: '        throw error;',
    expects: {
      file: test('session/login-transaction'),
      test: 'again, if nobody could say whether another process had it',
    },
  },
  {
    name: 'good token waits for the renewal of another process',
    file: MANAGER,
    find: 'isUsable && !keeper.isImmediate ? withinDeadline(renewal, PATIENCE_MS, { tooLate }) : renewal',
    replace: 'renewal',
    expects: storedTest('does not wait for a slow renewal of another process'),
  },
  {
    name: 'renewal revives what another process ended',
    file: STORED,
    find: 'return ask(() => store.replace(key, sealed, next, { ttlMs: ttlOf(session) }), false);',
    replace: 'return ask(() => store.set(key, next, { ttlMs: ttlOf(session) }).then(() => true), false);',
    expects: storedTest('T042: is not revived by a renewal'),
  },
  {
    name: 'use of a session brings its old tokens back',
    file: STORED,
    find: 'return ask(() => store.replace(key, sealed, next, { ttlMs: ttlOf(session) }), false);',
    replace: 'return ask(() => store.set(key, next, { ttlMs: ttlOf(session) }).then(() => true), false);',
    expects: storedTest('do not bring the old tokens back'),
  },
  {
    name: 'browser not told of a renewal again',
    file: MANAGER,
    find: '    if (renewed) adopt(session, renewed);\n',
    replace: '',
    expects: managerTest('a browser that missed the answer'),
  },
  {
    name: 'margin of any token',
    file: MANAGER,
    find: 'Math.min(RENEWAL_MARGIN_MS, lifetimeMs * RENEWAL_MARGIN_SHARE)',
    replace: 'RENEWAL_MARGIN_MS',
    expects: managerTest('a token that lives shortly'),
  },

  // Cookies and stores.
  {
    name: 'cookie of another session not told from ours',
    file: COOKIES,
    find: 'values?.length === 1 ? values[0] : undefined',
    replace: 'values?.[0]',
    expects: managerTest('T033: two cookies of its name'),
  },
  {
    name: 'cookie readable by scripts',
    file: COOKIES,
    find: 'HttpOnly; ',
    replace: '',
    expects: managerTest('T030, T032: is in one cookie'),
  },
  {
    name: 'missing part of a cookie ignored',
    file: CHUNKED,
    find: 'if (part === undefined) return',
    replace: 'if (part === undefined) continue; else if (part === null) return',
    expects: chunkedTest('without the last'),
  },
  {
    name: 'left-over part of a cookie read',
    file: CHUNKED,
    find: 'index < Number(count)',
    replace: 'cookies.has(partName(index))',
    expects: chunkedTest('with one too many'),
  },
  {
    name: 'parts that are not needed stay',
    file: CHUNKED,
    find: 'return [...written, ...surplus(request, parts.length)];',
    replace: 'return written;',
    expects: chunkedTest('when a value gets shorter'),
  },
  {
    name: 'session of any size',
    file: SEALED,
    find: 'if (sealed.length > MAX_BYTES) throw tooLarge();',
    replace: '',
    expects: sealedTest('is refused beyond seven kibibytes'),
  },
  {
    name: 'ticket readable in the store',
    file: STORED,
    find: 'TICKET.test(ticket) ? { id: sha256(ticket) }',
    replace: 'TICKET.test(ticket) ? { id: ticket }',
    and: [
      {
        find: 'const key = keyOf(session.id);\n      await ask(() => store.set(',
        replace: 'const key = keyOf(ticket);\n      await ask(() => store.set(',
      },
    ],
    expects: storedTest('finds neither the ticket'),
  },
  {
    name: 'what is remembered opens under every name',
    file: SEALER,
    find: 'known?.name === name ? known',
    replace: 'known ? known',
    expects: sealerTest('T011: opens under no other name, also while it is remembered'),
  },
  {
    name: 'what nobody sealed is remembered too',
    file: SEALER,
    find: "if (!parsed) return 'unreadable';",
    replace:
      "if (!parsed) {\n      recent.set(sealed, { name: '', fields: undefined as never, isOutdated: false });\n      return 'unreadable';\n    }",
    expects: sealerTest('F49: what nobody sealed leaves nothing behind, and a thousand are remembered at most'),
  },
  {
    name: 'requests share a record',
    file: SEALER,
    find: 'session: createSessionRecord(opened.fields)',
    replace: 'session: ((opened as { record?: never }).record ??= createSessionRecord(opened.fields) as never)',
    expects: sealerTest('is a record of its own for each request'),
  },
  {
    name: 'sealed sessions can be swapped in the store',
    file: STORED,
    find: 'sealer.open(key, sealed)',
    replace: "sealer.open('session', sealed)",
    and: [
      {
        find: 'const next = sealer.seal(key, session);',
        replace: "const next = sealer.seal('session', session);",
      },
      {
        find: 'store.set(key, sealer.seal(key, session)',
        replace: "store.set(key, sealer.seal('session', session)",
      },
    ],
    expects: storedTest('makes one session not into another'),
  },
  {
    name: 'session of another configuration opens',
    file: SEALER,
    find: "if (binding !== bindings[fields.persona]) return 'other_configuration';",
    replace: '',
    expects: bindingTest('another API'),
  },
  ...[
    ['tenant', '[tenantId, ', '['],
    ['client id', 'clients[persona]?.clientId, ', ''],
    ['token URL', 'tokenUrl?.href, ', ''],
    ['API', 'apiUrl?.origin, ', ''],
  ].map(([name, find, replace]) => ({
    name: `session not bound to the ${name}`,
    file: BINDING,
    ...{ find, replace },
    expects: bindingTest('T103: the binding of a session'),
  })),
  {
    name: 'session without a persona that can sign in has a binding',
    file: BINDING,
    find: 'Object.hasOwn(personas, persona) ? bindingOf(options, persona).slice(0, BINDING_LENGTH) : undefined',
    replace: 'personas && bindingOf(options, persona).slice(0, BINDING_LENGTH)',
    expects: bindingTest('users alone'),
  },
  {
    name: 'what is sealed and not JSON is an exception',
    file: source('json'),
    find: '  } catch {\n    return undefined;\n  }',
    replace: '  } finally {\n    void 0;\n  }',
    expects: valuesTest('no JSON'),
  },
  {
    name: 'members of a sealed session not judged',
    file: FORMAT,
    find: 'if (!isStoredSession(value) || !texts) return undefined;',
    replace: 'if (!texts) return undefined;',
    expects: formatTest('F32: another format'),
  },
  {
    name: 'times that no clock shows in a sealed session',
    file: FORMAT,
    find: '!Object.values(times).every(isTime)',
    replace: 'false',
    expects: formatTest('T105: the time'),
  },
  {
    name: 'scopes left out though they are not what was requested',
    file: FORMAT,
    find: 'scope.length === requestedScope.length && ',
    replace: '',
    expects: formatTest('what was granted is left out only if'),
  },
  {
    name: 'parts of tokens packed that only look like base64url',
    file: PACKED,
    find: "if (decoded.toString('base64url') !== part) return part;",
    replace: '',
    expects: packedTest('a part with stray bits'),
  },
  {
    name: 'length of packed texts not judged',
    file: PACKED,
    find: 'offset === packed.length ?',
    replace: 'offset >= 0 ?',
    expects: formatTest('a byte too few'),
  },
  {
    name: 'no warning of cookies that a proxy does not take',
    file: source('http/own-cookies'),
    find: '  warnOfLargeCookies(lines);\n',
    replace: '',
    expects: { file: test('http/own-cookies'), test: 'F72: cookies of an answer that exceed' },
  },
  {
    name: 'members of a pending login not judged',
    file: TRANSACTION,
    find: 'return areTexts && ',
    replace: 'return (areTexts || true) && ',
    expects: transactionTest('F69: with other members is none'),
  },
  {
    name: 'store asked for anything that came as a cookie',
    file: STORED,
    find: "TICKET.test(ticket) ? { id: sha256(ticket) } : 'unreadable'",
    replace: '{ id: sha256(ticket) }',
    expects: storedTest('is not asked for where there is no cookie'),
  },
  {
    name: 'store waited for for ever',
    file: STORED,
    find: 'await withinDeadline(operation(), STORE_TIMEOUT_MS, { holdsProcess })',
    replace: 'await operation()',
    expects: storedTest('by never answering'),
  },
  {
    name: 'failing store counts as nobody',
    file: CONTEXT,
    find: 'if (failure) throw failure;',
    replace: '',
    expects: challengeTest('guarded handlers stay closed, with 503'),
  },

  // Signing in.
  {
    name: 'state not compared',
    file: TRANSACTION,
    find: 'transaction && isEqual(transaction.state, state) ? transaction : undefined',
    replace: 'transaction',
    expects: transactionTest('T001: a transaction of another state is not found'),
  },
  {
    name: 'transaction good for ever',
    file: TRANSACTION,
    find: 'transaction && isLive(transaction) ? transaction : undefined',
    replace: 'transaction',
    expects: transactionTest('is over at ten minutes'),
  },
  {
    name: 'callback answered twice',
    file: TRANSACTION,
    find: 'if (claimed.get(name)) return false;',
    replace: '',
    expects: callbackTest('at once: one token request, one session'),
  },
  {
    name: 'callback answered by two processes',
    file: TRANSACTION,
    find: 'return await elsewhere.claim(name, owner, LIFETIME_MS);',
    replace: 'return true;',
    expects: transactionTest('not if another process had it'),
  },
  {
    name: 'callback lost when the store fails',
    file: TRANSACTION,
    find: '        claimed.delete(name);\n',
    replace: '',
    expects: transactionTest('again, if nobody could say whether another process had it'),
  },
  {
    name: 'any number of pending logins',
    file: TRANSACTION,
    find: 'index >= max || bytes > MAX_BYTES',
    replace: 'bytes > MAX_BYTES',
    expects: loginTest('T013: the sixth pending login'),
  },
  {
    name: 'pending logins beside a large session',
    file: TRANSACTION,
    find: 'name.length + sealed.length + sizeOfSession(cookies)',
    replace: 'name.length + sealed.length',
    expects: transactionTest('when a login starts beside a large session'),
  },
  {
    name: 'login bound to nothing',
    file: CALLBACK,
    find: 'if (binding !== bindingOf(flow.options, persona, login.redirectUri)) {',
    replace: 'if (binding === bindingOf(flow.options, persona, `${login.redirectUri}/`)) {',
    expects: callbackTest('T006'),
  },
  {
    name: 'iss not compared',
    file: CALLBACK,
    find: 'issuer !== undefined && iss !== issuer',
    replace: 'issuer !== undefined && iss === undefined',
    expects: callbackTest('T007'),
  },
  {
    name: 'parameters taken twice',
    file: CALLBACK,
    find: 'if (values.length > 1) throw invalidCallback(`${name} is there more than once`);',
    replace: '',
    expects: callbackTest('T014'),
  },
  {
    name: 'callback by a prefetch',
    file: CALLBACK,
    find: '  assertNavigation(request);\n',
    replace: '',
    expects: loginTest('a page loaded ahead'),
  },
  {
    name: 'late callback a dead end',
    file: LATE_CALLBACK,
    find: 'session && !isOther ? transactions.leadOn(request, state) : undefined',
    replace: 'undefined',
    expects: lateTest('eight tabs that were restored at once'),
  },
  {
    name: 'late callback leads on the other persona',
    file: LATE_CALLBACK,
    find: 'session && !isOther ?',
    replace: 'session ?',
    expects: lateTest('where the session is of another persona than the login'),
  },
  {
    name: 'late callback is a use of the session',
    file: LATE_CALLBACK,
    find: 'const { session } = await sessions.peek(request);',
    replace:
      'const found = (await sessions.lookUp(request, { headersSent: false, appendHeader() {}, send() {} }))();\n  const { session } = found;\n  if (session) await sessions.getToken(session, {});',
    expects: lateTest('neither touches nor renews the session'),
  },
  {
    name: 'late callbacks of a lost login redirect for ever',
    file: TRANSACTION,
    find: 'late.includes(AGAIN) || late.includes(hash)',
    replace: 'late.includes(hash)',
    expects: lateTest('there is no redirect loop'),
  },
  {
    name: 'late callback again and again',
    file: TRANSACTION,
    find: 'late.includes(AGAIN) || late.includes(hash)',
    replace: 'late.includes(AGAIN)',
    expects: lateTest('the same one again is the page'),
  },
  {
    name: 'parameters read before the state is known',
    file: CALLBACK,
    find: '  const transaction = context.transactions.find(request, state);\n',
    replace: '  readParameters(query, state);\n  const transaction = context.transactions.find(request, state);\n',
    expects: lateTest('uses none of its parameters'),
  },
  {
    name: 'login by a prefetch of a guarded page',
    file: source('routes/login'),
    find: 'if (isSpeculative(request)) return NOT_OPENED;',
    replace: '',
    expects: challengeTest('six prefetches do not evict the sign-in'),
  },
  {
    name: 'a prefetch that says so by two headers',
    file: source('http/exchange'),
    find: '[ownHeader(headers, name) ?? []].flat().some((value) => SPECULATIVE.test(value))',
    replace: "SPECULATIVE.test(headerOf({ headers }, name) ?? '')",
    expects: exchangeTest('T016, T101: a request is speculative'),
  },
  {
    name: 'a prefetch by Next.js',
    file: source('http/exchange'),
    find: 'PREFETCH_HEADERS.some((name) => ownHeader(headers, name) !== undefined) ||',
    replace: '',
    expects: exchangeTest('T016, T101: a request is speculative'),
  },
  {
    name: 'login inside a frame',
    file: source('routes/navigation'),
    find: 'applies: isFramed,',
    replace: 'applies: () => false,',
    expects: loginTest('iframe'),
  },
  {
    name: 'login by a script',
    file: source('routes/navigation'),
    find: "headerOf(request, 'sec-fetch-dest') !== undefined && headerOf(request, 'sec-fetch-mode') !== 'navigate',",
    replace: 'false,',
    expects: loginTest('a foreign script'),
  },
  {
    name: 'returnTo of any kind',
    file: source('routes/return-to'),
    find: 'return kept.length <= MAX_LENGTH && isWellEncoded(path) && staysHere(path) ? kept : undefined;',
    replace: 'return kept;',
    expects: { file: test('routes/return-to'), test: 'T024' },
  },

  {
    name: 'returnTo that begins with two slashes and ends at home',
    file: source('routes/return-to'),
    find: "decoded.startsWith('//') || ",
    replace: '',
    expects: { file: test('routes/return-to'), test: 'T024, T025: a return target is refused' },
  },
  {
    name: 'returnTo that is dangerous once it is decoded',
    file: source('routes/return-to'),
    find: "return !(decoded.includes('//') && /",
    replace: "return !(decoded.includes('//') && !decoded && /",
    expects: {
      file: test('routes/return-to'),
      test: 'T024, T025: a return target is refused',
    },
  },
  {
    name: 'deep link with a backslash lost',
    file: source('routes/return-to'),
    find: "rest.replaceAll('\\\\', '%5C')",
    replace: 'rest',
    expects: { file: test('routes/return-to'), test: 'F82: a backslash behind the path' },
  },

  {
    name: 'long deep link beside many scopes fails the login',
    file: source('routes/login'),
    find: "if (!isEgainAuthError(error, 'session_too_large')) throw error;",
    replace: 'throw error;',
    expects: { file: test('routes/request-targets'), test: 'a long one beside many scopes' },
  },
  {
    name: 'deep link lost without a word',
    file: source('routes/login'),
    find: 'if (target !== undefined) publishWarning(RETURN_TO_IGNORED, flow.options.silenceWarnings);',
    replace: '',
    expects: { file: test('routes/request-targets'), test: 'starts a login that ends at baseUrl, and is warned of' },
  },

  // Guards and signing out.
  {
    name: 'persona not looked at',
    file: CONTEXT,
    find: '(as === undefined || session.persona === as)',
    replace: 'true',
    expects: challengeTest('is sent to sign in as the one that the handler is for'),
  },
  {
    name: 'scope not looked at',
    file: CONTEXT,
    find: 'scope.filter((name) => !session.scope.has(name))',
    replace: 'scope.filter(() => false)',
    expects: challengeTest('sends whoever is signed in without it'),
  },
  {
    name: 'loop of logins for a scope that is not granted',
    file: CONTEXT,
    find: "if (wasRefused || unauthenticated === 'json') throw",
    replace: "if (unauthenticated === 'json') throw",
    expects: challengeTest('there is no second time'),
  },
  {
    name: 'logout from any site',
    file: LOGOUT,
    find: '  assertSameOrigin(context.login, request);\n',
    replace: '',
    expects: logoutTest('a foreign site'),
  },
  {
    name: 'logout from a sibling domain',
    file: LOGOUT,
    find: "site === 'same-origin'",
    replace: "site.startsWith('same-')",
    expects: logoutTest('a sibling domain'),
  },
  {
    name: 'Origin believed against Fetch Metadata',
    file: LOGOUT,
    find: 'site === undefined ? origin ===',
    replace: 'origin !== undefined ? origin ===',
    expects: logoutTest('T047'),
  },
  {
    name: 'no logout when tokens cannot be revoked',
    file: LOGOUT,
    find: "  } catch {\n    const message = 'The tokens",
    replace: "  } catch (error) {\n    throw error;\n    const message = 'The tokens",
    expects: logoutTest('does not keep anybody signed in'),
  },
  {
    name: 'refresh token not revoked',
    file: LOGOUT,
    find: 'if (refreshToken !== undefined) {',
    replace: 'if (refreshToken === null) {',
    expects: logoutTest('the refresh token first'),
  },
  {
    name: 'logout leaves the cookie while the store fails',
    file: LOGOUT,
    find: 'throw withResponseHeaders(error, withCookies(cookies));',
    replace: 'throw error;',
    expects: challengeTest('a logout says that it could not be done everywhere'),
  },
  {
    name: 'asking for the status keeps a session open',
    file: source('routes/session-status'),
    find: 'const { session } = await sessions.peek(request);',
    replace:
      'const reply = { headersSent: false, appendHeader() {}, send() {} };\n  const { session } = (await sessions.lookUp(request, reply))();',
    expects: { file: test('routes/session-status'), test: 'is no use of the session' },
  },

  // One person's trouble (F57, F60, F61).
  {
    name: 'no back-off of a session',
    file: MANAGER,
    find: 'if (failure && waitMs > 0) throw repeatError(failure.error, waitMs);',
    replace: '',
    expects: managerTest('thirty requests make one token request, and the session stays'),
  },
  {
    name: 'back-off of a session that does not grow',
    file: MANAGER,
    find: '(failures.get(name)?.count ?? 0) + 1',
    replace: '1',
    expects: managerTest('asks less and less often'),
  },
  {
    name: 'session that eGain refused goes on',
    file: MANAGER,
    find: ' && !wasRefused(session);',
    replace: ';',
    expects: managerTest('by invalid_grant is over'),
  },
  {
    name: 'every refusal ends a session',
    file: source('flows/refresh-token'),
    find: " && error.oauthError === 'invalid_grant'",
    replace: '',
    expects: managerTest('thirty requests make one token request, and the session stays'),
  },
  {
    name: 'good token given up because its renewal failed',
    file: MANAGER,
    find: "if (!isUsable || !isEgainAuthError(error) || error.code === 'login_required') {",
    replace: '{',
    expects: managerTest('keeps a token that is still good, whatever the failure'),
  },
  {
    name: 'refused session not read again',
    file: RENEWAL,
    find: 'const saved = isRefreshRefused(error) ? await findSaved(session) : undefined;',
    replace: 'const saved = undefined;',
    expects: storedTest('F29: ends nothing when another process has renewed the session meanwhile'),
  },
  {
    name: 'claim taken before the callback is looked at',
    file: CALLBACK,
    find: '  const attempt = { context, request, transaction };\n',
    replace:
      '  const attempt = { context, request, transaction };\n  await context.transactions.claim(transaction.state);\n',
    expects: { file: test('faults/flood'), test: 'T013, F49: a flood of logins' },
  },
  {
    name: 'claims among the sessions',
    file: source('session/memory-session-store'),
    find: 'const claims = createBoundedMap(maxEntries);',
    replace: 'const claims = sessions;',
    expects: { file: test('session/memory-session-store'), test: 'F57: claims have a bound of their own' },
  },
  {
    name: 'any string taken for a code',
    file: CALLBACK,
    find: "if (!CODE.test(code)) throw invalidCallback('its code cannot be an authorization code');",
    replace: '',
    expects: { file: test('faults/neighbours'), test: 'is refused without asking eGain' },
  },
  {
    name: 'codes and renewals in one queue',
    file: source('create-egain-auth'),
    find: 'codeTurns: createQueues()',
    replace: 'codeTurns: renewalTurns',
    expects: { file: test('faults/neighbours'), test: 'have queues of their own' },
  },
  {
    name: 'callback that found the queue full cannot be loaded again',
    file: CALLBACK,
    find: 'const tokens = await exchangeCode(attempt, code);',
    replace: 'const tokens = await endingOnFailure(attempt, () => exchangeCode(attempt, code));',
    expects: { file: test('faults/neighbours'), test: 'a callback that found the queue full can be loaded again' },
  },

  {
    name: 'refused renewal asked for again',
    file: MANAGER,
    find: 'const isRefused = wasRefused(record);',
    replace: 'const isRefused = false;',
    expects: managerTest('by invalid_grant keeps a token that is still good to its end'),
  },
  {
    name: 'store asked only once for what another process saves',
    file: RENEWAL,
    find: 'for (let polls = SAVING_MS / POLL_MS; polls > 0; polls -= 1) {',
    replace: 'for (let polls = 1; polls > 0; polls -= 1) {',
    expects: storedTest('F29: ends nothing when another process has not saved yet'),
  },
  {
    name: 'back-off of a session by the wall clock',
    file: MANAGER,
    find: 'const age = createAgeClock();',
    replace: 'const age = Date.now;',
    expects: managerTest('F34: asks again in time'),
  },
  {
    name: 'customers and users in one queue',
    file: source('create-egain-auth'),
    find: '({ user: createQueue(), customer: createQueue() });',
    replace: '{ const one = createQueue(); return { user: one, customer: one }; };',
    expects: {
      file: test('faults/neighbours'),
      test: 'codes of one persona keep those of the other waiting for nothing',
    },
  },
  {
    name: 'code lost because the secret could not be read',
    file: CALLBACK,
    find: 'await transactions.release(state);',
    replace: '',
    expects: { file: test('faults/neighbours'), test: 'a callback whose secret could not be read can be loaded again' },
  },
];
