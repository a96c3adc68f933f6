import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { AppModule } from './app.module.ts';
import type { ConfigService } from './config.ts';

const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));

export async function createApp(
  config: ConfigService,
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config), options);
  app.disable('x-powered-by');
  // Or the back button would show what a person saw who has signed out since.
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.set('cache-control', 'no-store');
    next();
  });
  app.useStaticAssets(PUBLIC);
  return app;
}
