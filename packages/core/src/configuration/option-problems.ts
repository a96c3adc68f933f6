import { MAX_TIMER_MS } from '../deadline.ts';
import { type ConfigurationProblem, EgainAuthError } from '../errors.ts';
import type { WarningEvent } from '../events.ts';
import {
  copyingMistakeIn,
  copyingMistakeInKey,
  copyingMistakeInUrl,
  withoutSpaceAround,
} from '../protocol/copied-text.ts';
import { isLoopback } from './loopback.ts';

/** Collects what is wrong with the options, so that one error can list it all, and what will surprise. */
export interface Problems {
  readonly production: boolean;
  add(option: string, code: ConfigurationProblem['code'], problem: string, remedy: string): void;
  warn(code: WarningEvent['code'], message: string): void;
  /**
   * Refuses a text that was surely copied wrongly (F77). What is empty or not a text is the caller's to judge.
   * @returns whether it was refused
   */
  copied(option: string, value: unknown, mistakeIn?: typeof copyingMistakeIn): boolean;
  /** An absolute URL, or `undefined` when it is absent or wrong. */
  url(option: string, value: string | undefined): URL | undefined;
  /** The same, without path, query and fragment. */
  origin(option: string, value: string | undefined): URL | undefined;
  milliseconds(option: string, value: number | undefined, standard: number, max?: number): number;
  /** A positive number of things, or the default when it is absent or wrong. */
  count(option: string, value: number | undefined, standard: number): number;
  /** One or a list, each long enough for a key to be derived from it. */
  secrets(option: string, value: string | readonly string[] | undefined, remedy: string): readonly string[];
  /**
   * Checks that a store, if there is one, has these methods.
   * @param model name of the function that makes a store with all of them
   */
  store(option: string, value: object | undefined, methods: readonly string[], model: string): void;
  /** Applies the rule for plain http to every URL seen. */
  checkLoopback(): void;
  readonly warnings: readonly WarningEvent[];
  /** @throws {EgainAuthError} `invalid_configuration` */
  throwIfAny(): void;
}

/** How much randomness a 256-bit key is derived from (NIST SP 800-108r1). */
export const MIN_SECRET_BYTES = 32;

export function createProblems(production: boolean): Problems {
  const found: ConfigurationProblem[] = [];
  const warnings: WarningEvent[] = [];
  const urls: { option: string; url: URL }[] = [];

  const add: Problems['add'] = (option, code, problem, remedy) => {
    found.push(Object.freeze({ option, code, problem, remedy }));
  };
  const warn: Problems['warn'] = (code, message) => {
    warnings.push(Object.freeze({ code, message }));
  };

  function copied(option: string, value: unknown, mistakeIn = copyingMistakeIn): boolean {
    const mistake = typeof value === 'string' && value !== '' ? mistakeIn(value) : undefined;
    if (mistake) add(option, 'badly_copied', mistake.problem, mistake.remedy);
    return mistake !== undefined;
  }

  function url(option: string, value: string | undefined): URL | undefined {
    if (value === undefined) return undefined;
    const mistake = mistakeOf(value);
    if (mistake) {
      add(option, ...mistake);
      return undefined;
    }
    const parsed = new URL(value);
    urls.push({ option, url: parsed });
    return parsed;
  }

  return {
    production,
    add,
    warn,
    copied,
    url,
    warnings,

    origin(option, value) {
      const parsed = url(option, value);
      if (parsed && (parsed.pathname !== '/' || parsed.search !== '')) {
        add(option, 'not_an_origin', 'has a path or a query', `Use ${parsed.origin}.`);
      }
      return parsed;
    },

    milliseconds(option, value, standard, max = MAX_TIMER_MS) {
      if (value === undefined) return standard;
      if (Number.isInteger(value) && value > 0 && value <= max) return value;
      const remedy = `Use 1 to ${max}, or leave it out for ${standard}.`;
      add(option, 'not_a_duration', 'is no whole number of milliseconds', remedy);
      return standard;
    },

    count(option, value, standard) {
      if (value === undefined) return standard;
      if (Number.isSafeInteger(value) && value > 0) return value;
      const remedy = `Use 1 to ${Number.MAX_SAFE_INTEGER}, or leave it out for ${standard}.`;
      add(option, 'not_a_count', 'must be a positive integer', remedy);
      return standard;
    },

    secrets(option, value, remedy) {
      const secrets: readonly unknown[] = [value ?? []].flat().map(withoutSpaceAroundSecret);
      const isMistake = secrets.some((secret) => copied(option, secret, copyingMistakeInKey));
      if (isMistake) return secrets as readonly string[];
      if (secrets.some((secret) => typeof secret !== 'string' || Buffer.byteLength(secret) < MIN_SECRET_BYTES)) {
        add(option, 'short_secret', `is shorter than ${MIN_SECRET_BYTES} bytes`, remedy);
      }
      return secrets as readonly string[];
    },

    store(option, value: unknown, methods, model) {
      if (value === undefined) return;
      const isObject = typeof value === 'object' && value !== null;
      const missing = methods.filter((name) => !isObject || typeof Reflect.get(value, name) !== 'function');
      if (missing.length === 0) return;
      const problem = isObject ? `has no method ${missing.join(', ')}` : 'is not a store';
      add(option, 'not_a_store', problem, `Implement ${missing.join(', ')}; ${model}() is a model.`);
    },

    checkLoopback() {
      const insecure = urls.filter((entry) => entry.url.protocol === 'http:');
      if (insecure.length === 0) return;
      if (!production && urls.every((entry) => isLoopback(entry.url))) {
        warn(
          'insecure_loopback',
          'Plain http is used, because every URL is on loopback and NODE_ENV is not production.',
        );
        return;
      }
      const remedy = 'Use https. Plain http works in development only, when every URL is on loopback.';
      for (const { option } of insecure) add(option, 'insecure_url', 'is plain http', remedy);
    },

    throwIfAny() {
      if (found.length === 0) return;
      const lines = found.map(({ option, code, problem, remedy }) => `\n  ${option} ${problem}. ${remedy} [${code}]`);
      throw new EgainAuthError('invalid_configuration', `${found.length} to mend:${lines.join('')}`, {
        remedy: 'Mend the options named in the message.',
        problems: found,
      });
    },
  };
}

const withoutSpaceAroundSecret = (secret: unknown): unknown =>
  typeof secret === 'string' ? withoutSpaceAround(secret) : secret;

type Mistake = [code: ConfigurationProblem['code'], problem: string, remedy: string];

/** What people paste instead of a URL, each with its own word. */
function mistakeOf(value: unknown): Mistake | undefined {
  const copy = 'Copy one URL, with its scheme, from the console’s Metadata dialog.';
  if (typeof value !== 'string') return ['not_a_url', 'is not an absolute URL', copy];
  // Not trim(), which would also remove a byte order mark: nobody sees that it is there, so it has to be named.
  const text = withoutSpaceAround(value);
  if (text === '') return ['not_a_url', 'is not an absolute URL', copy];
  if (/[ \t\r\n]/.test(text)) return ['several_urls', 'has a space in it, as when two URLs are pasted', copy];
  if (value !== text) return ['not_a_url', 'has space around it', 'Remove it.'];
  const mistake = copyingMistakeInUrl(value);
  if (mistake) return ['badly_copied', mistake.problem, mistake.remedy];
  if (!/^[a-z][a-z\d+.-]*:(?!\d)/i.test(value) && /^[\w-]+(\.[\w-]+)+([:/?]|$)|^localhost\b/i.test(value)) {
    return ['missing_scheme', 'has no scheme', 'Put https:// before it.'];
  }
  if (!URL.canParse(value)) return ['not_a_url', 'is not an absolute URL', copy];
  const { protocol, username, password, hash } = new URL(value);
  if (!['https:', 'http:'].includes(protocol) || username || password || hash) {
    return ['not_a_plain_url', 'is not a plain https URL', 'Use https, without user, password and fragment.'];
  }
  return undefined;
}
