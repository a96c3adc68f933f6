/**
 * As whom an operation of eGain is called. The names are the six security schemes of eGain's OpenAPI files (`oAuthUser`,
 * `oAuthOnBehalfOfCustomer`, …) in kebab-case.
 */
export type OperationActor =
  | 'user'
  | 'customer'
  | 'anonymous-customer'
  | 'client'
  | 'on-behalf-of-user'
  | 'on-behalf-of-customer';

/** One operation of eGain's OpenAPI files, state of 2026-04-17. */
export interface Operation {
  readonly method: string;
  /** A template: `/knowledge/portalmgr/v4/portals/{portalID}`. */
  readonly path: string;
  /** `getPortalDetailsById`; unique. `None` is that of the one operation whose file gives none. */
  readonly operationId: string;
  /** Whether the operation says itself whom it accepts. From one that does not, nothing may be concluded. */
  readonly isDeclared: boolean;
  /**
   * For each actor that is accepted the scopes it needs, all of them, without the prefix of the tenant. An actor that is
   * missing is refused with 403-112, unless nothing is declared: then this is empty. `client` has `.default` always, which
   * says nothing of a tenant whose application scopes are called `app.*`.
   */
  readonly scopes: Readonly<Partial<Record<OperationActor, readonly string[]>>>;
}
