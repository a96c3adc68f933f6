import type { Behaviour } from './behaviour.ts';
import { json, type Reply } from './http.ts';

/** eGain's error body, `WSErrorCommon` of its OpenAPI files; the code starts with the HTTP status: `403-112`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly developerMessage: string;
  /** What a gateway in front would answer, if it spoke first. */
  readonly gatewayStatus: number;

  constructor(code: `${number}-${string}`, developerMessage: string, gatewayStatus = Number(code.slice(0, 3))) {
    super(`${code}: ${developerMessage}`);
    this.code = code;
    this.developerMessage = developerMessage;
    this.gatewayStatus = gatewayStatus;
  }
}

/** The bodies are INFERRED from AWS's API Gateway, which eGain's agent SDK describes. */
const GATEWAY_REPLIES: Readonly<Record<number, Reply>> = {
  401: json(401, { message: 'Unauthorized' }),
  403: json(403, { message: 'Forbidden' }),
};

export function apiErrorReply(error: ApiError, { apiErrors }: Pick<Behaviour, 'apiErrors'>): Reply {
  const gatewayReply = apiErrors === 'gateway' ? GATEWAY_REPLIES[error.gatewayStatus] : undefined;
  if (gatewayReply !== undefined) return gatewayReply;
  const status = Number(error.code.slice(0, 3));
  // OpenAPI files: "Incorrect Content Type Header" is the one refusal without a body.
  if (status === 415) return { status, headers: {}, body: '' };
  return json(status, { code: error.code, developerMessage: error.developerMessage });
}
