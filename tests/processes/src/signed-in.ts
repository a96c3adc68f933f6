// An application whose sessions are in a store of another process. Usage: node signed-in.js <options> <port> <store>.
import { createEgainAuth, egainAuth, egainErrorHandler, requiresAuth } from '@egain-auth/express';
import express from 'express';
import { createRemoteSessionStore } from './session-store.ts';
import { tell } from './tell.ts';
import { options } from './work.ts';

const [, , , port, store = ''] = process.argv;
const given = options();
const egain = createEgainAuth({ ...given, session: { ...given.session, store: createRemoteSessionStore(store) } });
const app = express();
app.use(egainAuth(egain));
app.get('/sign-in', requiresAuth(), (_req, res) => void res.send('signed in'));
app.get('/who', (req, res) => void res.send(req.egain.identity?.name ?? 'nobody'));
app.get('/renew', requiresAuth({ unauthenticated: 'json' }), async (req, res) => {
  await req.egain.getToken({ forceRenewal: true });
  res.send('renewed');
});
app.use(egainErrorHandler());
app.listen(Number(port), () => tell('listening'));
