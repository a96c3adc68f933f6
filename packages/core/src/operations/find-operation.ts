import { OPERATION_ACTORS } from './actors.ts';
import type { Operation } from './operation.ts';
import { OPERATION_TABLE } from './operation-table.ts';

/** The operations below one beginning of a path. */
interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | undefined;
  /** Of the path that ends here. */
  operation: Operation | undefined;
}

/** By method. Made at the first call: who only imports us does not pay for it. */
let tries: ReadonlyMap<string, Node> | undefined;

/**
 * The operation that a request is.
 *
 * A literal segment beats a parameter, from the left: `/portals/user` is no portal. A literal that leads to no operation of
 * this method is an ID like any other. Literals are compared as a server reads them, percent-decoded. One slash at the end
 * counts for nothing: a server that forgives it has the operation without in mind, and on any other nothing is there to be
 * called. An empty segment is nobody's ID.
 * @param method in capitals; `HEAD` is answered by the operation of `GET`
 * @param path as a URL parser leaves it, without dot segments; a query or fragment after it is ignored
 * @returns `undefined` for what eGain's OpenAPI files do not have
 */
export function findOperation(method: string, path: string): Operation | undefined {
  tries ??= createTries();
  const trie = tries.get(method === 'HEAD' ? 'GET' : method);
  return trie && path.startsWith('/') ? findBelow(trie, path, 0, endOf(path)) : undefined;
}

/** Where the path ends, without query, fragment and a last slash. */
function endOf(path: string): number {
  const suffix = path.search(/[?#]/);
  const end = suffix < 0 ? path.length : suffix;
  return path[end - 1] === '/' ? end - 1 : end;
}

/** @param slash where in the path the next segment begins */
function findBelow(node: Node, path: string, slash: number, end: number): Operation | undefined {
  if (slash === end) return node.operation;
  const next = path.indexOf('/', slash + 1);
  const segmentEnd = next < 0 || next > end ? end : next;
  const segment = path.slice(slash + 1, segmentEnd);
  if (segment === '') return undefined;
  const literal = node.literals.get(decode(segment));
  const found = literal && findBelow(literal, path, segmentEnd, end);
  return found ?? (node.parameter && findBelow(node.parameter, path, segmentEnd, end));
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function createTries(): ReadonlyMap<string, Node> {
  const roots = new Map<string, Node>();
  for (const line of OPERATION_TABLE.split('\n')) {
    const operation = parseOperation(line);
    let node = childOf(roots, operation.method);
    for (const segment of operation.path.slice(1).split('/')) {
      if (segment.startsWith('{')) {
        node.parameter ??= createNode();
        node = node.parameter;
      } else {
        node = childOf(node.literals, segment);
      }
    }
    node.operation = operation;
  }
  return roots;
}

function createNode(): Node {
  return { literals: new Map(), parameter: undefined, operation: undefined };
}

function childOf(nodes: Map<string, Node>, key: string): Node {
  const node = nodes.get(key) ?? createNode();
  nodes.set(key, node);
  return node;
}

function parseOperation(line: string): Operation {
  const [method = '', path = '', operationId = '', ...needs] = line.split(' ');
  const scopes: Record<string, readonly string[]> = Object.create(null);
  for (const [index, actor] of OPERATION_ACTORS.entries()) {
    const need = needs[index] ?? '-';
    if (need !== '-') scopes[actor] = need.split(',');
  }
  return { method, path, operationId, isDeclared: needs.length > 0, scopes };
}

/** So many segments of an unknown path are named. */
const MAX_SEGMENTS = 12;
/** The segments of every published path. Made at the first use. */
let words: ReadonlySet<string> | undefined;

/**
 * The path of a call for messages, logs and events. It holds no id, which may be an e-mail address (T114): it is the template of
 * the operation, or of an unknown path those segments that eGain's published paths have too.
 * @example publicPath(undefined, '/knowledge/portalmgr/v9/jo@example.com') // '/knowledge/portalmgr/{...}/{...}'
 */
export function publicPath(operation: Operation | undefined, path: string): string {
  if (operation) return operation.path;
  words ??= new Set(OPERATION_TABLE.split('\n').flatMap((line) => parseOperation(line).path.split('/')));
  const segments = path.split('/', MAX_SEGMENTS);
  return segments.map((segment) => (words?.has(segment) ? segment : '{...}')).join('/');
}
