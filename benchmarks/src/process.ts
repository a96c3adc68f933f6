// Orders to child processes, and their answers. Contestants in one process would share its heap, its collector, and
// what the compiler learned from another's calls.
import { fork } from 'node:child_process';
import { once } from 'node:events';

type Orders = Readonly<Record<string, (argument: never) => unknown>>;

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

/** A child process as an object of its orders. */
export interface Child<O extends Orders> {
  ask<N extends keyof O & string>(order: N, ...argument: Parameters<O[N]>): Promise<Awaited<ReturnType<O[N]>>>;
  stop(): Promise<void>;
}

/** In a child: carries out orders, one at a time. */
export function answerOrders<O extends Orders>(orders: O): void {
  async function carryOut(order: string, argument: unknown): Promise<Answer> {
    try {
      return { result: await orders[order]?.(argument as never) };
    } catch (error) {
      return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }

  // Nobody is left to ask: the connections alone would keep it running.
  process.once('disconnect', () => process.exit());
  process.on('message', ({ order, argument }: { order: string; argument: unknown }) => {
    void carryOut(order, argument).then((answer) => process.send?.(answer));
  });
}

/** Starts a file as a child process that can collect its garbage when told. */
export function startChild<O extends Orders>(
  file: URL,
  args: readonly string[],
  nodeArguments: readonly string[] = [],
): Child<O> {
  const child = fork(file, args, { execArgv: ['--expose-gc', ...nodeArguments] });
  const ended = once(child, 'exit');

  async function ask(order: string, argument?: unknown): Promise<never> {
    const answered = once(child, 'message').then(([answer]) => answer as Answer);
    child.send({ order, argument });
    const { result, error } = await Promise.race([
      answered,
      ended.then((): Answer => ({ error: 'the process ended' })),
    ]);
    if (error !== undefined) throw new Error(`${args[0]}: ${error}`);
    return result as never;
  }

  return {
    ask,
    async stop() {
      child.kill();
      await ended;
    },
  } as Child<O>;
}
