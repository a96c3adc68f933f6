import { escapeHtml, htmlPage } from './html-page.ts';
import type { Reply } from './http.ts';
import type { OAuthError } from './oauth-error.ts';

/** Tells the person in front of the browser why the login cannot start. There is nowhere safe to redirect to. */
export const errorPage = ({ status, error, description }: OAuthError): Reply =>
  htmlPage(
    status,
    'Sign-in is not possible - eGain emulator',
    `<h1>Sign-in is not possible</h1>
<p class="alert" role="alert">${escapeHtml(description)}</p>
<p><code>${escapeHtml(error)}</code></p>`,
  );
