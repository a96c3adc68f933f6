import { errors, type Provider, type ResourceServerInstance, type TokenEndpointGrantContext } from 'oidc-provider';

/** Somebody who can sign in, and whom a client application can act for. */
export interface Account {
  /** What the account signs in with. */
  readonly id: string;
  readonly email: string;
  /** The on-behalf-of parameters that name this account. */
  readonly subjects: Readonly<Record<string, string>>;
}

/** The external identity provider that the tenant trusts. */
export interface TrustedIssuer {
  readonly registrationId: string;
  /** Whose a token is; `undefined` for one that it never issued. */
  readonly emailOf: (subjectToken: string) => string | undefined;
}

export interface VendorGrants {
  readonly accounts: readonly Account[];
  readonly issuer: TrustedIssuer;
  readonly resource: ResourceServerInstance;
}

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

const SUBJECT_PARAMETERS = ['subject_username', 'subject_userid', 'subject_email'];
const EXCHANGE_PARAMETERS = ['subject_token', 'subject_token_type', 'registration_id'];

/** The two grants that only eGain has: `password` without a password, and an exchange that names its registration. */
export function registerVendorGrants(provider: Provider, { accounts, issuer, resource }: VendorGrants): void {
  const onBehalfOf = (ctx: TokenEndpointGrantContext) => {
    const given = Object.entries(ctx.oidc.params).filter(([name, value]) => name.startsWith('subject_') && value);
    const [[name, value] = []] = given;
    if (name === undefined || given.length > 1) throw new errors.InvalidRequest('exactly one subject is needed');
    return answer(
      ctx,
      resource,
      'password',
      accounts.find(({ subjects }) => subjects[name] === value),
    );
  };
  provider.registerGrantType('password', onBehalfOf, ['scope', ...SUBJECT_PARAMETERS]);

  const exchange = (ctx: TokenEndpointGrantContext<Record<string, string>>) => {
    const { subject_token: token = '', subject_token_type: type, registration_id: registrationId } = ctx.oidc.params;
    if (type !== ACCESS_TOKEN_TYPE) throw new errors.InvalidRequest('subject_token_type is not supported');
    if (registrationId !== issuer.registrationId) throw new errors.InvalidRequest('no such registration');
    const email = issuer.emailOf(token);
    return answer(
      ctx,
      resource,
      TOKEN_EXCHANGE,
      accounts.find((account) => account.email === email),
    );
  };
  provider.registerGrantType(TOKEN_EXCHANGE, exchange, ['scope', ...EXCHANGE_PARAMETERS]);
}

/** A token of this account, for the requested scopes that exist. A handler of oidc-provider builds its answer itself. */
async function answer(
  ctx: TokenEndpointGrantContext,
  resource: ResourceServerInstance,
  gty: string,
  account: Account | undefined,
): Promise<void> {
  if (!account) throw new errors.InvalidGrant('there is nobody of that name');
  const { provider, client, params } = ctx.oidc;
  const { clientId } = client;
  const scope = (params.scope ?? '')
    .split(' ')
    .filter((name) => resource.scopes.has(name))
    .join(' ');
  const grant = new provider.Grant({ accountId: account.id, clientId });
  const grantId = await grant.save();
  const token = new provider.AccessToken({
    accountId: account.id,
    client,
    grantId,
    gty,
    scope,
    resourceServer: resource,
  });
  ctx.body = {
    access_token: await token.save(),
    token_type: token.tokenType,
    expires_in: token.expiration,
    scope,
    ...(gty === TOKEN_EXCHANGE && { issued_token_type: ACCESS_TOKEN_TYPE }),
  };
}
