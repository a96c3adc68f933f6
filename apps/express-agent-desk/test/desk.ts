import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainAuth, type EgainAuth } from '@egain-auth/express';
import { createEgainEmulator, type EgainEmulator, type SeededCustomer, type SeededUser } from '@egain-auth/testing';
import { createApp } from '../src/app.ts';
import { EMPLOYEES } from '../src/crm.ts';

export interface Desk extends AsyncDisposable {
  readonly baseUrl: string;
  readonly emulator: EgainEmulator;
  readonly agent: SeededUser;
  readonly customer: SeededCustomer;
  /** The codes of the errors that were answered. */
  readonly errors: string[];
  /** What was answered to whom, whether or not a browser shows it. */
  readonly answers: {
    readonly path: string;
    readonly status: number;
    /** `Sec-Purpose` of the request. */
    readonly purpose: string | undefined;
    readonly setsCookie: boolean;
  }[];
}

/**
 * The sample application as the demo starts it.
 * @param furtherPages what answers below `/test`
 */
export async function startDesk(furtherPages?: (egain: EgainAuth) => RequestListener): Promise<Desk> {
  const emulator = await createEgainEmulator().listen();
  const errors: string[] = [];
  const answers: Desk['answers'] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
  const egain = createEgainAuth({
    ...emulator.config({ baseUrl }),
    authorizeSubject: (subject) => EMPLOYEES.includes(subject.value),
  });
  const app = createApp(egain, { employees: EMPLOYEES, onError: (error) => errors.push(error.code) });
  const further = furtherPages?.(egain) ?? app;
  server.on('request', (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const purpose = request.headers['sec-purpose']?.toString();
    response.on('finish', () => {
      answers.push({ path, status: response.statusCode, purpose, setsCookie: response.hasHeader('set-cookie') });
    });
    if (path.startsWith('/test/')) further(request, response);
    else app(request, response);
  });
  const [agent] = emulator.users;
  const [customer] = emulator.customers;
  if (!agent || !customer) throw new Error('nobody is seeded');
  return {
    baseUrl,
    emulator,
    agent,
    customer,
    errors,
    answers,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await Promise.all([egain.close(), emulator.close()]);
    },
  };
}
