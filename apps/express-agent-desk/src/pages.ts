import type { Actor, RequestContext, TokenSet } from '@egain-auth/express';
import { type Html, html } from './html.ts';

export function page(egain: RequestContext, title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Agent desk</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header>
  <nav aria-label="Main">
    <a href="/">Agent desk</a>
    <a href="/desk">Agent</a>
    <a href="/help">Customer</a>
    <a href="/crm">CRM</a>
    <a href="/server">Server</a>
  </nav>
  ${whoIsSignedIn(egain)}
</header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.markup;
}

function whoIsSignedIn({ identity }: RequestContext): Html {
  if (!identity) return html`<p>Nobody is signed in</p>`;
  return html`<form method="post" action="/auth/logout">
    <p>${identity.name ?? 'Somebody'} (${identity.persona})</p>
    <button>Sign out</button>
  </form>`;
}

export function home(): Html {
  return html`<p>One application, four ways to call eGain. Each page says as whom it called, with which scopes.</p>
<dl>
  <dt><a href="/desk">Agent</a></dt>
  <dd>An agent signs in at eGain and searches the knowledge base.</dd>
  <dt><a href="/help">Customer</a></dt>
  <dd>A customer signs in at eGain and searches as a customer.</dd>
  <dt><a href="/crm">CRM</a></dt>
  <dd>An employee signs in at the CRM alone; eGain is called on behalf of the agent of that name.</dd>
  <dt><a href="/server">Server</a></dt>
  <dd>Nobody signs in; the application calls eGain as itself.</dd>
</dl>`;
}

export function crmLogin(employees: readonly string[]): Html {
  if (employees.length === 0)
    return html`<p>Only the demo has a CRM. Connect the sign-in of your own in <code>src/crm.ts</code>.</p>`;
  return html`<form method="post" action="/crm/login">
  <label for="employee">Sign in to the CRM as</label>
  <select id="employee" name="employee">${employees.map((name) => html`<option>${name}</option>`)}</select>
  <button>Sign in to the CRM</button>
</form>`;
}

/** As whom eGain was called, with what scopes, and where the token came from. Never the token. */
export function calledAs(actor: Actor | undefined, { scope, source }: TokenSet): Html {
  return html`<aside aria-label="How eGain was called">
  <dl>
    <dt>Actor</dt><dd>${describeActor(actor)}</dd>
    <dt>Scopes</dt><dd>${[...scope].join(' ')}</dd>
    <dt>Token from</dt><dd>${source}</dd>
  </dl>
</aside>`;
}

function describeActor(actor: Actor | undefined): string {
  if (actor?.type === 'session') return `session of a ${actor.session.persona}`;
  if (actor?.type === 'on-behalf-of') return `on-behalf-of ${actor.subject.value}`;
  return actor?.type ?? 'nobody';
}
