import { json, type Reply } from './http.ts';

/** eGain's error body, `WSErrorCommon` of its OpenAPI files; the code starts with the HTTP status: `403-112`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly developerMessage: string;

  constructor(code: `${number}-${string}`, developerMessage: string) {
    super(`${code}: ${developerMessage}`);
    this.code = code;
    this.developerMessage = developerMessage;
  }
}

export const apiErrorReply = ({ code, developerMessage }: ApiError): Reply =>
  json(Number(code.slice(0, 3)), { code, developerMessage });
