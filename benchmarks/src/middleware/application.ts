import express, { type Express, type RequestHandler, type Response } from 'express';

export interface Pages {
  readonly use?: readonly RequestHandler[];
  readonly signIn: RequestHandler;
  readonly home: RequestHandler | readonly RequestHandler[];
}

/** The same Express for everybody, as it comes. */
export function createApplication({ use = [], signIn, home }: Pages): Express {
  const app = express();
  for (const handler of use) app.use(handler);
  app.get('/sign-in', signIn, (_req, res) => void res.send('signed in'));
  app.get('/', ...[home].flat());
  return app;
}

/** Nobody else than whom the load generator expects gets away with it. */
export function greet(res: Response, name: string | undefined): void {
  if (name === undefined) res.sendStatus(401);
  else res.send(name);
}
