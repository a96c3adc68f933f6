import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from './http.ts';

/**
 * How an answer leaves, when not at once and whole. `drop`: the connection ends instead. `cut`: it ends in the middle of
 * the body. `delay`: the answer waits. `drip`: its body goes byte by byte, this long apart.
 */
export type Delivery =
  | { readonly kind: 'drop' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'drip'; readonly ms: number };

export async function deliver(response: ServerResponse, reply: Reply): Promise<void> {
  const { status, headers, body, delivery } = reply;
  switch (delivery?.kind) {
    case 'drop':
      response.destroy();
      return;
    case 'cut':
      cut(response, reply);
      return;
    case 'drip':
      await drip(response, reply, delivery.ms);
      return;
    case 'delay':
      if (!(await pause(response, delivery.ms))) return;
      break;
    case undefined:
  }
  response.writeHead(status, headers).end(body);
}

/** Half of what was announced. */
function cut(response: ServerResponse, { status, headers, body }: Reply): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length + 1 });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}

async function drip(response: ServerResponse, { status, headers, body }: Reply, ms: number): Promise<void> {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  for (let index = 0; index < bytes.length; index += 1) {
    response.write(bytes.subarray(index, index + 1));
    if (!(await pause(response, ms))) return;
  }
  response.end();
}

/**
 * The timer keeps no process alive: whoever closes the emulator, or ends without closing it, does not wait for it.
 *
 * @returns whether anybody still listens
 */
async function pause(response: ServerResponse, ms: number): Promise<boolean> {
  await sleep(ms, undefined, { ref: false });
  return !response.closed;
}
