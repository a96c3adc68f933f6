import type { Reply } from './http.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for quoted attribute values. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const STYLE = `
  :root { color-scheme: light; font: 16px/1.5 system-ui, sans-serif; color: #1c2430; background: #eef1f6; }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; }
  main { width: 100%; max-width: 27rem; background: #fff; border: 1px solid #d3d9e3; border-radius: 12px; padding: 2rem;
    box-shadow: 0 8px 24px rgb(28 36 48 / 8%); }
  h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; }
  p { margin: 0 0 1rem; overflow-wrap: anywhere; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1.25rem 0; font-size: .875rem; }
  dt { color: #4a5567; }
  dd { margin: 0; overflow-wrap: anywhere; }
  ul { margin: 0; padding: 0; list-style: none; }
  code { font-size: .8125rem; }
  label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
  input { width: 100%; padding: .625rem .75rem; font: inherit; border: 1px solid #6b7688; border-radius: 8px; }
  button { padding: .625rem 1.25rem; font: inherit; font-weight: 600; border-radius: 8px; border: 1px solid #0b5394;
    background: #0b5394; color: #fff; cursor: pointer; }
  button.secondary { background: #fff; color: #0b5394; }
  input:focus-visible, button:focus-visible { outline: 3px solid #f5a623; outline-offset: 2px; }
  .actions { display: flex; gap: .75rem; margin-top: 1.5rem; }
  .alert { padding: .75rem 1rem; border: 1px solid #a61b1b; border-radius: 8px; background: #fdf0f0; color: #7f1212; }
  .note { margin: 1.5rem 0 0; font-size: .8125rem; color: #4a5567; }
`;

/**
 * A whole page without script. `content` is HTML: escape what goes into it.
 *
 * The policy has no `form-action`: browsers apply it to the redirect after the form as well, which leads to the
 * application.
 */
export const htmlPage = (status: number, title: string, content: string): Reply => ({
  status,
  headers: {
    'content-type': 'text/html;charset=UTF-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  },
  body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
<p class="note">This is the eGain emulator on your own machine. It is not eGain.</p>
</main>
</body>
</html>
`,
});
