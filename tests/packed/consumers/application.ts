// An application as the README of @egain-auth/express describes it, and one visit of each kind.
import type { AddressInfo } from 'node:net';
import {
  createEgainAuth,
  customer,
  type EgainAuthOptions,
  egainAuth,
  egainErrorHandler,
  isEgainAuthError,
  onBehalfOf,
  requiresAuth,
  type Subject,
  user,
} from '@egain-auth/express';
import { createEgainEmulator } from '@egain-auth/testing';
import express from 'express';

const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;

function createApplication(options: EgainAuthOptions, errors: string[]): express.Express {
  const app = express();
  app.use(egainAuth(createEgainAuth(options)));
  app.get('/desk', requiresAuth({ as: 'user', unauthenticated: 'json' }), (req, res) => {
    res.send(`hello ${req.egain.identity?.name}`);
  });
  const subjects: Readonly<Record<string, () => Subject>> = {
    crm: () => user({ username: 'pa' }),
    shop: () => customer({ email: 'jane.doe@example.com' }),
    nobody: () => user({ username: 'nobody' }),
  };
  for (const [path, subject] of Object.entries(subjects)) {
    app.use(`/${path}`, onBehalfOf(subject, { scope, eager: true }));
  }
  app.get('/:where', async (req, res) => {
    const { persona, kind } = (req.egain.actor?.type === 'on-behalf-of' && req.egain.actor.subject) || {};
    res.json({ persona, kind, scope: [...(await req.egain.getToken()).scope] });
  });
  app.use(egainErrorHandler({ onError: (error, { req }) => errors.push(`${req.originalUrl} ${error.code}`) }));
  return app;
}

async function visit(): Promise<void> {
  const emulator = await createEgainEmulator().listen();
  const errors: string[] = [];
  const options = emulator.config({ baseUrl: 'http://localhost:3000' });
  const server = createApplication({ ...options, authorizeSubject: () => true }, errors).listen(0);
  const { port } = server.address() as AddressInfo;
  const answers: unknown[] = [];
  for (const path of ['desk', 'crm', 'shop', 'nobody']) {
    const answer = await fetch(`http://localhost:${port}/${path}`);
    const { error, ...rest } = (await answer.json()) as { error?: { code: string } };
    answers.push([path, answer.status, error?.code ?? rest]);
  }
  console.log(JSON.stringify({ answers, errors }));
  server.close();
  server.closeAllConnections();
  await emulator.close();
}

visit().catch((error: unknown) => {
  console.error(isEgainAuthError(error) ? error.remedy : error);
  process.exitCode = 1;
});
