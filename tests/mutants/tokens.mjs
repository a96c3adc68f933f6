// What may not be taken out of the token cache without a test that turns red. Run by tools/mutants.mjs.

const source = (name) => `packages/core/src/${name}.ts`;
const test = (name) => `packages/core/test/${name}.test.ts`;

const MANAGER = source('tokens/token-manager');
const CONTEXT = source('tokens/token-context');
const SHARED = source('tokens/shared-tokens');
const GUARD = source('tokens/subject-guard');

const managerTest = (name) => ({ file: test('tokens/token-manager'), test: name });
const keyTest = (name) => ({ file: test('tokens/token-key'), test: name });
const guardTest = (name) => ({ file: test('tokens/subject-guard'), test: name });

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  // The key (R1, T076).
  {
    name: 'subject missing from the key',
    file: MANAGER,
    find: "actor.type === 'on-behalf-of' ? actor.subject.value : ''",
    replace: "''",
    expects: keyTest('two subjects'),
  },
  {
    name: 'subject missing from the key of the store',
    file: MANAGER,
    find: '...[scope, parameters, subject],',
    replace: '...[scope, parameters],',
    expects: keyTest('two subjects'),
  },
  {
    name: 'subject in lower case',
    file: MANAGER,
    find: "actor.type === 'on-behalf-of' ? actor.subject.value",
    replace: "actor.type === 'on-behalf-of' ? actor.subject.value.toLowerCase()",
    expects: keyTest('letter case of a domain'),
  },
  {
    name: 'subject normalized',
    file: MANAGER,
    find: "actor.type === 'on-behalf-of' ? actor.subject.value",
    replace: "actor.type === 'on-behalf-of' ? actor.subject.value.normalize('NFKC')",
    expects: keyTest('a fullwidth @'),
  },
  {
    name: 'subject trimmed',
    file: MANAGER,
    find: "actor.type === 'on-behalf-of' ? actor.subject.value",
    replace: "actor.type === 'on-behalf-of' ? actor.subject.value.trim()",
    expects: keyTest('a space behind'),
  },
  {
    // The kind alone says the persona, so neither can be missing alone.
    name: 'persona and kind missing from the key',
    file: CONTEXT,
    find: '?.next.get(actor.subject.persona)?.next.get(actor.subject.kind)',
    replace: '',
    and: [
      {
        find: '[actor.type, subject?.persona, subject?.kind, registrationId]',
        replace: '[actor.type, registrationId]',
      },
    ],
    expects: keyTest('a username and a customer’s address'),
  },
  {
    name: 'persona and kind missing from the key of the store',
    file: MANAGER,
    find: 'actor, persona, subjectKind, registrationId],',
    replace: 'actor, registrationId],',
    expects: keyTest('a username and a customer’s address'),
  },
  {
    name: 'kind missing from the key',
    file: CONTEXT,
    find: '?.next.get(actor.subject.kind)',
    replace: '',
    and: [{ find: '[actor.type, subject?.persona, subject?.kind,', replace: '[actor.type, subject?.persona,' }],
    expects: keyTest('a username and a user id'),
  },
  {
    name: 'registration missing from the key',
    file: CONTEXT,
    find: 'subject?.kind, registrationId]',
    replace: 'subject?.kind]',
    expects: keyTest('two registrations'),
  },
  {
    name: 'external token missing from the key',
    file: MANAGER,
    find: 'hashExternalToken(token));',
    replace: "'');",
    expects: keyTest('two external tokens'),
  },
  {
    name: 'tenant, token URL, client and prefix missing from the key of the store',
    file: MANAGER,
    find: '...[destinationOf(context), actor,',
    replace: '...[actor,',
    expects: keyTest('two tenants'),
  },
  {
    name: 'prefix missing from the key of the store',
    file: source('issuer'),
    find: 'clients[flow]?.clientId, scopePrefix[flow]]',
    replace: 'clients[flow]?.clientId]',
    expects: keyTest('two prefixes'),
  },
  {
    name: 'parameters missing from the key',
    file: CONTEXT,
    find: 'if (parameters.length > 0) {',
    replace: 'if (parameters.length > 100) {',
    expects: keyTest('two audiences'),
  },
  {
    name: 'parameters missing from the key of the store',
    file: MANAGER,
    find: '...[scope, parameters, subject],',
    replace: '...[scope, subject],',
    expects: keyTest('two audiences'),
  },
  {
    name: 'scopes joined',
    file: CONTEXT,
    find: 'Object.freeze([...new Set(scope)].sort())',
    replace: "Object.freeze([[...new Set(scope)].sort().join(',')])",
    expects: keyTest('one scope and two'),
  },
  {
    name: 'order of scopes significant',
    file: CONTEXT,
    find: 'Object.freeze([...new Set(scope)].sort())',
    replace: 'Object.freeze([...scope])',
    expects: keyTest('the order and repetition of scopes and the order of parameters change nothing'),
  },
  {
    name: 'key of the store not hashed',
    file: SHARED,
    find: '`t:${hashOf(text)}`',
    replace: '`t:${text}`',
    expects: keyTest('T077: nothing of a request can be read'),
  },
  {
    name: 'reserved parameters in lower case only',
    file: source('protocol/token-parameters'),
    find: 'requested_subject)$/i',
    replace: 'requested_subject)$/',
    expects: { file: test('protocol/token-parameters'), test: 'is refused in any letter case' },
  },

  // Flights (R2, R12).
  {
    name: 'no single flight',
    file: MANAGER,
    find: "entry.flight ??= start('miss', entry, request);",
    replace: "entry.flight = start('miss', entry, request);",
    expects: managerTest('is asked for once by everybody who waits'),
  },
  {
    name: 'flight removed by a waiter',
    file: MANAGER,
    find: 'const tokens = entry.flight.join(signal);',
    replace: 'const tokens = entry.flight.join(signal).finally(() => (entry.flight = undefined));',
    expects: managerTest('does not end the flight for those who come later'),
  },
  {
    name: 'flight removed by another one that is abandoned',
    file: MANAGER,
    find: 'if (entry.flight !== flight) return;',
    replace: '',
    expects: managerTest('at the moment their flight lands does not end the next one'),
  },
  {
    name: 'flight removed by another one that ends late',
    file: MANAGER,
    find: 'signal.throwIfAborted();\n      entry.flight = undefined;',
    replace: 'entry.flight = undefined;',
    expects: managerTest('whose flight ends late ends no other, where there is an old token'),
  },
  {
    name: 'the abort of one caller fails all',
    file: source('tokens/flight'),
    find: 'if (waiting > 0) return;',
    replace: '',
    expects: managerTest('hears the reason of their own signal at once, and nobody else hears anything'),
  },
  {
    name: 'the first caller’s signal is that of the request',
    file: MANAGER,
    find: 'issuer.getToken({ actor, scope, parameters, signal })',
    replace: 'issuer.getToken({ actor, scope, parameters, signal: request.signal ?? signal })',
    expects: managerTest('hears the reason of their own signal at once, and nobody else hears anything'),
  },
  {
    name: 'abandoned work not stopped',
    file: source('tokens/flight'),
    find: 'stop.abort(reason);',
    replace: '',
    expects: managerTest('stops the work when the last one leaves, and the next caller begins anew'),
  },
  {
    name: 'no lookup after the lock',
    file: MANAGER,
    find: 'if (stored) return stored;',
    replace: '',
    expects: managerTest('look again when they have waited for each other'),
  },

  // Windows (R4, R5).
  {
    name: 'hard margin ignored',
    file: MANAGER,
    find: 'if (age < entry.marginAt) {',
    replace: 'if (age < entry.endsAt) {',
    expects: managerTest('callers wait for the new token'),
  },
  {
    name: 'stale token served after its end',
    file: MANAGER,
    find: 'entry.tokens !== undefined && now() < entry.endsAt;',
    replace: 'entry.tokens !== undefined;',
    expects: managerTest('T088: a token that has ended is never given, whatever else fails'),
  },
  {
    name: 'renewal awaited by the request',
    file: MANAGER,
    find: 'if (age >= entry.renewAt) renewBehind(entry, request);',
    replace: 'if (age >= entry.renewAt) return waitForToken(request, entry);',
    expects: managerTest('R4: gives the current token at once and renews it once'),
  },
  {
    name: 'failure of a renewal not handled',
    file: MANAGER,
    find: 'void entry.flight.join().catch(() => {});',
    replace: 'void entry.flight.join();',
    expects: managerTest('R4: a renewal that fails is nobody’s failure'),
  },
  {
    name: 'renewal without jitter',
    file: MANAGER,
    find: '1 + JITTER_SHARE * (2 * Math.random() - 1)',
    replace: '1',
    expects: managerTest('F38: begins up to a tenth sooner or later'),
  },
  {
    name: 'failure cached',
    file: MANAGER,
    find: 'const refusal = isRefusal(error) ? error : undefined;',
    replace: 'const refusal = error as EgainAuthError;',
    expects: managerTest('is not kept as a token: everybody who waited hears it, and the next one asks again'),
  },
  {
    name: 'refusal forgotten',
    file: MANAGER,
    find: 'if (trouble.refusal) throw repeatError(trouble.refusal, trouble.retryAt - now());',
    replace: '',
    expects: managerTest('is the answer for five seconds, to this key only'),
  },
  {
    name: 'no back-off',
    file: MANAGER,
    find: 'entry.renewAt = Math.min(retryAt, entry.marginAt);',
    replace: '',
    expects: managerTest('is tried again behind a good token, after failure'),
  },
  {
    name: 'back-off without growth',
    file: MANAGER,
    find: 'FIRST_BACK_OFF_MS * 2 ** (failures - 1)',
    replace: 'FIRST_BACK_OFF_MS',
    expects: managerTest('is tried again behind a good token, after failure'),
  },
  {
    name: 'back-off without jitter',
    file: MANAGER,
    find: ' * (1 + Math.random() / 4)',
    replace: '',
    expects: managerTest('not all at once: the delay is up to a quarter longer, by chance'),
  },
  {
    name: 'Retry-After ignored',
    file: MANAGER,
    find: '(isEgainAuthError(error) && error.retryAfterMs) || 0',
    replace: '0',
    expects: managerTest('nor before Retry-After says so'),
  },
  {
    name: 'waiting without an end',
    file: source('tokens/token-cache'),
    find: 'if (waiting >= maxEntries) throw tooMany(maxEntries);',
    replace: '',
    expects: managerTest('no more may wait at once than may be kept'),
  },
  {
    name: 'keeping without an end',
    file: source('tokens/token-cache'),
    find: 'if (ring.length >= maxEntries) makeRoom();',
    replace: '',
    expects: managerTest('room for as many as maxEntries'),
  },

  // What must not be used any more (R7, T068, T083, T089).
  {
    name: 'not looked whether it is still the rejected token',
    file: MANAGER,
    find: 'return rejected === entry.tokens?.accessToken && now()',
    replace: 'return now()',
    expects: managerTest('is not replaced again for whoever comes late with it'),
  },
  {
    name: 'rejected token kept',
    file: MANAGER,
    find: 'if (entry.tokens && isUnwanted(entry, request)) entry.tokens = undefined;',
    replace: '',
    expects: managerTest('is not given to anybody any more, even if no other can be had'),
  },
  {
    name: 'rejected token taken from the store',
    file: MANAGER,
    find: '|| stored.tokens.accessToken === request.rejected',
    replace: '',
    expects: managerTest('is not taken from the store again'),
  },
  {
    name: 'fresh token replaced',
    file: MANAGER,
    find: ' && now() - entry.obtainedAt >= MIN_REPLACEMENT_MS',
    replace: '',
    expects: managerTest('T074: is not replaced when it is fresh'),
  },
  {
    name: 'old token kept after invalid_grant',
    file: MANAGER,
    find: "if (refusal?.oauthError === 'invalid_grant') entry.tokens = undefined;",
    replace: '',
    expects: managerTest('T083: invalid_grant ends the old token too'),
  },
  {
    name: 'narrow grant cached for its whole life',
    file: MANAGER,
    find: 'isNarrow ? now() + NARROW_GRANT_MS : Number.POSITIVE_INFINITY',
    replace: 'Number.POSITIVE_INFINITY',
    expects: managerTest('says so, and is asked for again after a minute'),
  },
  {
    name: 'end of the external token ignored',
    file: MANAGER,
    find: 'expiryOfExternalToken(externalToken) ?? Number.POSITIVE_INFINITY',
    replace: 'Number.POSITIVE_INFINITY',
    expects: managerTest('ends no later than the external token it was made of'),
  },
  {
    name: 'revoke keeps the token',
    file: MANAGER,
    find: 'entry.flight?.cancel(revoked());\n      cache.drop(entry);',
    replace: 'entry.flight?.cancel(revoked());',
    and: [{ find: 'entry.tokens = undefined;\n      entry.flight?.cancel', replace: 'entry.flight?.cancel' }],
    expects: managerTest('forgets the token'),
  },
  {
    name: 'revoke does not end the flight',
    file: MANAGER,
    find: 'entry.flight?.cancel(revoked());',
    replace: '',
    expects: managerTest('wins over a flight'),
  },
  {
    name: 'revoke keeps what is read from the store meanwhile',
    file: MANAGER,
    find: '.finally(() => forget(subject))',
    replace: '',
    expects: managerTest('wins over whoever reads the store before it hears of it'),
  },
  {
    name: 'revocation missing from the key of the store',
    file: SHARED,
    find: 'JSON.stringify([key, revocations])',
    replace: 'JSON.stringify([key])',
    expects: managerTest('reaches the store'),
  },
  {
    name: 'tokens asked for after close',
    file: MANAGER,
    find: 'if (isClosed) throw closed();',
    replace: '',
    expects: managerTest('waits for what is under way, and lets nothing new begin'),
  },

  // The policy (T084).
  {
    name: 'policy not asked at all',
    file: source('create-egain-auth'),
    find: 'source: guardSubjects(manager, {',
    replace: 'source: manager ?? guardSubjects(manager, {',
    expects: { file: test('history/history'), test: 'F45' },
  },
  {
    name: 'policy not asked for what is cached',
    file: GUARD,
    find: 'if (!authorizeSubject) return source.getToken(request);',
    replace:
      'if (!authorizeSubject || (settings as any)[subject.value]) return source.getToken(request);\n(settings as any)[subject.value] = true;',
    expects: guardTest('has its last word each time: an earlier yes does not count'),
  },
  {
    name: 'answer of the policy not compared with true',
    file: GUARD,
    find: 'if (allowed === true) return',
    replace: 'if (allowed && !(allowed instanceof Promise)) return',
    expects: guardTest('refuses when it returns, or resolves to'),
  },
  {
    name: 'promised answer of the policy not compared with true',
    file: GUARD,
    find: 'if (answer !== true) refuse(',
    replace: 'if (!answer) refuse(',
    expects: guardTest('refuses when it returns, or resolves to'),
  },
];
