import { describe, expect, test } from '@jest/globals';
import { authorizationUrl, signIn, startEmulator } from './emulator-client.ts';

const HOSTILE = `"><script>alert('x')</script>&`;

describe('the sign-in page', () => {
  test.each([
    ['user', 'Username', 'name="username"', 'TMPRODB88619984-U'],
    ['customer', 'Email address', 'name="email"', 'TMPRODB88619984-C'],
  ] as const)('of a %s says who asks for what and labels every field', async (persona, label, field, tenant) => {
    const emulator = await startEmulator();
    const scope = 'knowledge.portalmgr.read core.aiservices.read';
    const response = await fetch(authorizationUrl(emulator, { scope }, persona));
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(page).toContain('<html lang="en">');
    expect(page).toMatch(/<title>[^<]+<\/title>/);
    expect(page).toContain(`>${label}</label>`);
    expect(page).toContain('<label for="password">Password</label>');
    expect(page).toContain(field);
    expect(page).toContain(tenant);
    expect(page).toContain('Agent desk');
    expect(page).toContain('<code>core.aiservices.read</code>');
    expect(page).toContain('>Cancel</button>');
    expect(page).not.toContain('<script');
  });

  test('may not be framed, cached, scripted or named in a Referer', async () => {
    const emulator = await startEmulator();
    const { headers } = await fetch(authorizationUrl(emulator));
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).not.toContain('form-action');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('escapes the name of a client application and its scopes', async () => {
    const scope = HOSTILE.replaceAll(' ', '');
    const emulator = await startEmulator({ client: { name: HOSTILE, permissions: [scope] } });
    const page = await (await fetch(authorizationUrl(emulator, { scope }))).text();
    expect(page).not.toContain('<script');
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;');
  });

  test('escapes the name that was typed, and keeps it', async () => {
    const emulator = await startEmulator();
    const page = await (await signIn(authorizationUrl(emulator), emulator, { username: HOSTILE })).text();
    expect(page).not.toContain('<script');
    expect(page).toContain(`value="&quot;&gt;&lt;script&gt;`);
  });

  test('never shows the password that was typed', async () => {
    const emulator = await startEmulator();
    const page = await (await signIn(authorizationUrl(emulator), emulator, { password: 'canary-password' })).text();
    expect(page).not.toContain('canary-password');
  });

  test('ties the alert to the fields after a failure', async () => {
    const emulator = await startEmulator();
    const page = await (await signIn(authorizationUrl(emulator), emulator, { password: 'wrong' })).text();
    expect(page).toMatch(/role="alert" id="problem"/);
    expect(page.match(/aria-describedby="problem"/g)).toHaveLength(2);
  });
});

describe('the error page', () => {
  test.each(['client_id', 'redirect_uri'])('escapes a hostile %s', async (name) => {
    const emulator = await startEmulator();
    const response = await fetch(authorizationUrl(emulator, { [name]: HOSTILE }));
    const page = await response.text();
    expect(response.status).toBe(400);
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
  });
});
