import type { Framework } from './contestants.ts';

/** A framework in one of its majors, and below it, for Nest, what it stands on. */
export interface Host {
  readonly framework: Framework;
  /** Its folder in node_modules. */
  readonly package: string;
  /** What the framework's name stands for in the process, where it is not this folder's newest. */
  readonly imports?: FrameworkImports;
}

/** Packages that are imported by a name that begins so are looked for by another name, or from another folder. */
export interface FrameworkImports {
  readonly prefix: string;
  readonly name?: string;
  readonly from?: string;
}

const NEST_11 = { package: 'nest11/node_modules/@nestjs/core', imports: { prefix: '@nestjs/', from: 'nest11' } };

/** By the names that `--part` takes. */
export const HOSTS = {
  'express-5': { framework: 'express', package: 'express' },
  'express-4': { framework: 'express', package: 'express4', imports: { prefix: 'express', name: 'express4' } },
  'koa-3': { framework: 'koa', package: 'koa' },
  'koa-2': { framework: 'koa', package: 'koa2', imports: { prefix: 'koa', name: 'koa2' } },
  'nest-12-express': { framework: 'nest-express', package: '@nestjs/core' },
  'nest-12-fastify': { framework: 'nest-fastify', package: '@nestjs/core' },
  'nest-11-express': { framework: 'nest-express', ...NEST_11 },
  'nest-11-fastify': { framework: 'nest-fastify', ...NEST_11 },
} satisfies Record<string, Host>;

export type HostName = keyof typeof HOSTS;

export const hostOf = (name: HostName): Host => HOSTS[name];
