// What benches offer: workloads of the generator with the shipped contract each calls. A table.

import { CONTRACT_OF, type WorkloadName } from '@rexnet/load/spec.ts';
import { SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import type { LoadWish } from './generator.ts';

export interface Workload {
  readonly load: Pick<LoadWish, 'workload' | 'contract'>;
  /** Name among the shipped contracts; absent where none is called. */
  readonly shipped?: string;
}

export function workloadOf(name: WorkloadName): Workload {
  const shipped = CONTRACT_OF[name];
  if (shipped === undefined) return { load: { workload: name } };
  return { load: { workload: name, contract: `${shipped}.${SHIPPED[shipped]?.contract}` }, shipped };
}
