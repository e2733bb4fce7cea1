// The Testnet and LoadTest objects may not import the load generator: the words of both must be the same.
import { CONTRACT_OF, WORKLOADS as OFFERED } from '@rexnet/load/spec.ts';
import { WORKLOADS } from '@rexnet/operator/api/workloads.ts';
import { SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import { expect, test } from 'vitest';

test('a Testnet may ask for every workload the generator offers, and for no other', () => {
  expect(WORKLOADS).toEqual(OFFERED);
});

test('every contract a workload calls is shipped', () => {
  for (const contract of Object.values(CONTRACT_OF))
    if (contract !== undefined) expect(SHIPPED).toHaveProperty(contract);
});
