import { describeAdapterContract } from '@egain-auth/testing';
import { describe, test } from '@jest/globals';
import { startContractHost } from './contract-host.ts';
import { EXPRESS } from './hosts.ts';

/** Some rules wait for a session to grow old, on machines that do other things too. */
const slowTest = (name: string, body: () => Promise<void>) => test(name, body, 30_000);

for (const [name, express] of EXPRESS)
  describeAdapterContract(name, startContractHost(express), { describe, test: slowTest });
