import { EgainAuthError } from '../errors.ts';
import type { IncomingAnswer } from '../http/client.ts';

const MAX_TEXT = 1024;

/** Form parameters that must not come back in an error, whatever the server repeats (T095). */
const CONFIDENTIAL = ['client_secret', 'code', 'code_verifier', 'refresh_token', 'subject_token'] as const;
const SUBJECTS = ['subject_username', 'subject_userid', 'subject_email'] as const;

/** What each `error` of RFC 6749 §5.2 usually means at eGain. */
const REMEDIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    invalid_client:
      'Check clientId and clientSecret, and the Platform of the client application: a Web Application has a secret, a Single Page Application must not send one.',
    invalid_grant:
      'For a login: the code was used, is too old, or the redirect URI differs from the first leg. On behalf of: eGain knows no such subject at this persona’s URL. For an exchange or a refresh: the token is not valid any more.',
    invalid_request:
      'Check the options of this flow against the authentication guide; the description says what is missing.',
    invalid_scope:
      'Assign the scope to the client application (Permissions tab), and check that its kind fits the flow.',
    unauthorized_client:
      'Allow this flow for the client application: its Platform, “Client On-Behalf-Of Flow” or “Token Exchange Grant Type”.',
    unsupported_grant_type: 'Check that the token URL belongs to this flow: personas and flows have different ones.',
  }),
);

/**
 * What an answer other than 200 means.
 * @returns `token_request_failed` for a refusal (4xx), `token_endpoint_unavailable` for 429 and 5xx,
 *   `invalid_token_response` for the rest: a redirect would carry the client secret elsewhere, so none is followed
 */
export function tokenEndpointRefusal(answer: IncomingAnswer, form: URLSearchParams): EgainAuthError {
  const { status } = answer;
  if (status === 429 || status >= 500) {
    return new EgainAuthError('token_endpoint_unavailable', `the token endpoint answered ${status}`, {
      remedy: 'Try again later.',
    });
  }
  if (status < 400) {
    return new EgainAuthError('invalid_token_response', `the token endpoint answered ${status} instead of 200`, {
      remedy: 'Set the token URL to where it really is: the request holds a secret and does not follow redirects.',
    });
  }
  const { error, description } = parseRefusal(answer, form);
  const oauthError = error ?? (status === 401 ? 'invalid_client' : undefined);
  const said = [oauthError, description].filter((part) => part !== undefined).join(': ');
  return new EgainAuthError('token_request_failed', `the token endpoint answered ${status}${said && ` ${said}`}`, {
    remedy:
      REMEDIES.get(oauthError ?? '') ??
      'Check that the token URL is the one of the console’s Metadata dialog: this answer is not one of OAuth.',
    ...(oauthError !== undefined && { oauthError }),
  });
}

function parseRefusal({ body }: IncomingAnswer, form: URLSearchParams): { error?: string; description?: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return {};
  }
  const own = (name: string): unknown =>
    typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, name)
      ? (parsed as Record<string, unknown>)[name]
      : undefined;
  const error = own('error');
  const description = own('error_description');
  return {
    ...(typeof error === 'string' && /^[\w.-]{1,64}$/.test(error) && !repeatsConfidential(error, form) && { error }),
    ...(typeof description === 'string' && { description: printable(description, form) }),
  };
}

/** One line of printable text, at most 1 KiB — or nothing of it, if it repeats what must stay secret. */
function printable(text: string, form: URLSearchParams): string {
  if (repeatsConfidential(text, form)) return '(description withheld: it repeats a secret of the request)';
  return withoutSubject(text, form)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, MAX_TEXT);
}

function repeatsConfidential(text: string, form: URLSearchParams): boolean {
  const readings = [text, decodePercent(text), decodeEntities(text)].map((reading) => reading.toLowerCase());
  return CONFIDENTIAL.flatMap((name) => form.getAll(name))
    .flatMap(encodingsOf)
    .some((encoded) => readings.some((reading) => reading.includes(encoded.toLowerCase())));
}

/** The forms that decoding a text does not undo. */
function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  return [value, JSON.stringify(value).slice(1, -1), bytes.toString('hex'), ...base64];
}

function decodePercent(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
);

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]+));/gi,
    (entity, decimal?: string, hex?: string, name = '') => {
      if (decimal !== undefined || hex !== undefined) {
        return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal));
      }
      return ENTITIES.get(String(name).toLowerCase()) ?? entity;
    },
  );
}

/** Whole words only: the subject `pa` must not be cut out of `parameter`. */
function withoutSubject(text: string, form: URLSearchParams): string {
  const values = SUBJECTS.flatMap((name) => form.getAll(name));
  return values
    .flatMap((value) => [value, encodeURIComponent(value)])
    .reduce((rest, value) => {
      const literal = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const [before, after] = [/^\w/.test(value) ? '(?<!\\w)' : '', /\w$/.test(value) ? '(?!\\w)' : ''];
      return rest.replace(new RegExp(`${before}${literal}${after}`, 'gi'), '[subject]');
    }, text);
}
