import { EgainAuthError } from './errors.ts';

/** Collects what is wrong with the options, so that one error can list it all. */
export interface Problems {
  add(option: string, problem: string, remedy: string): void;
  /** An absolute URL, or `undefined` when it is absent or wrong. */
  url(option: string, value: string | undefined): URL | undefined;
  /** The same, without path, query and fragment. */
  origin(option: string, value: string | undefined): URL | undefined;
  milliseconds(option: string, value: number | undefined, standard: number, max?: number): number;
  /** Applies the rule for plain http to every URL seen. @returns whether plain http is in use, and allowed */
  checkLoopback(): boolean;
  /** @throws {EgainAuthError} `invalid_configuration` */
  throwIfAny(): void;
}

export function createProblems(production: boolean): Problems {
  const found: { option: string; problem: string; remedy: string }[] = [];
  const urls: { option: string; url: URL }[] = [];

  function add(option: string, problem: string, remedy: string): void {
    found.push({ option, problem, remedy });
  }

  function url(option: string, value: string | undefined): URL | undefined {
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || /\s/.test(value) || !URL.canParse(value)) {
      add(option, 'is not an absolute URL', 'Copy one URL, with its scheme, from the console’s Metadata dialog.');
      return undefined;
    }
    const parsed = new URL(value);
    if (!['https:', 'http:'].includes(parsed.protocol) || parsed.username || parsed.password || parsed.hash) {
      add(option, 'is not a plain https URL', 'Use https, without user, password and fragment.');
      return undefined;
    }
    urls.push({ option, url: parsed });
    return parsed;
  }

  return {
    add,
    url,

    origin(option, value) {
      const parsed = url(option, value);
      if (parsed && (parsed.pathname !== '/' || parsed.search !== '')) {
        add(option, 'has a path or a query', `Use ${parsed.origin}.`);
      }
      return parsed;
    },

    milliseconds(option, value, standard, max = Number.MAX_SAFE_INTEGER) {
      if (value === undefined) return standard;
      if (Number.isInteger(value) && value > 0 && value <= max) return value;
      add(option, 'is no whole number of milliseconds', `Use 1 to ${max}, or leave it out for ${standard}.`);
      return standard;
    },

    checkLoopback() {
      const insecure = urls.filter((entry) => entry.url.protocol === 'http:');
      const allowed = !production && urls.every((entry) => isLoopback(entry.url));
      if (!allowed) {
        for (const { option } of insecure) {
          add(
            option,
            'is plain http',
            'Use https. Plain http works in development only, when every URL is on loopback.',
          );
        }
      }
      return insecure.length > 0 && allowed;
    },

    throwIfAny() {
      if (found.length === 0) return;
      const lines = found.map(({ option, problem, remedy }) => `\n  ${option} ${problem}. ${remedy}`);
      throw new EgainAuthError('invalid_configuration', `${found.length} to mend:${lines.join('')}`, {
        remedy: 'Mend the options named in the message.',
      });
    },
  };
}

/** localhost, 127.0.0.0/8 and ::1. `URL` has normalised every other spelling of them. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
