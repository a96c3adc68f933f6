import type { AuthorizationRequest } from './authorization-request.ts';
import { escapeHtml, htmlPage } from './html-page.ts';
import type { Reply } from './http.ts';
import { type Persona, personaSuffix } from './persona.ts';
import type { Tenant } from './tenant.ts';

/** What the page shows. */
export interface SignInPage {
  readonly persona: Persona;
  readonly tenant: Tenant;
  readonly authorization: AuthorizationRequest;
  /** The name of an attempt that failed: the page says so, with status 401, and keeps the name. */
  readonly rejectedName?: string;
}

const NAME_FIELDS: Readonly<Record<Persona, { readonly name: string; readonly label: string; readonly type: string }>> =
  {
    user: { name: 'username', label: 'Username', type: 'text' },
    customer: { name: 'email', label: 'Email address', type: 'email' },
  };

const ALERT = '<p class="alert" role="alert" id="problem">Sign-in failed: the name or the password is wrong.</p>';

/** The sign-in page of one persona, as accessible as a sign-in page should be: real labels, one heading, no script. */
export function signInPage({ persona, tenant, authorization, rejectedName }: SignInPage): Reply {
  const failed = rejectedName !== undefined;
  const title = `Sign in as ${persona === 'user' ? 'a user' : 'a customer'}`;
  const content = `<h1>${title}</h1>
<p>${escapeHtml(authorization.client.name)} asks for access to eGain.</p>
${failed ? ALERT : ''}
<dl>
<dt>Tenant</dt><dd>${escapeHtml(tenant.tenantId)}-${personaSuffix(persona)}</dd>
<dt>Application</dt><dd>${escapeHtml(authorization.client.clientId)}</dd>
<dt>Access</dt><dd>${renderScope(authorization.scope)}</dd>
</dl>
<form method="post">
${renderNameField(persona, rejectedName)}
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${describe(failed)}>
<div class="actions">
<button type="submit" name="action" value="sign-in">Sign in</button>
<button type="submit" name="action" value="cancel" class="secondary" formnovalidate>Cancel</button>
</div>
</form>`;
  return htmlPage(failed ? 401 : 200, `${failed ? 'Sign-in failed' : title} - eGain emulator`, content);
}

const renderScope = (scope: readonly string[]): string =>
  `<ul>${scope.map((name) => `<li><code>${escapeHtml(name)}</code></li>`).join('')}</ul>`;

function renderNameField(persona: Persona, rejectedName: string | undefined): string {
  const { name, label, type } = NAME_FIELDS[persona];
  const attributes = `name="${name}" type="${type}" autocomplete="username" autocapitalize="none" spellcheck="false"`;
  const value = ` value="${escapeHtml(rejectedName ?? '')}"`;
  return `<label for="${name}">${label}</label>
<input id="${name}" ${attributes}${value} required autofocus${describe(rejectedName !== undefined)}>`;
}

const describe = (failed: boolean): string => (failed ? ' aria-invalid="true" aria-describedby="problem"' : '');
