import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { boundaryViolations } from './boundaries.ts';
import { ROOT, sourcesBelow } from './sources.ts';

const PACKAGES = readdirSync(join(ROOT, 'packages'));
const ADAPTERS = PACKAGES.filter((name) => name !== 'core' && name !== 'testing');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('who imports whom', () => {
  test.each(PACKAGES)('%s keeps the dependency rule', (name) => {
    expect(boundaryViolations(sourcesBelow(`packages/${name}/src`))).toEqual([]);
  });

  test.each([
    ['packages/core/src/flows/on-behalf-of.ts', "import { x } from './client-credentials.ts';"],
    ['packages/core/src/tokens/token-source.ts', "import type { X } from '../flows/on-behalf-of.ts';"],
    ['packages/core/src/protocol/scopes.ts', "import { x } from '../session/session.ts';"],
    ['packages/core/src/session/session.ts', "export * from '../routes/router.ts';"],
    ['packages/core/src/outbound/api-client.ts', "import {\n  x,\n} from '../routes/login.ts';"],
    ['packages/core/src/http/client.ts', "const x = await import('../protocol/scopes.ts');"],
    ['packages/core/src/errors.ts', "import '@egain-auth/express';"],
    ['packages/core/src/operations/find-operation.ts', "import { x } from '../errors.ts';"],
    ['packages/core/src/options.ts', "import { x } from './seal.ts';"],
    ['packages/core/src/events.ts', "import { trace } from '@opentelemetry/api';"],
    ['packages/core/src/index.ts', "export { x } from './opentelemetry/instrument-egain-auth.ts';"],
    ['packages/express/src/middleware.ts', "import { x } from '@egain-auth/testing';"],
    ['packages/express/src/middleware.ts', "import { x } from '../../core/src/seal.ts';"],
  ])('the check itself sees that %s must not say %j', (path, text) => {
    expect(boundaryViolations([{ path, text }])).toHaveLength(1);
  });
});

describe('adapters know no OAuth', () => {
  const OAUTH =
    /grant_type|code_verifier|code_challenge|client_secret|client_id|redirect_uri|access_token|refresh_token|subject_|Bearer/;

  test.each(ADAPTERS)('no parameter of it occurs in %s', (name) => {
    const found = sourcesBelow(`packages/${name}/src`).filter(({ text }) => OAUTH.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('the check itself sees one', () => {
    expect(OAUTH.test("form.set('client_secret', secret)")).toBe(true);
  });
});

describe('what the documents name exists', () => {
  const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];

  test.each(DOCUMENTS)('every path in %s', (document) => {
    const paths = [
      ...read(document).matchAll(/`((?:packages|apps|tests|benchmarks|tools|data|docs|\.ci|\.changeset)\/[\w./@-]*)`/g),
    ];
    const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
    const missing = [...paths, ...links].map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
    if (document === 'ARCHITECTURE.md') expect(paths.length).toBeGreaterThan(20);
  });

  test('ARCHITECTURE.md names every source file of core', () => {
    const text = read('ARCHITECTURE.md');
    const unnamed = sourcesBelow('packages/core/src').filter(
      ({ path }) => !text.includes(path.split('/').at(-1) ?? ''),
    );
    expect(unnamed.map(({ path }) => path)).toEqual([]);
  });

  test('every error code has a page, and every page a code', () => {
    const codes = [...read('packages/core/src/errors.ts').matchAll(/^ {2}(\w+): \{ status/gm)].map(
      ([, code]) => `${code}.md`,
    );
    expect(codes.length).toBeGreaterThan(15);
    expect(new Set(readdirSync(join(ROOT, 'docs/errors')))).toEqual(new Set(codes));
  });

  test('every environment variable that is read stands in the README, and no other', () => {
    const source = read('packages/core/src/configuration/options-from-env.ts');
    const urls = ['_AUTHORIZATION_URL', '_TOKEN_URL', '_REVOCATION_URL', '_END_SESSION_URL'];
    const suffixes = { endpoint: ['_TOKEN_URL'], loginEndpoints: [...urls, '_ISSUER'] };
    const expected = [...source.matchAll(/\b(text|list|login|endpoint|loginEndpoints)\('([A-Z_]+)'\)/g)].flatMap(
      ([, reader = '', name = '']) =>
        (suffixes[reader as keyof typeof suffixes] ?? ['']).map((suffix) => `EGAIN_${name}${suffix}`),
    );
    const named = [...read('README.md').matchAll(/^\| `(EGAIN_[A-Z_]+)`/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(expected));
  });

  test('every rule that code or a test names stands in the threat model', () => {
    const rules = new Set([...read('docs/threat-model.md').matchAll(/^\| ([TR]\d+) \|/gm)].map(([, id]) => id));
    const named = ['packages', 'apps']
      .flatMap(sourcesBelow)
      .flatMap(({ text }) => text.match(/\b(?:T\d{3}|R\d{1,2})\b/g) ?? []);
    expect(named.length).toBeGreaterThan(50);
    expect([...new Set(named)].filter((id) => !rules.has(id))).toEqual([]);
  });
});
