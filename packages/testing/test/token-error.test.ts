import { describe, expect, test } from '@jest/globals';
import type { BehaviourOptions } from '../src/index.ts';
import { apply, credentials, postForm, startEmulator, tokenUrl } from './emulator-client.ts';

async function refuse(behaviour: BehaviourOptions, changes = {}) {
  const emulator = await startEmulator({ behaviour });
  const form = apply({ grant_type: 'password', scope: 'app.x', ...credentials(emulator) }, changes);
  const response = await postForm(tokenUrl(emulator), form);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { emulator, response, text: await response.text() };
}

describe('a refused token request', () => {
  test('is answered as RFC 6749 has it', async () => {
    const { response, text } = await refuse({});
    expect(response.status).toBe(400);
    expect(JSON.parse(text)).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });

  test('is answered in the shape of the APIs when it is told to', async () => {
    const { text } = await refuse({ errorShape: 'egain' });
    expect(JSON.parse(text)).toEqual({ code: '400-100', developerMessage: expect.stringContaining('exactly one of') });
  });

  test('is answered in the shape of a gateway when it is told to', async () => {
    const { response, text } = await refuse({ errorShape: 'gateway' });
    expect([response.status, JSON.parse(text)]).toEqual([400, { message: 'Bad Request' }]);
  });

  test('is answered with a page when it is told to', async () => {
    const { response, text } = await refuse({ errorShape: 'html' });
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(text).toContain('<h1>400 Bad Request</h1>');
  });

  test('is answered with the status alone when it is told to', async () => {
    const { response, text } = await refuse({ errorShape: 'empty' });
    expect([response.status, text]).toEqual([400, '']);
  });

  test.each([401, 400] as const)(
    'of an unknown client has status %i when it is told to',
    async (invalidClientStatus) => {
      const { emulator, response } = await refuse({ invalidClientStatus }, { client_secret: 'wrong' });
      expect(response.status).toBe(invalidClientStatus);
      expect(emulator.journal('token')).toMatchObject([{ error: 'invalid_client', status: invalidClientStatus }]);
    },
  );

  test('says in the journal what was wrong, whatever the answer says', async () => {
    const { emulator } = await refuse({ errorShape: 'empty' });
    expect(emulator.journal('token')).toMatchObject([{ error: 'invalid_request' }]);
  });
});
