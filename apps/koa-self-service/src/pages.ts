import type { Context } from 'koa';
import { type Html, html } from './html.ts';
import type { Article } from './knowledge.ts';

export function page(ctx: Context, title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Self-service</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header>
  <a href="/">Self-service</a>
  ${whoIsSignedIn(ctx)}
</header>
<main>
<h1>${title}</h1>
${body}
${calledAs(ctx)}
</main>
</body>
</html>
`.markup;
}

/** Signing in and signing out both come back to this page. */
function whoIsSignedIn({ egain, originalUrl }: Context): Html {
  const here = encodeURIComponent(originalUrl);
  if (!egain.isAuthenticated) return html`<a href="/auth/login?as=customer&amp;returnTo=${here}">Sign in</a>`;
  // eGain says the names of users; for those of customers there is `login.resolveIdentity`.
  return html`<form method="post" action="/auth/logout?returnTo=${here}">
    <p>Signed in as ${egain.identity?.name ?? 'a customer'}</p>
    <button>Sign out</button>
  </form>`;
}

/** @param found what eGain found, if it was asked */
export function searchPage(q: string, found: readonly Article[] | undefined): Html {
  return html`<form method="get" role="search">
  <label for="q">Search our help</label>
  <input id="q" name="q" value="${q}">
  <button>Search</button>
</form>
${found && results(q, found)}`;
}

function results(q: string, found: readonly Article[]): Html {
  if (found.length === 0) return html`<p>Nothing found for “${q}”.</p>`;
  return html`<ul>${found.map(
    ({ id, name, snippet }) => html`<li><a href="/articles/${id}">${name}</a><p>${snippet}</p></li>`,
  )}</ul>`;
}

export function articlePage({ id, articleSummary }: Article): Html {
  return html`<p>${articleSummary}</p>
<p><small>${id}</small></p>`;
}

/** As whom eGain was called for this page, where it was. */
function calledAs({ egain }: Context): Html | undefined {
  const call = egain.ledger.at(-1);
  if (!call) return undefined;
  const { actor, scope, tokenSource } = call;
  return html`<footer>eGain was called as <b>${actor}</b>, with the scopes <b>${scope.join(' ')}</b>, by a token from <b>${tokenSource}</b>.</footer>`;
}
