import { fileURLToPath } from 'node:url';
import {
  type EgainAuth,
  type EgainAuthError,
  type ErrorDetails,
  egainAuth,
  egainErrorHandler,
  requiresAuth,
} from '@egain-auth/express';
import express, { type Express } from 'express';
import { crm } from './crm.ts';
import { html } from './html.ts';
import { openArticle, searchArticles } from './knowledge.ts';
import { home, page } from './pages.ts';

const STYLE = fileURLToPath(new URL('../src/style.css', import.meta.url));

export interface AppOptions {
  /** The log gets what was wrong and what to do; the browser gets a code and an id. */
  readonly onError?: (error: EgainAuthError, details: ErrorDetails) => void;
  /** Who can be chosen at the pretended sign-in of the CRM. For the demo alone. @default nobody */
  readonly employees?: readonly string[];
}

export function createApp(egain: EgainAuth, { onError = report, employees = [] }: AppOptions = {}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/style.css', (_req, res) => {
    res.sendFile(STYLE);
  });

  app.use(egainAuth(egain));
  // Or the back button would show what a person saw who has signed out since.
  app.use((req, res, next) => {
    if (req.egain.isAuthenticated) res.set('cache-control', 'no-store');
    next();
  });

  app.get('/', (req, res) => {
    res.send(page(req.egain, 'Agent desk', home()));
  });

  // An agent signs in.
  app.get('/desk', requiresAuth({ as: 'user' }), async (req, res) => {
    const body = await searchArticles(req.egain, req.query['q'], '/desk/articles');
    res.send(page(req.egain, 'Search as an agent', body));
  });
  app.get('/desk/articles/:id', requiresAuth({ as: 'user' }), async (req, res) => {
    const article = await openArticle(req.egain, String(req.params['id']));
    if (article) res.send(page(req.egain, article.title, article.body));
    else res.status(404).send(page(req.egain, 'No such article', html`<p><a href="/desk">Back to the search</a></p>`));
  });

  // A customer signs in.
  app.get('/help', requiresAuth({ as: 'customer' }), async (req, res) => {
    const body = await searchArticles(req.egain, req.query['q']);
    res.send(page(req.egain, 'Search as a customer', body));
  });

  // Somebody signs in elsewhere, and eGain is called on their behalf.
  app.use('/crm', crm(employees));

  // Nobody signs in: the application calls as itself.
  const actor = { type: 'client' } as const;
  const scope = ['app.knowledge.portalmgr.read'] as const;
  const server = { actor, api: egain.api(actor, { scope }), getToken: () => egain.getToken(actor, { scope }) };
  app.get('/server', async (req, res) => {
    const body = await searchArticles(server, req.query['q']);
    res.send(page(req.egain, 'Search as the application', body));
  });

  app.use(egainErrorHandler({ onError }));
  return app;
}

/** A 401 of a guard is an ordinary answer, not worth a line in the log. */
function report(error: EgainAuthError, { expected }: ErrorDetails): void {
  if (!expected) console.error(error);
}
