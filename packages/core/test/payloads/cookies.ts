/**
 * Cookie headers, several on several lines; characters are bytes. `{n}` stands for the name of the session cookie, `{s}`
 * for the session in it, `{pn}` and `{p}` for a login under way, `{elsewhere}` for a session of another application with
 * the same secret. Of sessions in two cookies `{l0}` and `{l1}` are one, `{m0}` and `{m1}` another.
 */
interface CookieHeaders {
  readonly title: string;
  readonly headers: readonly string[];
}

const times = (count: number, cookie: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => cookie(index)).join(';');

/** Nobody is signed in. */
export const NOBODY: readonly CookieHeaders[] = [
  {
    title: 'T033: two session cookies',
    headers: [
      '{n}={s}; {n}={s}',
      '{n}={s}; {n}=',
      '{n}=; {n}={s}',
      '{n}={s};{n}=evil',
      '{n}={s}; {n} ={s}',
      '{n}={s};\t{n}\t= {s}',
      '{n}={s}; {n}={elsewhere}',
      'x="a; {n}=evil"; {n}={s}',
      '{n}={s}\n{n}={s}',
      '{n}={s}\n{n}=',
    ],
  },
  {
    title: 'T033: a name that only looks like the one of the session',
    headers: [
      ...[
        '\u00a0',
        '\u0085',
        '\u00ad',
        'Â\u00a0',
        'â\u0080\u0080',
        'ã\u0080\u0080',
        'ï»¿',
        '\u000b',
        '\f',
        '\0',
        '\x7f',
        '"',
        "'",
        '$',
        '%20',
        '+',
        ',',
        ':',
        '.',
        '=',
        '\\',
        '/',
        '(',
      ].flatMap((odd) => [`${odd}{n}={s}`, `{n}${odd}={s}`.replace('==', '=x=')]),
      ...[
        'EGAIN_SESSION',
        'Egain_Session',
        'egain-session',
        '%65gain_session',
        'egain_sessio',
        'egain_session2',
        '{n}[]',
        '{n}[0]',
        '{n}.0',
        '{n}.1',
        '__Host-{n}',
        '__host-{n}',
        '__Secure-{n}',
        '__Host-__Host-{n}',
      ].map((name) => `${name}={s}`),
      ...[
        '__proto__',
        'constructor',
        'toString',
        'hasOwnProperty',
        '__proto__.{n}',
        '__proto__[{n}]',
        'constructor.prototype.{n}',
      ].map((name) => `${name}={s}`),
      '{n}',
      '{n};{s}',
      '{n}:{s}',
      'a=1,{n}={s}',
      'a="{n}={s}"',
      '$Version=1; $Path=/; {n}x={s}',
    ],
  },
  {
    title: 'T036, T037: a value that was never ours',
    headers: [
      ...[
        '',
        '""',
        '"{s}"',
        ' ',
        'null',
        'undefined',
        'true',
        '0',
        '{}',
        '[]',
        '[object Object]',
        'j:{"id":"1067"}',
        's:{s}',
        '../../{s}',
        '{s}.{s}',
        'v1.',
        'v1.AAAA',
        `v1.${'A'.repeat(4000)}`,
        `v1.${'A'.repeat(12_000)}`,
        'x'.repeat(12_000),
        'A'.repeat(43),
        '_'.repeat(43),
        'V1.{s}',
        'v2.{s}',
        'v1.{s}',
        'v1{s}',
        '%7B%22id%22%3A%221067%22%7D',
      ].map((value) => `{n}=${value}`),
      // JWTs and JWEs: unsigned, with a key derivation without end, and with a bomb in it.
      '{n}=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMDY3In0.',
      '{n}=eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJwMmMiOjIxNDc0ODM2NDcsInAycyI6IkFBQUEiLCJlbmMiOiJBMjU2R0NNIn0.AAAA.AAAA.AAAA.AAAA',
      '{n}=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0..AAAA.AAAA.AAAA',
    ],
  },
  {
    title: 'T011: a value that was sealed for something else',
    headers: [
      '{n}={p}',
      '{n}={p}; {pn}={s}',
      '{pn}={s}',
      '{pn}={p}',
      '{n}={elsewhere}',
      '{n}.1={p}',
      '{n}=2!{p}; {n}.1={p}',
    ],
  },
  {
    title: 'T013, T028: more cookies than anybody has',
    headers: [
      times(3000, () => 'a='),
      times(1500, (index) => `a${index}=1`),
      times(4000, () => '='),
      ';'.repeat(12_000),
      '='.repeat(12_000),
      times(900, (index) => `{n}.${index}`),
      times(600, (index) => `{n}.${index}=x`),
      times(400, (index) => `{n}_login_${index}=x`),
      times(900, () => '{n}=x'),
      times(700, () => '__proto__=x'),
      `{n}=${'x'.repeat(20_000)}`,
    ],
  },
];

/** Nor here, of sessions that are in several cookies. */
export const NOBODY_IN_PARTS: CookieHeaders = {
  title: 'T035: parts that are none of one session',
  headers: [
    '{n}={l0}',
    '{n}.1={l1}',
    '{n}={l1}; {n}.1={l0}',
    '{n}={l0}; {n}.1={m1}',
    '{n}={m0}; {n}.1={l1}',
    '{n}={l0}; {n}.1=',
    '{n}={l0}; {n}.1={l0}',
    '{n}={l0}; {n}.1={l1}; {n}.1={l1}',
    '{n}={l0}; {n}.1={l1}; {n}={l0}',
    '{n}={l0}; {n}.2={l1}',
    '{n}={l0}; {n}.01={l1}',
    '{n}={l0}; {n}1={l1}',
    '{n}={l0}; {n}.1=x{l1}',
    '{n}=3!{l0}; {n}.1={l1}; {n}.2=',
    ...['0!', '1!', '2!', '9!', '10!', '-1!', '2.5!', '1e9!', '99999999999!', '!', '2!2!', '٢!'].map(
      (count) => `{n}=${count}{s}`,
    ),
    `{n}=9!x; ${times(8, (index) => `{n}.${index + 1}=x`)}`,
  ],
};

/** Whoever signed in is still signed in. */
export const SAME_PERSON: readonly CookieHeaders[] = [
  {
    title: 'T033, T035: what is beside a session does not count',
    headers: [
      '{n}={s}',
      ' \t{n}\t=\t{s}\t',
      ';;;{n}={s};;;',
      'a=1\n{n}={s}\nb=2',
      '__proto__=evil; constructor=evil; {n}={s}',
      '__Host-{n}=evil; EGAIN_SESSION=evil; {n}={s}',
      '\u00a0{n}=evil; {n}={s}; {n}\u00a0=evil',
      '{n}[]=evil; {n}={s}',
      '{n}.1=left; {n}.9=over; {n}={s}',
      '{pn}={p}; {pn}x=evil; {n}={s}',
      '{n}={s}; {pn}={s}',
      `{n}={s};${times(2000, () => 'a=')}`,
    ],
  },
];

export const SAME_PERSON_IN_PARTS: CookieHeaders = {
  title: 'T035: all parts of one session, and more',
  headers: ['{n}={l0}; {n}.1={l1}', '{n}.1={l1}; {n}={l0}', '{n}={l0}; {n}.1={l1}; {n}.2={m1}', '{n}={l0}\n{n}.1={l1}'],
};

/** Where in a value a bit is turned: of its version, IV, ciphertext and tag, or of a random id. */
export const POSITIONS = [0, 1, 2, 3, 4, 18, 19, 20, 24, 30, -30, -24, -23, -12, -3, -2];
/** How much is cut off. */
export const CUTS = [1, 2, 3, 4, 8, 16, 22, 28, 40];
