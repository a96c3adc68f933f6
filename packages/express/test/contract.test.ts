import { describeAdapterContract } from '@egain-auth/testing';
import { describe, test } from '@jest/globals';
import { startContractHost } from './contract-host.ts';
import { EXPRESS } from './hosts.ts';

for (const [name, express] of EXPRESS) describeAdapterContract(name, startContractHost(express), { describe, test });
