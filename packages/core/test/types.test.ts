import { describe, expect, test } from '@jest/globals';
import { compile } from './compiler.ts';

/** What a reader of the documents has at hand. */
const PREAMBLE = `
import { Agent, interceptors } from 'undici';
import { type Actor, type ApiClient, createEgainAuth, customer, type RequestContext, scope, type Subject, user, type EgainAuth, type EgainAuthOptions, type TokenSet } from '../../src/index.ts';
declare const egain: EgainAuth;
`;

const COMPILES: Readonly<Record<string, string>> = {
  'each flow with a scope of its own kind': `
    await egain.clientCredentials({ scope: ['app.knowledge.portalmgr.read', '.default'] });
    await egain.anonymousCustomer({ scope: ['core.aiservices.read', 'core.aiservices.manage'] });
    await egain.onBehalfOf(user({ userId: '42' }), { scope: ['knowledge.portalmgr.onbehalfof.read'] });
    await egain.tokenExchange({ registrationId: 'r', subjectToken: async () => 't' });
    await egain.getToken({ type: 'client' }, { scope: ['app.core.casemgr.manage'] });`,
  'a delegated scope of the client, which is a warning at run time': `
    await egain.clientCredentials({ scope: ['knowledge.portalmgr.manage'] });`,
  'a scope that the types do not know, said loudly': `
    await egain.anonymousCustomer({ scope: [scope.unchecked('core.aiservices.write')] });
    const options: EgainAuthOptions = { login: { user: { scope: [scope.unchecked('openid')] } } };`,
  'a list kept in a constant': `
    const read = ['knowledge.portalmgr.onbehalfof.read'] as const;
    await egain.onBehalfOf(customer({ email: 'a@b.example' }), { scope: read });
    const answer: { user: unknown[] } = await egain.api({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }, { scope: read }).get('/x');`,
  'an operation that the actor may call, a path that is not known, and one that is put together': `
    const portals: { portal: unknown[] } = await egain.api({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }).get('/knowledge/portalmgr/v4/myportals?$lang=en-US');
    const visitor = egain.api({ type: 'anonymous-customer' });
    const id: string = 'PROD-1';
    await visitor.get(\`/knowledge/portalmgr/v4/portals/\${id}/bookmarks\`);
    await visitor.get(id);
    await visitor.post('/core/casemgr/v4/cases', { body: {} });
    await visitor.request('HEAD', '/knowledge/portalmgr/v4/PROD-1000/search');
    for await (const page of visitor.paginate('/knowledge/portalmgr/v4/portals')) console.log(page);`,
  'an operation that one of several actors may call': `
    declare const who: { type: 'client' } | { type: 'anonymous-customer' };
    await egain.api(who).get('/knowledge/portalmgr/v4/portals/PROD-1000/articles/PROD-1');
    declare const anybody: Actor;
    await egain.api(anybody).get('/knowledge/portalmgr/v4/myportals');
    declare const subject: Subject;
    await egain.api({ type: 'on-behalf-of', subject }).get('/knowledge/portalmgr/v4/myportals');
    declare const context: RequestContext;
    await context.api.get<{ portal: unknown[] }>('/knowledge/portalmgr/v4/myportals');
    await context.apiAs(['customer', 'anonymous-customer']).get('/knowledge/portalmgr/v4/portals/PROD-1000/bookmarks');`,
  'a client of one actor where any will do': `
    const search = (api: ApiClient) => api.get<{ name: string }>('/knowledge/portalmgr/v4/PROD-1000/search');
    await search(egain.api({ type: 'client' }));
    await search(egain.api({ type: 'anonymous-customer' }));`,
  'clients of others, with scopes of the actor’s kind': `
    const read = { scope: ['knowledge.portalmgr.onbehalfof.read'] } as const;
    const actor = { type: 'on-behalf-of', subject: user({ username: 'pa' }) } as const;
    const theirs: typeof fetch = egain.fetch(actor, read);
    const response: Response = await theirs(new URL('https://api.egain.example/x'), { method: 'POST', body: new FormData() });
    const fetcher: (input: Request | string | URL, init?: RequestInit) => Promise<Response> = egain.sdkFetcher(actor);
    const accessToken: () => Promise<string> = egain.tokenProvider(actor, read);
    new Agent().compose(egain.interceptor(actor, read), interceptors.redirect());`,
  'a resource that the application adds': `
    declare module '../../src/scope.ts' { interface EgainResources { 'analytics.resourcemgr': true } }
    await egain.anonymousCustomer({ scope: ['analytics.resourcemgr.read'] });`,
};

/** With the words that the compiler must say. */
const DOES_NOT: Readonly<Record<string, readonly [code: string, words: RegExp]>> = {
  'an operation that the actor may not call': [
    `await egain.api({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }).post('/core/aiservices/v4/PROD-1000/answers?q=x');`,
    /is not assignable to parameter of type '"egain: actor 'on-behalf-of-user' is not accepted by this operation"'/,
  ],
  'an operation that none of several actors may call': [
    `declare const who: { type: 'client' } | { type: 'anonymous-customer' };
    await egain.api(who).get('/knowledge/portalmgr/v4/myportals');`,
    /"egain: actor 'client' is not accepted by this operation"/,
  ],
  'an operation that nobody of a list may call': [
    `declare const context: RequestContext;
    await context.apiAs(['customer', 'anonymous-customer']).get('/knowledge/portalmgr/v4/myportals');`,
    /"egain: actor 'customer' is not accepted by this operation"/,
  ],
  'another method of the same path': [
    `await egain.api({ type: 'anonymous-customer' }).request('POST', '/knowledge/portalmgr/v4/portals/PROD-1000/bookmarks');`,
    /"egain: actor 'anonymous-customer' is not accepted by this operation"/,
  ],
  'an application scope for an anonymous customer': [
    `await egain.anonymousCustomer({ scope: ['app.core.aiservices.read'] });`,
    /"app\.core\.aiservices\.read"' is not assignable to type 'DelegatedScope'.*Did you mean '"core\.aiservices\.read"'/s,
  ],
  'a delegated scope on behalf of somebody': [
    `await egain.onBehalfOf(user({ username: 'pa' }), { scope: ['knowledge.portalmgr.read'] });`,
    /"knowledge\.portalmgr\.read"' is not assignable to type 'OnBehalfOfScope'/,
  ],
  'an on-behalf-of scope of the client': [
    `await egain.getToken({ type: 'client' }, { scope: ['knowledge.portalmgr.onbehalfof.read'] });`,
    /"knowledge\.portalmgr\.onbehalfof\.read"' is not assignable to type 'ClientScope'/,
  ],
  'an application scope in a login': [
    `createEgainAuth({ login: { customer: { scope: ['app.core.aiservices.read'] } } });`,
    /"app\.core\.aiservices\.read"' is not assignable to type 'DelegatedScope'/,
  ],
  'an application scope of a fetch on behalf of somebody': [
    `egain.fetch({ type: 'on-behalf-of', subject: user({ username: 'pa' }) }, { scope: ['app.core.aiservices.read'] });`,
    /"app\.core\.aiservices\.read"' is not assignable to type 'OnBehalfOfScope'/,
  ],
  'an on-behalf-of scope of an interceptor for the client': [
    `egain.interceptor({ type: 'client' }, { scope: ['knowledge.portalmgr.onbehalfof.read'] });`,
    /"knowledge\.portalmgr\.onbehalfof\.read"' is not assignable to type 'ClientScope'/,
  ],
  'a scope with a typing mistake': [
    `await egain.anonymousCustomer({ scope: ['core.aiservice.read'] });`,
    /Did you mean '"core\.aiservices\.read"'/,
  ],
  'the scope of the guide’s own PKCE example': [
    `createEgainAuth({ login: { user: { scope: ['core.aiservices.write'] } } });`,
    /"core\.aiservices\.write"' is not assignable to type 'DelegatedScope'/,
  ],
  'scopes as one string': [
    `await egain.clientCredentials({ scope: 'app.core.aiservices.read' });`,
    /'string' is not assignable to type 'readonly ClientScope\[\]'/,
  ],
  'a plain object as a subject': [
    `await egain.onBehalfOf({ persona: 'user', kind: 'username', value: 'admin' }, { scope: [] });`,
    /\[SUBJECT\]/,
  ],
  'a user by e-mail': [`user({ email: 'a@b.example' });`, /'email' does not exist in type/],
  'a customer by name': [`customer({ username: 'pa' });`, /'username' does not exist in type/],
  'an unknown option': [`createEgainAuth({ clientID: 'x' });`, /Did you mean to write 'clientId'/],
  'an unknown actor': [`await egain.getToken({ type: 'agent' });`, /"agent"' is not assignable to type/],
  'writing to a token set': [`declare const tokens: TokenSet; tokens.accessToken = 'x';`, /read-only property/],
};

const numbered = (kind: string, codes: readonly string[]): Record<string, string> =>
  Object.fromEntries(codes.map((code, index) => [`${kind}-${index}`, `${PREAMBLE}${code}\nexport {};\n`]));

const errorsIn = compile('types', {
  ...numbered('good', Object.values(COMPILES)),
  ...numbered(
    'bad',
    Object.values(DOES_NOT).map(([code]) => code),
  ),
});

describe('what compiles', () => {
  test.each(Object.keys(COMPILES).map((name, index) => [name, index] as const))('%s', (_name, index) => {
    expect(errorsIn(`good-${index}`)).toBe('');
  });
});

describe('what does not, and what the compiler says', () => {
  test.each(Object.entries(DOES_NOT).map(([name, [, words]], index) => [name, index, words] as const))(
    '%s',
    (_name, index, words) => {
      expect(errorsIn(`bad-${index}`)).toMatch(words);
    },
  );
});
