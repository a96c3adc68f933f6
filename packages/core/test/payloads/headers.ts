import type { Headers } from './raw-client.ts';

interface HeaderSets {
  readonly title: string;
  readonly sets: readonly Headers[];
}

const EVIL = 'evil.example';
const each = (names: readonly string[], ...values: readonly string[]): Headers[] =>
  names.flatMap((name) => values.map((value): Headers => [[name, value]]));

export const PROXY_HEADERS: readonly HeaderSets[] = [
  {
    title: 'T051: Host',
    sets: [
      ...each(
        ['Host'],
        EVIL,
        `${EVIL}:443`,
        'localhost',
        'localhost.',
        '127.0.0.1',
        '[::1]',
        '',
        `localhost@${EVIL}`,
        `localhost/${EVIL}`,
        `localhost, ${EVIL}`,
        `localhost#.${EVIL}`,
        'x'.repeat(8000),
      ),
      [
        ['Host', 'localhost'],
        ['Host', EVIL],
      ],
      [['hOsT', EVIL]],
      [
        ['Host', 'localhost'],
        [' Host', EVIL],
      ],
      [
        ['Host', 'localhost'],
        ['Host ', EVIL],
      ],
    ],
  },
  {
    title: 'T051: what proxies add',
    sets: [
      ...each(
        [
          'X-Forwarded-Host',
          'x-forwarded-host',
          'X_Forwarded_Host',
          'X-FORWARDED-HOST',
          'X-Forwarded-Server',
          'X-Host',
          'X-Original-Host',
          'X-HTTP-Host-Override',
          'Forwarded-Host',
        ],
        EVIL,
        `localhost, ${EVIL}`,
      ),
      ...each(
        ['X-Forwarded-Proto', 'X-Forwarded-Scheme', 'X-Url-Scheme', 'X-Scheme'],
        'https',
        'javascript',
        'https, http',
      ),
      ...each(['X-Forwarded-Ssl', 'Front-End-Https'], 'on'),
      ...each(['X-Forwarded-Port'], '443', '-1', 'x'),
      ...each(['X-Forwarded-Prefix', 'X-Script-Name', 'X-Forwarded-Path'], '//evil.example', '/app'),
      ...each(
        ['X-Forwarded-For', 'X-Real-IP', 'X-Client-IP', 'True-Client-IP', 'CF-Connecting-IP'],
        '127.0.0.1',
        '::1',
        ','.repeat(4000),
      ),
      ...each(['Forwarded'], `for=127.0.0.1;host=${EVIL};proto=https`, `host="${EVIL}"`, ';'.repeat(4000)),
      ...each(['Via', 'X-Wap-Profile', 'Origin', 'Referer', 'Base-Url'], `https://${EVIL}/`),
      [
        ['X-Forwarded-Host', EVIL],
        ['X-Forwarded-Host', 'localhost'],
        ['X-Forwarded-Proto', 'https'],
      ],
    ],
  },
  {
    title: 'T053: another URL or method than the one asked for',
    sets: [
      ...each(
        [
          'X-Original-URL',
          'X-Rewrite-URL',
          'X-Original-URI',
          'X-Forwarded-URI',
          'X-Override-URL',
          'X-Accel-Redirect',
          'Content-Location',
        ],
        '/',
        '/public',
        '/auth/session',
        '//evil.example',
      ),
      ...each(
        ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', '_method'],
        'HEAD',
        'OPTIONS',
        'POST',
        'x',
      ),
      ...each(['X-Middleware-Subrequest'], 'middleware', 'src/middleware:src/middleware'),
      ...each(['X-Requested-With'], 'XMLHttpRequest'),
      ...each(['Upgrade'], 'h2c'),
    ],
  },
];

const WHO = [
  'User',
  'Remote-User',
  'Forwarded-User',
  'Forwarded-Email',
  'Auth-Request-User',
  'Authenticated-User',
  'WebAuth-User',
  'SSO-User',
  'Egain-User',
  'Subject',
];

export const IDENTITY_HEADERS: HeaderSets = {
  title: 'T052, T055: who somebody claims to be',
  sets: [
    ...each(
      WHO.flatMap((name) => [
        `X-${name}`,
        `x-${name.toLowerCase()}`,
        `X_${name.replaceAll('-', '_')}`,
        name.replaceAll('-', '_').toUpperCase(),
      ]),
      'pa',
    ),
    ...each(
      [
        'X-MS-Client-Principal-Name',
        'Cf-Access-Authenticated-User-Email',
        'X-Goog-Authenticated-User-Email',
        'X-Amzn-Oidc-Identity',
        'X-Ssl-Client-S-Dn',
        'subject_username',
        'subject_email',
        'From',
      ],
      'pa',
    ),
    ...each(
      ['X-Amzn-Oidc-Data', 'X-Id-Token', 'X-Access-Token', 'X-Forwarded-Access-Token', 'Id-Token'],
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwYSJ9.',
    ),
    ...each(
      ['Authorization', 'authorization', 'AUTHORIZATION', 'Proxy-Authorization', 'X-Authorization'],
      'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJwYSJ9.',
      'Basic cGE6cGE=',
      'Negotiate YII=',
      '',
    ),
    [
      ['X-User', 'pa'],
      ['X-User', 'maria.agent'],
      ['x_user', 'pa'],
    ],
  ],
};
