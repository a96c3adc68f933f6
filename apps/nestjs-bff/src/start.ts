import type { NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ConfigService } from './config.ts';
import { createApp } from './create-app.ts';

/**
 * Starts the application against a real tenant.
 * @param host where to listen. Other machines reach the application only if you say so, and put your own proxy in front
 */
export async function start(
  config: ConfigService,
  port: number,
  host = '127.0.0.1',
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await createApp(config, options);
  app.enableShutdownHooks();
  await app.listen(port, host);
  return app;
}
