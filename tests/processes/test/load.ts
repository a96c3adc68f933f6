import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

const CONNECTIONS = 40;
const INTERVAL_MS = 3;

/** One request after another, at a rate that does not depend on the answers, on connections that are kept. */
export interface Load extends AsyncDisposable {
  /** What became of each request so far: its answer, or the code of its error. `undefined` while it is under way. */
  readonly outcomes: ReadonlyMap<string, string | undefined>;
  underWay(): number;
  /** Sends no more, and waits for what is under way. */
  stop(): Promise<void>;
}

export function startLoad(origin: string): Load {
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const outcomes = new Map<string, string | undefined>();
  const requests: Promise<void>[] = [];
  let isStopped = false;

  async function send(id: string): Promise<void> {
    outcomes.set(id, undefined);
    try {
      const { statusCode, body } = await pool.request({ path: `/jobs/${id}`, method: 'GET' });
      outcomes.set(id, `${statusCode} ${await body.text()}`);
    } catch (error) {
      outcomes.set(id, String((error as { code?: unknown }).code));
    }
  }

  async function run(): Promise<void> {
    for (let id = 0; !isStopped; id += 1) {
      requests.push(send(String(id)));
      await sleep(INTERVAL_MS);
    }
  }

  const running = run();
  let stopping: Promise<void> | undefined;
  async function end(): Promise<void> {
    isStopped = true;
    await running;
    await Promise.all(requests);
    await pool.close();
  }
  function stop(): Promise<void> {
    stopping ??= end();
    return stopping;
  }

  return {
    outcomes,
    underWay: () => [...outcomes.values()].filter((outcome) => outcome === undefined).length,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
