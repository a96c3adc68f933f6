// What the application of each framework does, so that only the frameworks differ.
import { setTimeout as sleep } from 'node:timers/promises';
import { type EgainAuth, type EgainAuthOptions, isEgainAuthError, type RequestContext, user } from '@egain-auth/core';
import { tell } from './tell.ts';

/** What the test hands over. */
export const options = (): EgainAuthOptions => ({
  ...(JSON.parse(process.argv[2] ?? '') as EgainAuthOptions),
  authorizeSubject: () => true,
});

export const SCOPE = ['knowledge.portalmgr.onbehalfof.read'] as const;
const PEOPLE = 200;

/** Many different ones: somebody's token is always still to be asked for. */
export const subjectOf = (id: string) => user({ username: `u${Number(id) % PEOPLE}` });

/** Takes a while, so that many are under way, and needs eGain only then: a token, and an answer of its API. */
export async function work(egain: RequestContext, id: string): Promise<string> {
  tell('received', id);
  await sleep(20 + ((Number(id) * 37) % 100));
  await egain.api.get('/knowledge/portalmgr/v4/myportals', { query: { $lang: 'en-US' } });
  return id;
}

/** Once the application has closed its instance: a job that nobody stopped goes on asking, and somebody closes it again. */
export async function workAfterClose(egain: EgainAuth): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const refusal = await egain.onBehalfOf(user({ username: `late-${attempt}` }), { scope: SCOPE }).then(
      () => 'served',
      (error: unknown) => (isEgainAuthError(error) ? error.code : String(error)),
    );
    tell('afterwards', refusal);
  }
  await egain.close();
  tell('closed');
}
