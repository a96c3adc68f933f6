import { createEgainAuth, type EgainAuth, type EgainAuthOptions } from '../../src/index.ts';
import { type Answer, json, type LoopbackServer, listen } from '../loopback.ts';

export interface ApiStage {
  readonly egain: EgainAuth;
  readonly api: LoopbackServer;
  readonly tokens: LoopbackServer;
  /** Access tokens that the API answers 401. */
  readonly revoked: Set<string>;
  /** The access tokens that came with requests, in order. */
  readonly sent: () => (string | undefined)[];
}

/** What clients of this stage say; any actor may. */
export const CLIENT = { type: 'client' } as const;
export const SCOPE = { scope: ['app.core.aiservices.read'] as const };

/** An API that knows which tokens are good, and an issuer that counts them: token-1, token-2, … */
async function startApiStage(answer: Answer, options: Partial<EgainAuthOptions>): Promise<ApiStage> {
  const revoked = new Set<string>();
  let issued = 0;
  const tokens = await listen((response, request) => {
    issued += 1;
    json({ access_token: `token-${issued}`, expires_in: 3600 })(response, request);
  });
  const tokenOf = (authorization = ''): string => authorization.replace('Bearer ', '');
  const api = await listen((response, request) => {
    if (revoked.has(tokenOf(request.headers.authorization))) json({ code: '401-101' }, 401)(response, request);
    else answer(response, request);
  });
  const tokenUrl = `${tokens.origin}/token`;
  const egain = createEgainAuth({
    clientId: 'client-1',
    clientSecret: 'secret',
    authorizeSubject: () => true,
    endpoints: { client: { tokenUrl }, anonymousCustomer: { tokenUrl }, onBehalfOf: { user: { tokenUrl } } },
    apiUrl: api.origin,
    ...options,
  });
  const sent = () => api.received.map(({ headers }) => headers.authorization && tokenOf(headers.authorization));
  return { egain, api, tokens, revoked, sent };
}

/** Stages that a test file started, to be closed after each test. */
export function stagesToClose(): {
  stage: (answer?: Answer, options?: Partial<EgainAuthOptions>) => Promise<ApiStage>;
  closeAll: () => Promise<void>;
} {
  const started: ApiStage[] = [];
  return {
    async stage(answer = json({ ok: true }), options = {}) {
      const one = await startApiStage(answer, options);
      started.push(one);
      return one;
    },
    async closeAll() {
      await Promise.all(
        started.splice(0).flatMap(({ egain, api, tokens }) => [api.close(), tokens.close(), egain.close()]),
      );
    },
  };
}
