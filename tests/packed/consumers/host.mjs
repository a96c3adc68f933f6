// An application that has a use of its own for fetch.

// biome-ignore assist/source/organizeImports: it has to look before anything else is loaded
import { observe } from './observe.mjs';
import { once } from 'node:events';
import { createEgainAuth } from '@egain-auth/core';

async function run() {
  const imported = observe();
  const egain = createEgainAuth(JSON.parse(process.env.EGAIN_OPTIONS));
  const { scope } = await egain.clientCredentials({ scope: ['app.knowledge.portalmgr.read'] });
  await egain.close();
  const requested = observe();
  const echoed = await post();
  console.log(JSON.stringify({ scope: [...scope], imported, requested, echoed, used: observe() }));
}

/** A Request that states its length: refused when fetch and the global dispatcher are of different versions of undici. */
async function post() {
  // Not before: as an ES module, node:http wakes undici on Node 24.
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => request.pipe(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = new Request(`http://127.0.0.1:${server.address().port}`, {
    method: 'POST',
    body: 'x',
    headers: { 'content-length': '1' },
  });
  const answer = await fetch(request);
  const text = await answer.text();
  server.close();
  server.closeAllConnections();
  return text;
}

void run();
