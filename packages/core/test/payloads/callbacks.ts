/**
 * Queries of a callback. `{state}` and `{code}` stand for the ones of a login under way, `{foreign}` for the state of
 * another browser, `{other}` for one of this browser for another persona.
 */
interface CallbackAbuse {
  readonly title: string;
  readonly queries: readonly string[];
}

const long = (length: number) => 'x'.repeat(length);
const STRANGE = [
  '%00',
  '%0d%0a',
  '%20',
  '+',
  '%E2%80%8B',
  '%EF%BB%BF',
  '%C0%AF',
  '%FF',
  '%ED%A0%80',
  '%u0041',
  '%zz',
  '%',
  ',',
];

/** Nothing is asked of eGain, and the login can still be finished. */
export const PASSED_OVER: readonly CallbackAbuse[] = [
  {
    title: 'T001: a state that is missing, empty, or another',
    queries: [
      '',
      '?',
      'code={code}',
      'code={code}&state',
      'code={code}&state=',
      'code={code}&state={foreign}',
      `code={code}&state=${long(43)}`,
      `code={code}&state=${long(12_000)}`,
      'code={code}&state={state}x',
      'code={code}&state=x{state}',
      'code={code}&state={state},{state}',
      'code={code}&state=undefined',
      'code={code}&state=null',
      'code={code}&state=0',
      'code={code}&state=true',
      'code={code}&state=[object%20Object]',
      'code={code}&state=__proto__',
      'code={code}&state=constructor',
      'code={code}&state=toString',
      'code={code}&state=../{state}',
      'code={code}&state=*',
      'code={code}&state=.*',
      "code={code}&state='%20or%20'1'='1",
      'code={code}&State={state}',
      'code={code}&STATE={state}',
      'code={code}&%20state={state}',
      'code={code}&state%00={state}',
      'code={code};state={state}',
      'code={code}%26state={state}',
      'code={code}&amp;state={state}',
      'code={code}&relaystate={state}',
      'code={state}&state={code}',
    ],
  },
  {
    title: 'T028: a state in an odd encoding',
    queries: STRANGE.flatMap((odd) => [`code={code}&state={state}${odd}`, `code={code}&state=${odd}{state}`]),
  },
  {
    title: 'T014: a parameter that is there twice, or a list',
    queries: [
      'code={code}&state={state}&state={state}',
      'code={code}&state={state}&state=',
      'code={code}&state=&state={state}',
      'code={code}&state={state}&state={foreign}',
      'state={foreign}&code={code}&state={state}',
      'code={code}&state[]={state}',
      'code={code}&state[0]={state}',
      'code={code}&state[a]={state}',
      'code={code}&state.value={state}',
      'code={code}&code={code}&state={state}',
      'code={code}&code=&state={state}',
      'code=x&code={code}&state={state}',
      'code={code}&state={state}&iss=a&iss=a',
      'error=a&error=a&state={state}',
      'error=a&error_description=a&error_description=b&state={state}',
      'code={code}&state={state}&error=&error=',
      `${'state={state}&'.repeat(150)}code={code}`,
    ],
  },
  {
    title: 'T015: an error that nobody of this browser waits for',
    queries: [
      'error=access_denied',
      'error=access_denied&state=',
      'error=access_denied&state={foreign}',
      'error=%3Cscript%3Ealert(1)%3C/script%3E&state={foreign}',
      'error_description=%3Cscript%3Ealert(1)%3C/script%3E',
      'error=x&error_uri=javascript:alert(1)',
    ],
  },
  {
    title: 'T019: an answer that hands tokens through the browser',
    queries: [
      'code={code}&state={state}&access_token=a.b.c',
      'code={code}&state={state}&access_token=',
      'code={code}&state={state}&access_token',
      'code={code}&state={state}&%61ccess_token=a.b.c',
      'access_token=a.b.c&token_type=bearer&state={state}',
      'code={code}&state={state}&id_token=a.b.c',
      'id_token=a.b.c&state={state}',
      'code={code}&state={state}&response=a.b.c',
      'response=a.b.c',
      'response=a.b.c&state={state}',
    ],
  },
  {
    title: 'T028: a query that is more than a query',
    queries: [
      `code={code}&${'a=1&'.repeat(3500)}`,
      `${'a[]=1&'.repeat(2000)}state={foreign}`,
      `${'%25'.repeat(4000)}`,
      `code={code}&state={state}&padding=${long(17_000)}`,
      '&&&&===&&&',
      '%',
      '%%%',
      '%=%',
      '?code={code}',
      '__proto__[state]={state}&code={code}',
      'constructor.prototype.state={state}&code={code}',
    ],
  },
];

/** While a person is signed in: the state decides alone, and a callback that has none is refused for everybody. */
export const WITHOUT_ONE_STATE: readonly string[] = [
  '',
  'code={code}',
  'code={code}&state',
  'code={code}&state=',
  'error=access_denied',
  'code={code}&state={foreign}&state={foreign}',
  'code={code}&state={state}&state={foreign}',
  'code={code}&state=&state={foreign}',
  'code={code}&state[]={foreign}',
  'code={code}&State={foreign}',
  'code={code}&state%00={foreign}',
  'code={code};state={foreign}',
  'code={code}%26state={foreign}',
];

/** With a state that this browser does not have, whatever else there is. */
export const WITH_AN_UNKNOWN_STATE: readonly string[] = [
  'code={code}&state={foreign}',
  `code={code}&state=${long(43)}`,
  `code={code}&state=${long(12_000)}`,
  'code={code}&state={state}x',
  'code={code}&state=__proto__',
  'code={code}&state=constructor',
  'code={code}&state=../{state}',
  'code={state}&state={code}',
  'code={code}&code={code}&state={foreign}',
  'error=access_denied&state={foreign}',
  'error=%3Cscript%3Ealert(1)%3C/script%3E&state={foreign}',
  'access_token=a.b.c&id_token=a.b.c&state={foreign}',
  'response=a.b.c&state={foreign}',
  'code={code}&state={foreign}&iss=https://evil.example',
  'code={code}&state={foreign}&returnTo=https://evil.example',
  'code={code}&state={foreign}&returnTo=//evil.example&as=customer&redirect_uri=https://evil.example',
  'code={code}&state=https://evil.example',
  'code={code}&state=//evil.example/',
  'code={code}&state=a%0d%0alocation:%20https://evil.example',
  'code={code}&state=a%0d%0aset-cookie:%20egain_session=x',
  ...STRANGE.map((odd) => `code={code}&state={state}${odd}`),
];

/** The attempt is over, and nobody is signed in. */
export const FATAL: readonly CallbackAbuse[] = [
  {
    title: 'T028: a code that is none',
    queries: [
      'state={state}',
      'state={state}&code=',
      'state={state}&Code={code}',
      'state={state}&code[]={code}',
      'state={state}&code[0]={code}',
      'state={state}&code=undefined',
      'state={state}&code=__proto__',
      'state={state}&code=x{code}',
      'state={state}&code={code},{code}',
      `state={state}&code=${long(12_000)}`,
      'state={state}&code={code}%26grant_type%3Dclient_credentials',
      'state={state}&code=x%26subject_username%3Dpa',
      ...STRANGE.flatMap((odd) => [`state={state}&code={code}${odd}`, `state={state}&code=${odd}{code}`]),
    ],
  },
  {
    title: 'T015: an error of the login',
    queries: [
      'error=access_denied&state={state}',
      'error=access_denied&code={code}&state={state}',
      'error=%3Cscript%3Ealert(1)%3C/script%3E&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state={state}',
      'error=__proto__&error_description=__proto__&state={state}',
      `error=${long(6000)}&error_description=${long(6000)}&state={state}`,
      ...STRANGE.map((odd) => `error=a${odd}&error_description=${odd}&state={state}`),
    ],
  },
  {
    title: 'T006: the code of another persona',
    queries: ['code={code}&state={other}'],
  },
];

/** Of an application that knows its issuer: `{iss}`. */
export const FOREIGN_ISSUER: CallbackAbuse = {
  title: 'T007: an issuer that is missing, or another',
  queries: [
    '',
    '&iss',
    '&iss=',
    '&iss=https://evil.example',
    '&iss={iss}/',
    '&iss={iss}%20',
    '&iss=%20{iss}',
    '&iss={iss}%00',
    '&iss={iss}%23',
    '&iss={iss}?',
    '&iss={iss}%0d%0a',
    '&ISS={iss}',
    '&iss[]={iss}',
    '&issuer={iss}',
    '&iss={iss}&iss={iss}',
    '&iss={iss}&iss=https://evil.example',
    '&iss=HTTPS://AI.EGAIN.CLOUD/SYSTEM/AUTH/T-U',
    '&iss=http://ai.egain.cloud/system/auth/T-U',
    '&iss=https://ai.egain.cloud:443/system/auth/T-U',
    '&iss=https://ai.egain.cloud/system/auth/T-C',
    `&iss=${long(12_000)}`,
  ],
};

const NAVIGATION = [
  ['sec-fetch-mode', 'navigate'],
  ['sec-fetch-dest', 'document'],
] as const;

/** Requests for a good callback URL that are none of a person. */
export const NO_NAVIGATIONS: readonly {
  readonly method?: string;
  readonly headers?: readonly (readonly [string, string])[];
}[] = [
  ...['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'GETT'].map((method) => ({
    method,
  })),
  ...['prefetch', 'prefetch;prerender', 'prefetch;anonymous-client-ip'].map((purpose) => ({
    headers: [...NAVIGATION, ['sec-purpose', purpose]] as const,
  })),
  { headers: [...NAVIGATION, ['Purpose', 'prefetch']] },
  { headers: [...NAVIGATION, ['Sec-Purpose', 'Prerender']] },
  { headers: [...NAVIGATION, ['X-Moz', 'prefetch']] },
  { headers: [...NAVIGATION, ['X-Purpose', 'preview']] },
  { headers: [...NAVIGATION, ['X-Purpose', ': preview']] },
  { headers: [...NAVIGATION, ['X-Sec-Purpose', 'prefetch']] },
  ...['1', '2'].map((value) => ({ headers: [['Next-Router-Prefetch', value]] as const })),
  { headers: [['HX-Preloaded', 'true']] },
  {
    headers: [
      ['Sec-Purpose', 'prefetch'],
      ['Sec-Purpose', 'prefetch'],
    ],
  },
  ...['iframe', 'frame', 'embed', 'object', 'fencedframe'].map((dest) => ({
    headers: [
      ['sec-fetch-mode', 'navigate'],
      ['sec-fetch-dest', dest],
    ] as const,
  })),
  ...['empty', 'image', 'script', 'style', 'font', 'worker'].map((dest) => ({
    headers: [
      ['sec-fetch-mode', 'no-cors'],
      ['sec-fetch-dest', dest],
    ] as const,
  })),
];
