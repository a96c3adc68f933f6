import { randomUUID } from 'node:crypto';
import type { DelegatedScope, EgainAuth, EgainIdentity } from '@egain-auth/core';
import type { Persona } from './persona.ts';

/** What a forged session should say. */
export interface ForgeSessionOptions {
  /** @default the one that `login` configures; of two, `user` */
  persona?: Persona;
  /** Takes the place of parts of the default. @default `{ id: 'test-user', name: 'Test User' }`, or `customer` */
  identity?: Partial<Omit<EgainIdentity, 'persona'>>;
  /** Send the emulator a token of its own: `await emulator.issueToken()`. @default one that no eGain takes */
  accessToken?: string;
  /** What the login asked for and was granted. @default the scopes that `login` configures */
  scope?: readonly DelegatedScope[];
  /** When the access token ends, and the session with it if it has no refresh token; 0 for one that did. @default an hour */
  expiresInMs?: number;
  /** @default none, as eGain documents none */
  refreshToken?: string;
}

/** What a browser has after a login. */
export interface ForgedSession {
  /** The value of a `Cookie` header. */
  readonly cookie: string;
  /** The `Set-Cookie` values of the login: more than one where a cookie would be too large. */
  readonly setCookie: readonly string[];
}

const HOUR_MS = 3_600_000;
const NAMES = { user: 'Test User', customer: 'Test Customer' } as const;

/**
 * A signed-in session of an instance, without a login: for tests of an application. It is sealed, or stored, as every
 * session of the instance, so no other instance takes it that has not the same secret and `baseUrl`, and the same store if
 * there is one. eGain is not asked for anything.
 *
 * @param egain the very instance that the application under test was given
 * @throws {TypeError} when it is no instance of `createEgainAuth`, or of another version, when it has no `login`, or none
 *   for the persona, or when `expiresInMs` is no number
 * @throws {EgainAuthError} `session_too_large`, `session_store_unavailable`
 */
export async function forgeSession(egain: EgainAuth, options: ForgeSessionOptions = {}): Promise<ForgedSession> {
  const sessions = sessionsOf(egain);
  const { personas } = sessions;
  const { persona = personas.user ? 'user' : 'customer', accessToken, refreshToken, expiresInMs = HOUR_MS } = options;
  const configured = Object.hasOwn(personas, persona) ? personas[persona] : undefined;
  if (!configured) throw new TypeError(`forgeSession: login.${persona} is not configured, so no ${persona} signs in.`);
  if (!Number.isFinite(expiresInMs)) throw new TypeError('forgeSession: expiresInMs must be a number.');
  const scope = options.scope ?? configured.scope;
  const setCookie = await sessions.start({
    persona,
    identity: { id: `test-${persona}`, name: NAMES[persona], ...options.identity, persona },
    requestedScope: scope,
    tokens: {
      // Of its own, since what is known of a token by its value must not be found for another session.
      accessToken: accessToken ?? `forged-${randomUUID()}`,
      refreshToken,
      expiresAt: Date.now() + expiresInMs,
      scope,
    },
  });
  return { cookie: setCookie.map((value) => value.split(';', 1)[0]).join('; '), setCookie };
}

/** The part of core's that is there for this and has no public type. */
interface Sessions {
  readonly personas: Partial<Record<Persona, { readonly scope: readonly DelegatedScope[] }>>;
  start(session: {
    persona: Persona;
    identity: EgainIdentity;
    requestedScope: readonly string[];
    tokens: {
      accessToken: string;
      refreshToken: string | undefined;
      expiresAt: number;
      scope: readonly string[];
    };
  }): Promise<string[]>;
}

const SESSIONS = Symbol.for('egain-auth.sessions');

function sessionsOf(egain: EgainAuth): Sessions {
  const instance = Object(egain) as { readonly [SESSIONS]?: Sessions };
  if (!(SESSIONS in instance)) {
    throw new TypeError('forgeSession: that is no instance of createEgainAuth, or one of another version.');
  }
  const sessions = instance[SESSIONS];
  if (sessions) return sessions;
  throw new TypeError('forgeSession: nobody can sign in here. Set the options login, baseUrl and session.');
}
