import type { OperationActor } from './operations/operation.ts';
import type { Persona } from './protocol/endpoints.ts';
import type { ClientScope, DelegatedScope, OnBehalfOfScope } from './scope.ts';
import type { EgainSession } from './session/session.ts';
import type { CustomerSubject, UserSubject } from './subject.ts';

/** As whom eGain is called: decides the flow, the client application, the endpoint and the scopes that make sense. */
export type Actor =
  /** The application itself: client credentials, application scopes. */
  | { readonly type: 'client' }
  /** A visitor nobody knows. */
  | { readonly type: 'anonymous-customer' }
  /** A named user or customer who is not present: {@link user} and {@link customer} make the subject. */
  | { readonly type: 'on-behalf-of'; readonly subject: UserSubject | CustomerSubject }
  /** The owner of a token of an external identity provider. The function is called for each exchange. */
  | {
      readonly type: 'exchanged';
      /** Id of the SSO Provider registration in the Administration Console. */
      readonly registrationId: string;
      readonly subjectToken: () => string | Promise<string>;
    }
  /** Whoever signed in with this browser session. */
  | { readonly type: 'session'; readonly session: EgainSession };

export type ActorType = Actor['type'];

/** The scopes that make sense for an actor. A client may ask for delegated ones, with a warning. */
export type ScopeOf<A extends Actor> = A extends { type: 'client' }
  ? ClientScope
  : A extends { type: 'on-behalf-of' }
    ? OnBehalfOfScope
    : DelegatedScope;

/**
 * How eGain's operations name an actor. Whose an exchanged token is, only eGain knows: of either persona's operations none is
 * refused.
 */
export type OperationActorOf<A extends Actor> = A extends { type: 'on-behalf-of'; subject: infer S }
  ? OnBehalfOf<S>
  : A extends { type: 'session'; session: EgainSession<infer P> }
    ? P
    : A extends { type: 'exchanged' }
      ? 'user' | 'customer'
      : Extract<A['type'], OperationActor>;

type OnBehalfOf<S> = S extends { persona: infer P extends Persona } ? `on-behalf-of-${P}` : never;
