import { describe, expect, test } from '@jest/globals';
import { callApi, TOKENS, verdict } from './api-client.ts';
import { startEmulator } from './emulator-client.ts';

async function ask(path: string, body: unknown = {}) {
  const emulator = await startEmulator();
  const token = await TOKENS.customer(emulator, 'core.aiservices.read core.aiservices.manage');
  return callApi(emulator, `/core/aiservices/v4${path}`, token, {}, body);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('an answer', () => {
  test('is made of the best article, and refers to what it was made of', async () => {
    const response = await ask('/PROD-1000/answers?q=borrower&$lang=en-US');
    expect(await response.json()).toMatchObject({
      answer: {
        answerValue: '<p>A co-signer agrees to repay the loan if the borrower does not.</p>',
        references: [{ id: 'PROD-2679', name: 'Can I Have a Co-Signer?', docType: 'HTML', source: 'eGain Article' }],
        answerType: 'generative',
        relevanceScore: 1,
      },
      searchResults: [{ id: 'PROD-2679', snippetType: 'chunks', normalizedScore: 1 }],
      sessionId: expect.stringMatching(UUID),
      eventId: expect.stringMatching(UUID),
    });
  });

  test('is there, and empty, when nothing is found', async () => {
    const response = await ask('/PROD-1000/answers?q=zzzz&$lang=en-US');
    expect(response.status).toBe(200);
    const answer = { answerValue: '', references: [], relevanceScore: 0 };
    expect(await response.json()).toMatchObject({ answer, searchResults: [] });
  });

  test('says again what the request said of itself', async () => {
    const said = {
      channel: { type: 'custom', name: 'Eight Bank Website' },
      eventId: '615458',
      clientSessionId: 'mine',
      sessionId: '6154589f-b43f-4471-b2c7-92c6c888a643',
    };
    expect(await (await ask('/PROD-1000/answers?q=loan&$lang=en-US', said)).json()).toMatchObject(said);
  });

  test('needs no body', async () => {
    expect((await ask('/PROD-1000/answers?q=loan&$lang=en-US', '')).status).toBe(200);
  });

  test.each([
    ['/PROD-1000/answers?q=loan', '400-112'],
    ['/PROD-1000/answers?$lang=en-US', '400-112'],
    ['/PROD-2000/answers?q=loan&$lang=en-US', '404-101'],
  ])('at %s is refused with %s', async (path, code) => {
    expect(await verdict(await ask(path))).toBe(code);
  });
});

test('retrieval finds the same, and answers nothing', async () => {
  const response = await ask('/PROD-1000/retrieve?q=borrower&$lang=en-US');
  const body = (await response.json()) as object;
  expect(body).toMatchObject({ searchResults: [{ id: 'PROD-2679', snippetType: 'chunks' }] });
  expect(body).not.toHaveProperty('answer');
});
