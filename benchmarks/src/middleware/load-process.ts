// Whoever asks, in a process of its own: its CPU time is nobody's. Usage: fork(file, []).
import { Pool } from 'undici';
import { answerOrders } from '../process.ts';
import { NAME } from './profile.ts';

const CONNECTIONS = 16;
const pools = new Map<string, Pool>();

export interface Load {
  readonly origin: string;
  readonly cookie: string;
  readonly durationMs: number;
}

const orders = {
  /** Asks for the home page, on all connections, as soon as each has its answer. */
  async run({ origin, cookie, durationMs }: Load) {
    const pool = poolOf(origin);
    const headers = cookie === '' ? {} : { cookie };
    let [requests, setCookieBytes] = [0, 0];
    const usage = process.cpuUsage();
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (performance.now() - startedAt < durationMs) {
          const answer = await pool.request({ path: '/', method: 'GET', headers });
          const text = await answer.body.text();
          if (answer.statusCode !== 200 || text !== NAME) throw new Error(`answered ${answer.statusCode}: ${text}`);
          for (const value of [answer.headers['set-cookie'] ?? []].flat()) setCookieBytes += Buffer.byteLength(value);
          requests += 1;
        }
      }),
    );
    const elapsedMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(usage);
    return { requests, elapsedMs, setCookieBytes, busy: (user + system) / 1000 / elapsedMs };
  },
};
export type LoadOrders = typeof orders;
answerOrders(orders);

function poolOf(origin: string): Pool {
  let pool = pools.get(origin);
  if (!pool) {
    pool = new Pool(origin, { connections: CONNECTIONS, keepAliveTimeout: 120_000 });
    pools.set(origin, pool);
  }
  return pool;
}
