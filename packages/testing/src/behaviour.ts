/**
 * One switch for each thing that no source says of eGain (UNKNOWN), or that is only concluded (INFERRED). The defaults are
 * what the guide documents or, where it is silent, the strict reading.
 */
export interface BehaviourOptions {
  /**
   * Which generation of the authorization server: the one the guide documents, or `commercial` (Azure AD B2C), with its
   * URLs and prefixed scopes. `config()` fits either.
   * @default 'rigel'
   */
  generation?: 'rigel' | 'commercial';

  /** UNKNOWN: no page shows a token answer. eGain's own code reads a number and does without. @default 'number' */
  expiresIn?: 'number' | 'string' | 'absent';
  /** UNKNOWN, as above; RFC 6749 5.1 requires it, in any case. @default 'Bearer' */
  tokenType?: 'Bearer' | 'bearer' | 'absent';
  /**
   * UNKNOWN: how a token answer names the granted scopes. `as-requested`: with the prefix of the flow, if it has one.
   * `bare`: never with a prefix. `prefixed`: always with `<apiUrl>/auth/`.
   * @default 'as-requested'
   */
  scopeAnswer?: 'as-requested' | 'bare' | 'prefixed' | 'absent';
  /** eGain's OpenAPI files say JWT; its agent SDK tolerates an opaque token. @default 'jwt' */
  tokenFormat?: 'jwt' | 'opaque';
  /** UNKNOWN: the claim of a JWT that holds the scopes. Do not read it in an application. @default 'scope' */
  scopeClaim?: 'scope' | 'scp';
  /** UNKNOWN: whether a login brings an `id_token`. This one cannot be verified: no keys are published. @default 'absent' */
  idToken?: 'absent' | 'present';
  /** UNKNOWN: `refresh_token_expires_in` beside a refresh token, as Azure AD B2C answers it. @default 'absent' */
  refreshTokenExpiresIn?: 'absent' | 'number';
  /**
   * eGain's search widget refreshes as a public client. INFERRED: a Spring Authorization Server would issue none to it.
   * @default 'issued'
   */
  publicClientRefreshTokens?: 'issued' | 'withheld';

  /**
   * UNKNOWN: the body of a refused token request. `oauth`: RFC 6749 5.2. `egain`: the error body of the APIs. `gateway`:
   * `{"message":"…"}`. `html`: a page. `empty`: the status alone.
   * @default 'oauth'
   */
  errorShape?: 'oauth' | 'egain' | 'gateway' | 'html' | 'empty';
  /** UNKNOWN: the status of `invalid_client`; RFC 6749 5.2 has 401, or 400 like the others. @default 401 */
  invalidClientStatus?: 401 | 400;
  /** UNKNOWN: whether HTTP Basic works. The guide shows credentials in the body only. @default 'refused' */
  basicAuthentication?: 'refused' | 'accepted';
  /**
   * UNKNOWN: what becomes of PKCE from a Web Application; the guide has it for Single Page Applications. eGain's MCP server
   * calls the two incompatible (`rejected`); a server may also insist on it (`required`).
   * @default 'verified'
   */
  pkceOnWebClients?: 'verified' | 'ignored' | 'rejected' | 'required';
  /** The guide requires the secret; a public sample does with PKCE alone on platform Web. @default 'required' */
  webClientSecret?: 'required' | 'optional-with-pkce';
  /**
   * INFERRED: eGain's own clients send dummies for an anonymous customer, so perhaps nothing is looked at but that an id
   * and a secret are there. Every delegated scope is granted then.
   * @default 'verified'
   */
  anonymousCredentials?: 'verified' | 'present';
  /**
   * UNKNOWN: a scope that is not assigned, or not for the flow, beside one that is. RFC 6749 3.3 lets a server ignore it.
   * @default 'refused'
   */
  ungrantableScopes?: 'refused' | 'dropped';
  /**
   * UNKNOWN: an on-behalf-of request with more than one subject. `first`: the username, before the user id.
   * @default 'refused'
   */
  ambiguousSubject?: 'refused' | 'first';
  /**
   * UNKNOWN: an on-behalf-of request for somebody who does not exist. `issued`: a token nonetheless, for nobody.
   * @default 'invalid_grant'
   */
  unknownSubject?: 'invalid_grant' | 'invalid_request' | 'issued';
  /** INFERRED: token exchange for customers, at `-C`. The guide shows `-U` only. @default 'refused' */
  customerTokenExchange?: 'refused' | 'accepted';

  /**
   * No source: RFC 9207 `iss` beside the code or error of a redirect. `config()` then names the issuers.
   * @default false
   */
  issOnRedirect?: boolean;
  /**
   * eGain's MCP server decodes base64 in `error_description` and in `error`, so one or both may come so.
   * @default 'plain'
   */
  redirectErrors?: 'plain' | 'base64-description' | 'base64';

  /**
   * INFERRED: a gateway in front of the APIs answers 401, 403 and operations that do not exist with its own body,
   * `{"message":"Forbidden"}`.
   * @default 'egain'
   */
  apiErrors?: 'egain' | 'gateway';
  /** The OpenAPI text calls `count` the number of pages; its examples and eGain's code, of items. @default 'items' */
  paginationCount?: 'items' | 'pages';
}

/** {@link BehaviourOptions} with every default applied. */
export type Behaviour = Readonly<Required<BehaviourOptions>>;
