import openid, { type SessionStore } from 'express-openid-connect';
import { createApplication, greet } from '../application.ts';
import type { Contestant } from '../contestant.ts';
import { idToken, PROFILES, SECRET, tokens } from '../profile.ts';

export const expressOpenidConnectCookie = contestant();
export const expressOpenidConnectStore = contestant(memoryStore);

/** Its session is filled by hand, with what its own callback puts there; it is sealed, kept and read by itself. */
function contestant(createStore?: () => SessionStore): Contestant {
  return {
    package: 'express-openid-connect',
    create: () =>
      createApplication({
        use: [
          openid.auth({
            authRequired: false,
            issuerBaseURL: 'https://issuer.example',
            baseURL: 'http://localhost',
            clientID: 'benchmark',
            clientSecret: SECRET,
            authorizationParams: { response_type: 'code', response_mode: 'query' },
            secret: SECRET,
            session: createStore ? { store: createStore() } : {},
          }),
        ],
        signIn(req, _res, next) {
          const { accessToken, expiresAt } = tokens();
          Object.assign((req as unknown as { appSession: object }).appSession, {
            id_token: idToken(PROFILES.small),
            access_token: accessToken,
            token_type: 'Bearer',
            expires_at: Math.floor(expiresAt / 1000),
          });
          next();
        },
        home: (req, res) => greet(res, req.oidc.user?.['name']),
      }),
  };
}

function memoryStore(): SessionStore {
  type Payload = Parameters<SessionStore['set']>[1];
  const sessions = new Map<string, Payload>();
  return {
    get: (id, callback) => callback(null, sessions.get(id)),
    set(id, session, callback) {
      sessions.set(id, session);
      callback?.();
    },
    destroy(id, callback) {
      sessions.delete(id);
      callback?.();
    },
  };
}
