const HEADER = encode({ alg: 'RS256', typ: 'at+jwt', kid: 'benchmark' });
/** What a JWT with a handful of claims and an RSA signature comes to. */
export const TOKEN_LENGTH = 1024;
const ISSUER = 'https://issuer.example';
const SIGNATURE = 's'.repeat(TOKEN_LENGTH);
/** What V8 needs for a token itself: two words of header, and its characters rounded up to whole words. */
export const TOKEN_BYTES = 16 + TOKEN_LENGTH;

/** The token that the endpoint issues for a subject, and the only one a contestant may come back with. */
export const issuedToken = (subject: string) => jwt({ sub: subject, iss: ISSUER });

export const idToken = (subject: string, clientId: string) =>
  jwt({
    sub: subject,
    oid: subject,
    tid: 'tenant',
    iss: ISSUER,
    aud: clientId,
    iat: 1_700_000_000,
    exp: 4_000_000_000,
  });

function jwt(claims: object): string {
  const unsigned = `${HEADER}.${encode(claims)}.`;
  return unsigned + SIGNATURE.slice(unsigned.length);
}

/** @throws if it is another subject's token, or none */
export function assertIssuedTo(subject: string, accessToken: unknown): void {
  if (accessToken !== issuedToken(subject)) throw new Error(`not the token of ${subject}: ${String(accessToken)}`);
}

export function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
