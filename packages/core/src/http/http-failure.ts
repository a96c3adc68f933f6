/** Why there is no answer. Holds no byte of the request or the answer. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: 'timeout' | 'network' | 'too-large' | 'encoded';
  /** Whether it is certain that the server received nothing of the request. */
  readonly isUnsent: boolean;

  constructor(kind: HttpFailure['kind'], message: string, { isUnsent = false } = {}) {
    super(message);
    this.kind = kind;
    this.isUnsent = isUnsent;
  }
}
