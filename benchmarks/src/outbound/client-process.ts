// One contestant in a process of its own. Usage: fork(file, [name, origin of the API, token URL]).
import { deepStrictEqual } from 'node:assert/strict';
import { answerOrders } from '../process.ts';
import { ARTICLE, isArticle } from './article.ts';
import { type ContestantName, loadContestant } from './contestants.ts';

const [, , name = '', origin = '', tokenUrl = ''] = process.argv;
const contestant = await loadContestant(name as ContestantName);
const getArticle = await contestant.create({ origin, tokenUrl });

export interface Load {
  readonly concurrency: number;
  readonly requests: number;
}

const orders = {
  /** Whoever asks for its token at first use does so here, once. @throws if the answer is not the whole article */
  async verify() {
    deepStrictEqual(await getArticle(), ARTICLE);
  },

  /** Asks so many at once, and again as soon as one has its answer. */
  async run({ concurrency, requests }: Load) {
    let [asked, wrong] = [0, 0];
    const usage = process.cpuUsage();
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (asked < requests) {
          asked += 1;
          if (!isArticle(await getArticle())) wrong += 1;
        }
      }),
    );
    const elapsedMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(usage);
    if (wrong > 0) throw new Error(`${wrong} of ${requests} answers were no article`);
    return { elapsedMs, cpuMicroseconds: user + system };
  },

  /**
   * One request after the other, in a process whose young generation has room for all their garbage.
   * @returns bytes of heap that one of them takes, garbage afterwards or not
   */
  async heapPerRequest(requests: number) {
    for (let request = 0; request < requests; request += 1) await getArticle();
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let request = 0; request < requests; request += 1) await getArticle();
    return (process.memoryUsage().heapUsed - before) / requests;
  },
};
export type ClientOrders = typeof orders;
answerOrders(orders);
