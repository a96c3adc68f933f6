import type { Attributes } from '@opentelemetry/api';
import type { HttpEvent } from '../events.ts';

/**
 * What spans and metrics of a request have in common. Without `url.full`, which the conventions want of a span: path and
 * query of eGain's operations name people, and `url.template` says which operation it was.
 * @see OpenTelemetry, "Semantic conventions for HTTP spans" and "for HTTP metrics"
 */
export function httpAttributes({ method, origin, path, status, failure }: HttpEvent): Attributes {
  const { protocol, hostname, port } = new URL(origin);
  const isError = status !== undefined && status >= 400;
  const errorType = failure ?? (isError ? String(status) : undefined);
  return {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(path !== undefined && { 'url.template': path }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(errorType !== undefined && { 'error.type': errorType }),
  };
}
