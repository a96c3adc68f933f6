import { describeAdapterContract } from '@egain-auth/testing';
import { describe, test } from '@jest/globals';
import { startContractHost } from './contract-host.ts';
import { PLATFORMS } from './hosts.ts';

/** Of `jest.config.mjs`: which major this run is for. */
declare const nest: string;

for (const platform of PLATFORMS) {
  const name = `${nest} on ${platform === 'platform-express' ? 'Express' : 'Fastify'}`;
  describeAdapterContract(name, startContractHost(platform), { describe, test });
}
