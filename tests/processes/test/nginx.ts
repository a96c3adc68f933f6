import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const NGINX = process.env['EGAIN_AUTH_NGINX'] ?? '/usr/sbin/nginx';
const PATIENCE_MS = 60_000;

/** A reverse proxy that speaks HTTP on a socket in a folder of its own, so no other process can take its port. */
export interface Nginx extends AsyncDisposable {
  /** One GET request without a browser's help. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<IncomingMessage>;
}

/**
 * Starts nginx in front of a server.
 * @param directives of the `server` block, beside the ones that make it a proxy
 */
export async function startNginx(upstream: string, directives = ''): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const socketPath = join(folder, 'socket');
  const configuration = join(folder, 'nginx.conf');
  await writeFile(configuration, configure(folder, socketPath, upstream, directives));
  const errors = join(folder, 'error.log');
  const child = spawn(NGINX, ['-c', configuration, '-p', folder, '-e', errors], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close');
  // Thrown by `stop` for a program that does not exist, and not before.
  ended.catch(() => {});
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  };
  if (!(await listens(child, socketPath))) {
    await stop();
    throw new Error(`nginx does not listen: ${stderr}`);
  }
  return {
    async get(path, headers = {}) {
      const options = { socketPath, path, headers: { host: 'localhost', ...headers }, agent: false };
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        request(options, resolve).on('error', reject).end();
      });
      answer.resume();
      return answer;
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** One process in the foreground, which writes nowhere else. Everything that is not here has nginx's default. */
function configure(folder: string, socketPath: string, upstream: string, directives: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    master_process off;
    pid ${folder}/pid;
    events {}
    http {
      access_log off;
      ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n')}
      server {
        listen unix:${socketPath};
        ${directives}
        location / { proxy_pass ${upstream}; }
      }
    }`;
}

async function listens(child: ChildProcess, path: string): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS;
  while (child.exitCode === null && child.signalCode === null && performance.now() < until) {
    if (await canConnect(path)) return true;
    await sleep(10);
  }
  return false;
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
