import { describe, expect, test } from '@jest/globals';
import type { BehaviourOptions } from '../src/index.ts';
import { authorizationUrl, location, signIn, startEmulator } from './emulator-client.ts';

async function redirect(
  behaviour: BehaviourOptions,
  action: 'sign-in' | 'cancel',
  persona: 'user' | 'customer' = 'user',
) {
  const emulator = await startEmulator({ behaviour });
  const response = await signIn(authorizationUrl(emulator, {}, persona), emulator, { action });
  return { emulator, query: location(response).searchParams };
}

const decode = (text: string | null) => decodeURIComponent(Buffer.from(text ?? '', 'base64').toString());

describe('the redirect to the application', () => {
  test('has no iss unless it is told to', async () => {
    expect((await redirect({}, 'sign-in')).query.has('iss')).toBe(false);
  });

  test.each([
    ['user', 'sign-in', 'U'],
    ['customer', 'sign-in', 'C'],
    ['user', 'cancel', 'U'],
  ] as const)('names the issuer to a %s after %s', async (persona, action, suffix) => {
    const { emulator, query } = await redirect({ issOnRedirect: true }, action, persona);
    const issuer = `${emulator.loginUrl}/system/auth/${emulator.tenantId}-${suffix}`;
    expect(query.get('iss')).toBe(issuer);
    expect(emulator.config().endpoints?.[persona]?.issuer).toBe(issuer);
  });

  test('says what is wrong in plain text', async () => {
    const { query } = await redirect({}, 'cancel');
    expect(query.get('error')).toBe('access_denied');
    expect(query.get('error_description')).toBe('The person cancelled the sign-in.');
  });

  test('says what is wrong in base64 when it is told to', async () => {
    const { query } = await redirect({ redirectErrors: 'base64-description' }, 'cancel');
    expect(query.get('error')).toBe('access_denied');
    expect(query.get('error_description')).not.toContain(' ');
    expect(decode(query.get('error_description'))).toBe('The person cancelled the sign-in.');
    expect(query.get('state')).toBe('a1b2c3d4');
  });

  test('says even the error code in base64 when it is told to', async () => {
    const { query } = await redirect({ redirectErrors: 'base64' }, 'cancel');
    expect([decode(query.get('error')), decode(query.get('error_description'))]).toEqual([
      'access_denied',
      'The person cancelled the sign-in.',
    ]);
  });
});
