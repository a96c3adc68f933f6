// One of several processes that share sessions. Usage: node replica.js <lanes>. The applications of its lanes have nothing
// in common but the time, which a request can put forward.
import {
  createEgainAuth,
  type EgainAuthOptions,
  egainAuth,
  egainErrorHandler,
  requiresAuth,
} from '@egain-auth/express';
import express from 'express';
import { createRemoteSessionStore } from './session-store.ts';
import { tell } from './tell.ts';

interface Lane {
  readonly options: EgainAuthOptions;
  readonly port: number;
  /** URL of its session store. */
  readonly store: string;
}

const systemTime = Date.now.bind(Date);
let aheadMs = 0;
Date.now = () => systemTime() + aheadMs;

function start({ options, port, store }: Lane): void {
  const session = { ...options.session, store: createRemoteSessionStore(store) };
  const egain = createEgainAuth({ ...options, session });
  const app = express();
  app.post('/elapse/:ms', (req, res) => {
    aheadMs += Number(req.params.ms);
    res.end();
  });
  app.use(egainAuth(egain));
  app.get('/sign-in', requiresAuth(), (_req, res) => void res.send('signed in'));
  app.get('/token', requiresAuth({ unauthenticated: 'json' }), async (req, res) => {
    res.send(String((await req.egain.getToken()).expiresAt));
  });
  app.use(egainErrorHandler());
  app.listen(port, () => tell('listening', port));
}

for (const lane of JSON.parse(process.argv[2] ?? '[]') as Lane[]) start(lane);
