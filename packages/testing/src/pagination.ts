import { ApiError } from './api-error.ts';
import type { OperationCall } from './operations/operation.ts';

const MAX_PAGE = 999;
const MAX_PAGE_SIZE = 75;

/** `paginationInfo` of eGain's listings. */
export interface PaginationInfo {
  readonly count: number;
  readonly pagenum: number;
  readonly pagesize: number;
  readonly link?: readonly { readonly rel: 'prev' | 'next'; readonly href: string }[];
}

/** The page of a listing that a request asks for; empty past the end. @throws {ApiError} 400-196 */
export function paginate<Item>(
  items: readonly Item[],
  { path, query, tenant }: OperationCall,
  defaultSize: number,
): { readonly page: readonly Item[]; readonly paginationInfo: PaginationInfo } {
  const pagenum = readNumber(query, '$pagenum', 1, MAX_PAGE);
  const pagesize = readNumber(query, '$pagesize', defaultSize, MAX_PAGE_SIZE);
  const pages = Math.ceil(items.length / pagesize);
  const link = [
    ...(pagenum > 1 ? [{ rel: 'prev', href: hrefOf(path, query, pagenum - 1, pagesize) } as const] : []),
    ...(pagenum < pages ? [{ rel: 'next', href: hrefOf(path, query, pagenum + 1, pagesize) } as const] : []),
  ];
  const count = tenant.behaviour.paginationCount === 'items' ? items.length : pages;
  return {
    page: items.slice((pagenum - 1) * pagesize, pagenum * pagesize),
    paginationInfo: { count, pagenum, pagesize, ...(link.length > 0 && { link }) },
  };
}

/** A whole number within its bounds. @throws {ApiError} 400-196 */
export function readNumber(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  // INFERRED: the message is the one of a value that is not allowed; the range in it is the emulator's wording.
  throw new ApiError('400-196', `Invalid value of attribute ${name}, expected values are: [1..${max}].`);
}

/** Relative to the host, with a bare `$`, as in eGain's examples: `/knowledge/portalmgr/v4/portals?$pagenum=3&$pagesize=2`. */
function hrefOf(path: string, query: URLSearchParams, pagenum: number, pagesize: number): string {
  const others = [...query].filter(([name]) => name !== '$pagenum' && name !== '$pagesize');
  const rest = others.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${path}?${[...rest, `$pagenum=${pagenum}`, `$pagesize=${pagesize}`].join('&')}`;
}
