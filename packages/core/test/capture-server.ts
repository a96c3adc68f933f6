import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Certificate } from './certificate.ts';

export interface CaptureServer {
  readonly port: number;
  /** What came in since it was last asked, by connection, as latin1. */
  take(): Promise<string[]>;
  close(): Promise<void>;
}

/** A server in a thread of its own: see capture-server.mjs. */
export async function startCapturing(answer: string, tls?: Certificate): Promise<CaptureServer> {
  const worker = new Worker(new URL('capture-server.mjs', import.meta.url), { workerData: { answer, tls } });
  const [port] = (await once(worker, 'message')) as [number];
  return {
    port,
    async take() {
      worker.postMessage('take');
      return ((await once(worker, 'message')) as [string[]])[0];
    },
    async close() {
      await worker.terminate();
    },
  };
}
