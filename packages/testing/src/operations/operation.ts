import type { AccessTokenGrant } from '../access-token.ts';
import type { Reply } from '../http.ts';
import type { Actor } from '../persona.ts';
import type { Tenant } from '../tenant.ts';

/** What an operation's answer depends on. */
export interface OperationCall {
  readonly tenant: Tenant;
  readonly token: AccessTokenGrant;
  /** As it was called, without the query. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body's members; empty where there is no body. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The scopes of an actor: all of them are needed, or any one is enough. */
export type RequiredScopes = { readonly allOf: readonly string[] } | { readonly anyOf: readonly string[] };

/** The JSON body of an operation, which its OpenAPI file calls required or not. */
export interface BodyRule {
  readonly isRequired: boolean;
  /** Whether another media type is answered 415. */
  readonly hasMediaTypeCheck: boolean;
}

/** One operation of eGain's OpenAPI files. */
export interface Operation {
  readonly operationId: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** For each accepted actor what it needs. An actor that is missing is refused. */
  readonly scopes: { readonly [actor in Actor]?: RequiredScopes };
  /** Whether the header parameter `Accept-Language` is declared; where it is, it is required. */
  readonly needsAcceptLanguage: boolean;
  readonly requiredQuery: readonly string[];
  /** Every other query parameter that is declared. */
  readonly optionalQuery: readonly string[];
  readonly body?: BodyRule;
  readonly answer: (call: OperationCall) => Reply;
}

/** The scopes of a resource, `knowledge.portalmgr`, by who calls: the shapes that occur in the OpenAPI files. */
export function createScopes(resource: string, right: 'read' | 'manage') {
  const delegated = { allOf: [`${resource}.${right}`] };
  const onBehalfOf = { allOf: [`${resource}.onbehalfof.${right}`] };
  const users = { user: delegated, 'on-behalf-of-user': onBehalfOf };
  const knownPeople = { ...users, customer: delegated, 'on-behalf-of-customer': onBehalfOf };
  return {
    users,
    knownPeople,
    everyPerson: { ...knownPeople, 'anonymous-customer': delegated },
    /** Of the operations that take no on-behalf-of token. */
    everyPersonPresent: { user: delegated, customer: delegated, 'anonymous-customer': delegated },
    /**
     * INFERRED: the OpenAPI files give the actor `client` the scope `.default`, of the commercial generation. On the one
     * the guide describes, application scopes are named `app.*` and no source says which one an operation needs.
     */
    client: {
      client: {
        anyOf: right === 'read' ? [`app.${resource}.read`, `app.${resource}.manage`] : [`app.${resource}.manage`],
      },
    },
  };
}
