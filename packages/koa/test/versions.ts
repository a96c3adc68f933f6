import Koa3 from 'koa';
// Its own types are those of Koa 2, which agree in what these tests use.
// @ts-expect-error
import Koa2 from 'koa2';

/** Both majors under test. */
export const KOA: readonly [string, typeof Koa3][] = [
  ['Koa 3', Koa3],
  ['Koa 2', Koa2 as unknown as typeof Koa3],
];
