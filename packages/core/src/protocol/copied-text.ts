/** A mistake that is surely in a text of the configuration, and what to do about it. Neither member holds any of the text. */
export interface CopyingMistake {
  readonly problem: string;
  readonly remedy: string;
}

const QUOTES = /^(?:".*"|'.*'|`.*`|[“”„].*[“”]|[‘’‚].*[‘’]|«.*»)$/s;
/** Characters that nobody sees, bytes that were not UTF-8, and halves of characters. Space itself is not among them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffd]|(?! )\p{Zs}/u;
/** `${NAME}`, `${NAME:-default}`, `{{ name }}`, `<your-secret>`. A generated secret may hold braces or angle brackets. */
const PLACEHOLDER = /\$\{[A-Za-z_]\w*(?:[:?+=-][^{}]*)?\}|^\{\{.*\}\}$|^<[A-Za-z].*>$/s;
const PLACEHOLDER_IN_URL = /\$\{|\{\{|<[A-Za-z]/;
/** The texts that JavaScript writes for a value that is missing, or that is not a string. */
const NO_TEXT = /^(?:undefined|null|NaN|\[object \w+\])$/;
/** The same as a whole host, segment or value of a query. eGain appends `-U` or `-C` to a tenant. */
const NO_TEXT_IN_URL = /[/=](?:undefined|null|NaN|\[object \w+\])(?:-[UC])?(?=$|[/:?&#])/;

/**
 * Finds what cannot be meant, although it is a text: quotes that an `--env-file` keeps, a byte order mark, a variable that
 * was not filled in (F77).
 * @param text without white space around it, where that may be
 */
export function copyingMistakeIn(text: string): CopyingMistake | undefined {
  return mistakeIn(text, PLACEHOLDER, NO_TEXT);
}

/**
 * Finds the same in key material, such as a session secret. Any character of a key may be meant: it may be random bytes, or a
 * PEM of several lines.
 */
export function copyingMistakeInKey(key: string): CopyingMistake | undefined {
  return unfilledIn(key, PLACEHOLDER, NO_TEXT);
}

/** The same of a URL, any part of which may be wrong. */
export function copyingMistakeInUrl(url: string): CopyingMistake | undefined {
  return mistakeIn(url, PLACEHOLDER_IN_URL, NO_TEXT_IN_URL);
}

function mistakeIn(text: string, placeholder: RegExp, noText: RegExp): CopyingMistake | undefined {
  if (withoutSpaceAround(text) === '') return { problem: 'is empty', remedy: 'Set it, or leave it out.' };
  if (/[\r\n]/.test(text)) return { problem: 'has a line break in it', remedy: 'Copy one line only.' };
  if (INVISIBLE.test(text)) {
    const remedy =
      'Type it again, or copy it from where it was issued: a zero-width space or a byte order mark is in it.';
    return { problem: 'has an invisible character in it', remedy };
  }
  if (withoutSpaceAround(text) !== text) return { problem: 'has space around it', remedy: 'Remove it.' };
  return unfilledIn(text, placeholder, noText);
}

/** Finds quotes, and values that were not filled in. */
function unfilledIn(text: string, placeholder: RegExp, noText: RegExp): CopyingMistake | undefined {
  if (QUOTES.test(text)) return { problem: 'has quotes around it', remedy: 'Remove them.' };
  if (placeholder.test(text)) {
    return { problem: 'has a placeholder in it', remedy: 'Put the value there: nothing replaced the placeholder.' };
  }
  if (noText.test(text)) {
    const remedy = 'Check where the value comes from: a variable was not set, or its value is not a string.';
    return { problem: 'is or names undefined, null or [object …]', remedy };
  }
  return undefined;
}

/**
 * Secrets in files end with a line feed, and no secret of eGain begins or ends with white space. So it is removed wherever
 * a secret comes from: the environment, an option, or a function. Invisible characters, unlike `trim()`, it leaves to
 * {@link copyingMistakeIn}.
 */
export function withoutSpaceAround(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Space, tab, line feed, carriage return. */
const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
