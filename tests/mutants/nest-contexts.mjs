// What may not be taken out of the Nest adapter outside of HTTP handlers. Run by tools/mutants.mjs.

const source = (name) => `packages/nestjs/src/${name}.ts`;
const test = (file) => (name) => ({ file: `packages/nestjs/test/${file}.test.ts`, test: name });

const REQUEST = source('current-request');
const INTERCEPTOR = source('on-behalf-of.interceptor');
const FIELDS = source('field-resolvers');
const FILTER = source('egain-auth.filter');

const graphqlTest = test('graphql');
const socketTest = test('websocket');

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  {
    name: 'Nest: a microservice or a gateway passes as HTTP',
    file: REQUEST,
    find: "if (type === 'http') {",
    replace: "if (type !== 'graphql') {",
    expects: test('other-contexts')('stays closed, and says why in the log'),
  },
  {
    name: 'Nest: a message has the request of whoever asks',
    file: REQUEST,
    find: "  const found = type === 'graphql' ? findGraphqlRequest(context) : undefined;",
    replace:
      "  const found = type === 'graphql' ? findGraphqlRequest(context) : currentRequest.getStore() ?? { contexts: new Map() };",
    expects: socketTest('stays closed, also to whoever is signed in, and says why in the log'),
  },
  {
    name: 'GraphQL: a refusal is a redirect',
    file: source('egain-auth.guard'),
    find: "      ...(isQuery && { unauthenticated: 'json' }),",
    replace: '',
    expects: graphqlTest('a refusal is an error of GraphQL with a code, and never a redirect'),
  },
  {
    name: 'GraphQL: one subject for all resolvers of a request',
    file: INTERCEPTOR,
    find: "if (context.getType<string>() === 'graphql') {",
    replace: 'if (false) {',
    expects: graphqlTest('resolvers side by side act each for their own subject'),
  },
  {
    name: 'GraphQL: a resolver does not look for its own subject',
    file: REQUEST,
    find: 'return running?.within === found ? running : found;',
    replace: 'return found;',
    expects: graphqlTest('resolvers side by side act each for their own subject'),
  },
  {
    name: 'GraphQL: a resolver that lost its subject acts as whoever signed in',
    file: source('egain-auth.decorators'),
    find: 'if (representation && current.represented !== representation.subject) {',
    replace: 'if (false) {',
    expects: graphqlTest('a resolver that lost its subject does not act as whoever signed in instead'),
  },
  {
    name: 'GraphQL: field resolvers are not looked at',
    file: source('egain-auth.module'),
    find: '    assertFieldResolversAreGuarded(this.#modules);\n',
    replace: '',
    expects: graphqlTest('it does not'),
  },
  {
    name: 'GraphQL: what is said of the class of a field resolver is not looked at',
    file: FIELDS,
    find: '[handler, provider]',
    replace: '[handler]',
    expects: graphqlTest('it does not'),
  },
  {
    name: 'GraphQL: public field resolvers are refused too',
    file: FIELDS,
    find: "said === 'public' || ",
    replace: '',
    expects: graphqlTest('those that are public need no guard'),
  },
  {
    name: 'WebSocket: the client never hears of a refusal',
    file: FILTER,
    find: 'if (client.readyState === undefined)',
    replace: "if ('emit' in client)",
    expects: socketTest('README: with the filter on the gateway a refusal goes back as its code'),
  },
];
