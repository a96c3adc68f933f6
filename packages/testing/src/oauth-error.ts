/** The `error` values the emulator answers: RFC 6749 4.1.2.1 and 5.2. RFC 7636 and RFC 8693 add none that is needed here. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'access_denied';

const MAX_DESCRIPTION_LENGTH = 400;

/** A refusal, thrown where the rule is and turned into a page, a redirect or a JSON body by the endpoint. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly error: OAuthErrorCode;
  /** What is wrong and what to do, in the characters that RFC 6749 5.2 allows. */
  readonly description: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    error: OAuthErrorCode,
    description: string,
    { status = 400, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(`${error}: ${description}`);
    this.error = error;
    this.description = toErrorDescription(description);
    this.status = status;
    this.headers = headers;
  }
}

// Descriptions echo scope names and URLs of the request: without this, a hostile one could carry quotes, line breaks or
// megabytes into headers and logs.
const toErrorDescription = (text: string): string =>
  text.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?').slice(0, MAX_DESCRIPTION_LENGTH);
