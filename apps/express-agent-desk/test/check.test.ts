import { createEgainEmulator } from '@egain-auth/testing';
import { describe, expect, test } from '@jest/globals';
import { checkFlows } from '../src/check.ts';

async function check(
  options: Parameters<typeof createEgainEmulator>[0],
): Promise<{ succeeded: boolean; lines: string[] }> {
  const lines: string[] = [];
  const emulator = await createEgainEmulator(options).listen();
  const succeeded = await checkFlows(emulator, (line) => lines.push(line));
  await emulator.close();
  return { succeeded, lines };
}

describe('npm run demo -- --check', () => {
  test('README: walks every flow, one line each, without a token', async () => {
    const { succeeded, lines } = await check({ refreshTokens: 'rotating' });
    expect(lines.map((line) => line.slice(0, 40).trimEnd())).toEqual([
      'ok    authorization code, user',
      'ok    authorization code, customer',
      'ok    authorization code + PKCE, public',
      'ok    refresh',
      'ok    client credentials',
      'ok    anonymous customer',
      'ok    on behalf of, by username',
      'ok    on behalf of, by user id',
      'ok    on behalf of, by e-mail',
      'ok    token exchange',
      'Every flow works.',
    ]);
    expect(succeeded).toBe(true);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/ asked \S+ +granted \S+$/);
    expect(lines.join('\n')).not.toContain('eyJ');
  });

  test('says which flow failed, and goes on with the others', async () => {
    const { succeeded, lines } = await check({ refreshTokens: 'none', client: { onBehalfOf: false } });
    expect(succeeded).toBe(false);
    expect(lines.filter((line) => line.startsWith('FAIL')).map((line) => line.slice(6, 32).trimEnd())).toEqual([
      'refresh',
      'on behalf of, by username',
      'on behalf of, by user id',
      'on behalf of, by e-mail',
    ]);
    expect(lines.at(-1)).toBe('Not every flow works.');
  });
});
