/**
 * The resources that scopes are named after. Add your own by declaration merging:
 *
 * `declare module '@egain-auth/core' { interface EgainResources { 'analytics.resourcemgr': true } }`
 */
export interface EgainResources {
  'conversation.conversationmgr': true;
  'core.aiservices': true;
  'core.casemgr': true;
  'core.customermgr': true;
  'core.infomgr': true;
  'core.usermgr': true;
  'core.workassignmentmgr': true;
  'knowledge.contentmgr': true;
  'knowledge.portalmgr': true;
}

export type Resource = Extract<keyof EgainResources, string>;
export type Access = 'read' | 'manage';

declare const UNCHECKED: unique symbol;
/** A scope that the types do not know. Only {@link scope} makes one. */
export type UncheckedScope = string & { readonly [UNCHECKED]: true };

/** For people: logins, anonymous customers, exchanged tokens. `knowledge.portalmgr.read` */
export type DelegatedScope = `${Resource}.${Access}` | UncheckedScope;
/** For on-behalf-of, and for nothing else. `knowledge.portalmgr.onbehalfof.read` */
export type OnBehalfOfScope = `${Resource}.onbehalfof.${Access}` | UncheckedScope;
/** For the application itself. `app.knowledge.portalmgr.read` */
export type ApplicationScope = `app.${Resource}.${Access}` | '.default' | UncheckedScope;

/** What the application itself may ask for: delegated scopes too, with a warning, since no user stands behind them. */
export type ClientScope = ApplicationScope | DelegatedScope;

export type Scope = DelegatedScope | OnBehalfOfScope | ApplicationScope;

export const scope = {
  /**
   * The loud way out of the types: for a scope that they do not know, such as `core.aiservices.write` of eGain's own PKCE
   * example, or one that carries a prefix already. The kinds are still judged when the request is made.
   */
  unchecked: (name: string): UncheckedScope => name as UncheckedScope,
} as const;
