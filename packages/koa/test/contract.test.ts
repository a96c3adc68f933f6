import { describeAdapterContract } from '@egain-auth/testing';
import { describe, test } from '@jest/globals';
import { startContractHost } from './contract-host.ts';
import { KOA } from './versions.ts';

/** Some rules wait for a session to grow old, on machines that do other things too. */
const slowTest = (name: string, body: () => Promise<void>) => test(name, body, 30_000);

for (const [name, Application] of KOA) {
  describeAdapterContract(name, startContractHost(Application), { describe, test: slowTest });
}
