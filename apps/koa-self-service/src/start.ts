import { once } from 'node:events';
import type { Server } from 'node:http';
import { createEgainAuth, type EgainAuth, type EgainAuthOptions } from '@egain-auth/koa';
import { createApp } from './app.ts';

/**
 * Starts the application against a real tenant.
 * @param host where to listen. Other machines reach the application only if you say so, and put your own proxy in front
 */
export async function start(
  options: EgainAuthOptions,
  port: number,
  host = '127.0.0.1',
): Promise<{ readonly server: Server; readonly egain: EgainAuth }> {
  const egain = createEgainAuth(options);
  const server = createApp(egain).listen(port, host);
  await once(server, 'listening');
  return { server, egain };
}
