// What may not be taken out of the look-up of eGain's operations without a test that turns red. Run by tools/mutants.mjs.

const source = (name) => `packages/core/src/operations/${name}.ts`;

const FIND = source('find-operation');
const TYPES = source('operation-types');

const findTest = (name) => ({ file: 'packages/core/test/operations/find-operation.test.ts', test: name });
const typesTest = (name) => ({ file: 'packages/core/test/operations/operation-types.test.ts', test: name });
const actorsTest = (name) => ({ file: 'packages/core/test/operations/actors.test.ts', test: name });

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  // At run time.
  {
    name: 'a literal that leads nowhere is the end',
    file: FIND,
    find: 'return found ?? (node.parameter && findBelow(node.parameter, path, segmentEnd, end));',
    replace: 'return literal ? found : node.parameter && findBelow(node.parameter, path, segmentEnd, end);',
    expects: findTest('an operation'),
  },
  {
    name: 'a parameter beats a literal',
    file: FIND,
    find: 'return found ?? (node.parameter && findBelow(node.parameter, path, segmentEnd, end));',
    replace: 'return (node.parameter && findBelow(node.parameter, path, segmentEnd, end)) ?? found;',
    expects: findTest('an operation'),
  },
  {
    name: 'literals compared as they are written',
    file: FIND,
    find: 'node.literals.get(decode(segment))',
    replace: 'node.literals.get(segment)',
    expects: findTest('an operation'),
  },
  {
    name: 'a bad encoding thrown at the caller',
    file: FIND,
    find: '  try {\n    return decodeURIComponent(segment);\n  } catch {\n    return segment;\n  }',
    replace: '  return decodeURIComponent(segment);',
    expects: findTest('an operation'),
  },
  {
    name: 'an empty segment as an ID',
    file: FIND,
    find: "if (segment === '') return undefined;",
    replace: '',
    expects: findTest('is none'),
  },
  {
    name: 'a path that does not begin with a slash',
    file: FIND,
    find: "trie && path.startsWith('/') ? ",
    replace: 'trie ? ',
    expects: findTest('is none'),
  },
  {
    name: 'the query as a part of the path',
    file: FIND,
    find: '/[?#]/',
    replace: '/#/',
    expects: findTest('an operation'),
  },
  {
    name: 'the fragment as a part of the path',
    file: FIND,
    find: '/[?#]/',
    replace: '/[?]/',
    expects: findTest('an operation'),
  },
  {
    name: 'a slash at the end as a segment',
    file: FIND,
    find: "return path[end - 1] === '/' ? end - 1 : end;",
    replace: 'return end;',
    expects: findTest('an operation'),
  },
  {
    name: 'HEAD as a method of its own',
    file: FIND,
    find: "method === 'HEAD' ? 'GET' : method",
    replace: 'method',
    expects: findTest('HEAD'),
  },
  {
    name: 'scopes with a prototype',
    file: FIND,
    find: 'Object.create(null)',
    replace: '{}',
    expects: findTest('is the same whatever other code left on every object'),
  },
  {
    name: 'nodes that inherit what they have not',
    file: FIND,
    find: '{ literals: new Map(), parameter: undefined, operation: undefined }',
    replace: '{ literals: new Map() } as Node',
    expects: findTest('is the same whatever other code left on every object'),
  },
  {
    name: 'only the first of several scopes',
    file: FIND,
    find: "need.split(',')",
    replace: "need.split(',').slice(0, 1)",
    expects: findTest('the published operations'),
  },
  {
    name: 'nobody accepted where nobody is declared',
    file: source('actors'),
    find: '!isDeclared || ',
    replace: '',
    expects: actorsTest('is everybody, where it declares nobody'),
  },
  // In the compiler.
  {
    name: 'the compiler: a template looked up',
    file: TYPES,
    find: 'Record<never, 1> extends Record<P, 1>',
    replace: 'string extends P',
    expects: typesTest('a template'),
  },
  {
    name: 'the compiler: a union of paths judged as one',
    file: TYPES,
    find: '= P extends unknown',
    replace: '= [P] extends [unknown]',
    expects: typesTest('a union of paths of which one is accepted'),
  },
  {
    name: 'the compiler: a query as a part of the path',
    file: TYPES,
    find: "${'?' | '#'}",
    replace: '#',
    expects: typesTest('a query'),
  },
  {
    name: 'the compiler: a fragment as a part of the path',
    file: TYPES,
    find: "${'?' | '#'}",
    replace: '?',
    expects: typesTest('a fragment'),
  },
  {
    name: 'the compiler: an encoded segment looked up',
    file: TYPES,
    find: "'%' | ",
    replace: '',
    expects: typesTest('an encoded literal'),
  },
  {
    name: 'the compiler: a backslash as a part of an ID',
    file: TYPES,
    find: "'\\\\' | ",
    replace: '',
    expects: typesTest('a backslash'),
  },
  {
    name: 'the compiler: dots as an ID',
    file: TYPES,
    find: " | '/.'",
    replace: '',
    expects: typesTest('a dot segment'),
  },
  {
    name: 'the compiler: two slashes at the end',
    file: TYPES,
    find: "Segment extends ''\n      ? never\n      : ",
    replace: '',
    expects: typesTest('an empty segment'),
  },
  {
    name: 'the compiler: a slash at the end as a segment',
    file: TYPES,
    find: 'Path extends `${string}/` ? Path : `${Path}/`',
    replace: '`${Path}/`',
    expects: typesTest('a slash at the end'),
  },
  {
    name: 'the compiler: a literal that leads nowhere is the end',
    file: TYPES,
    find: "Or<Find<Node[Segment], Rest>, Find<Node['*'], Rest>>",
    replace: 'Find<Node[Segment], Rest>',
    expects: typesTest('a literal that leads nowhere'),
  },
  {
    name: 'the compiler: a parameter beats a literal',
    file: TYPES,
    find: "Or<Find<Node[Segment], Rest>, Find<Node['*'], Rest>>",
    replace: "Or<Find<Node['*'], Rest>, Find<Node[Segment], Rest>>",
    expects: typesTest('a literal before a parameter'),
  },
  {
    name: 'the compiler: nobody accepted where nothing is known',
    file: TYPES,
    find: '`${Path}/`>, OperationActor>',
    replace: '`${Path}/`>, never>',
    expects: typesTest('an unknown path'),
  },
  {
    name: 'the compiler: all of several actors must be accepted',
    file: TYPES,
    find: '[Extract<A, AcceptedBy<M, WithoutSuffix<P>>>] extends [never]',
    replace: '[Exclude<A, AcceptedBy<M, WithoutSuffix<P>>>] extends [never] ? P : true extends true',
    expects: typesTest('a union of actors of whom one is accepted'),
  },
];
