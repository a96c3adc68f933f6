/** What an application installs, and then imports, one after the other. */
export interface Contestant {
  /** The first is what it is about. Packages of ours are packed; the others have the versions of this workspace. */
  readonly packages: readonly [string, ...string[]];
  /** The last is what is looked at by itself. @default the packages */
  readonly imports?: readonly [string, ...string[]];
}

const CORE = '@egain-auth/core';
const NEST = ['@nestjs/core', '@nestjs/common', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'] as const;

/** By the names that `--only` takes. */
export const CONTESTANTS = {
  undici: { packages: ['undici'] },
  'egain-auth': { packages: [CORE] },
  // What a process pays that makes a request: core imports undici then.
  'egain-auth-first-use': { packages: [CORE], imports: [CORE, 'undici'] },
  express: { packages: ['express'] },
  'egain-auth-express': {
    packages: ['@egain-auth/express', 'express'],
    imports: ['express', CORE, '@egain-auth/express'],
  },
  koa: { packages: ['koa'] },
  'egain-auth-koa': { packages: ['@egain-auth/koa', 'koa'], imports: ['koa', CORE, '@egain-auth/koa'] },
  nestjs: { packages: NEST, imports: ['@nestjs/core'] },
  'egain-auth-nestjs': {
    packages: ['@egain-auth/nestjs', ...NEST],
    imports: ['@nestjs/core', CORE, '@egain-auth/nestjs'],
  },
  'egain-auth-testing': { packages: ['@egain-auth/testing'], imports: [CORE, '@egain-auth/testing'] },
  oauth4webapi: { packages: ['oauth4webapi'] },
  jose: { packages: ['jose'] },
  'openid-client': { packages: ['openid-client'] },
  'oauth2-client': { packages: ['@badgateway/oauth2-client'] },
  passport: {
    packages: ['passport', 'express-session', 'openid-client'],
    imports: ['openid-client', 'express-session', 'passport'],
  },
  'auth0-server-js': { packages: ['@auth0/auth0-server-js'] },
  'google-auth-library': { packages: ['google-auth-library'] },
  'msal-node': { packages: ['@azure/msal-node'] },
  'azure-identity': { packages: ['@azure/identity'] },
  'express-openid-connect': { packages: ['express-openid-connect', 'express'], imports: ['express-openid-connect'] },
} satisfies Record<string, Contestant>;

export type ContestantName = keyof typeof CONTESTANTS;

export const contestantOf = (name: ContestantName): Contestant => CONTESTANTS[name];

export const importsOf = ({ packages, imports }: Contestant): readonly string[] => imports ?? packages;
