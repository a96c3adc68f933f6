import { readFileSync } from 'node:fs';
import {
  type ApiClient,
  type EgainAuth,
  type EgainAuthError,
  type ErrorDetails,
  egainAuth,
  egainErrorHandler,
} from '@egain-auth/koa';
import Koa, { type Context, type Middleware } from 'koa';
import { html } from './html.ts';
import { readArticle, searchArticles } from './knowledge.ts';
import { articlePage, page, searchPage } from './pages.ts';

const STYLE = readFileSync(new URL('../src/style.css', import.meta.url), 'utf8');

/** @param onError the log gets what was wrong and what to do; the browser gets a code and an id */
export function createApp(egain: EgainAuth, onError = report): Koa {
  const app = new Koa();
  app.use(egainErrorHandler({ onError }));
  app.use(
    get(/^\/style\.css$/, (ctx) => {
      ctx.type = 'css';
      ctx.body = STYLE;
    }),
  );
  app.use(egainAuth(egain));
  app.use(async (ctx, next) => {
    // One address, two readers.
    ctx.vary('Cookie');
    // Or the back button would show what a person saw who has signed out since.
    if (ctx.egain.isAuthenticated) ctx.set('cache-control', 'no-store');
    await next();
  });

  app.use(
    get(/^\/$/, async (ctx) => {
      const q = new URLSearchParams(ctx.querystring).get('q') ?? '';
      const found = q === '' ? undefined : await searchArticles(reader(ctx), q);
      ctx.body = page(ctx, 'Help', searchPage(q, found));
    }),
  );
  app.use(
    get(/^\/articles\/([\w-]+)$/, async (ctx, id) => {
      const article = await readArticle(reader(ctx), id);
      if (!article) ctx.status = 404;
      ctx.body = article
        ? page(ctx, article.name, articlePage(article))
        : page(ctx, 'No such article', html`<p><a href="/">Back to the search</a></p>`);
    }),
  );
  app.use((ctx) => {
    ctx.status = 404;
    ctx.body = page(ctx, 'No such page', html`<p><a href="/">Back to the search</a></p>`);
  });
  return app;
}

/** Whoever signed in, or else a visitor: a handler need not know which. All visitors share one token. */
const reader = (ctx: Context): ApiClient => ctx.egain.apiAs(['customer', 'anonymous-customer']);

/** A router of one route. */
function get(path: RegExp, handle: (ctx: Context, id: string) => Promise<void> | void): Middleware {
  return async (ctx, next) => {
    const match = ['GET', 'HEAD'].includes(ctx.method) ? path.exec(ctx.path) : null;
    if (match) await handle(ctx, match[1] ?? '');
    else await next();
  };
}

/** A 401 of a guard is an ordinary answer, not worth a line in the log. */
function report(error: EgainAuthError, { expected }: ErrorDetails): void {
  if (!expected) console.error(error);
}
