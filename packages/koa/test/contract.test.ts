import { describeAdapterContract } from '@egain-auth/testing';
import { describe, test } from '@jest/globals';
import { startContractHost } from './contract-host.ts';
import { KOA } from './versions.ts';

for (const [name, Application] of KOA) {
  describeAdapterContract(name, startContractHost(Application), { describe, test });
}
