// The Testnet of one point: the one that is measured, once more, with another number of groups, without its own load and without what
// would end or stop it. The one that is measured stays as it is.
import type { V1OwnerReference } from '@kubernetes/client-node';
import { API_VERSION } from '../api/definition.ts';
import type { LoadTestSpec } from '../api/load-test.ts';
import type { TestnetSpec } from '../api/testnet.ts';
import { type LoadTestId, loadTestLabels, pointName } from './load-test-names.ts';
import type { Slot } from './load-test-slots.ts';

/** As the API server takes it. */
export type PointObject = {
  readonly apiVersion: string;
  readonly kind: 'Testnet';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly V1OwnerReference[];
  };
  readonly spec: TestnetSpec;
};

/** INTERFACES §7, of what a Testnet does not say itself: a cap is judged against a steady beat. */
const CHAINS: Readonly<Record<LoadTestSpec['profile'], Partial<TestnetSpec['chain']>>> = {
  Capped: { difficulty: 'Floor' },
  Open: { blockGas: 1_000_000_000, difficulty: 'Asert' },
};

export function pointTestnet(id: LoadTestId, spec: LoadTestSpec, measured: TestnetSpec, slot: Slot): PointObject {
  return {
    apiVersion: API_VERSION,
    kind: 'Testnet',
    metadata: {
      name: pointName(id, slot),
      namespace: id.namespace,
      labels: loadTestLabels(id.name, spec.testnet),
      ownerReferences: [ownedBy(id)],
    },
    spec: pointSpec(measured, spec, slot.groups),
  };
}

export function pointSpec(
  measured: TestnetSpec,
  { profile }: Pick<LoadTestSpec, 'profile'>,
  groups: number,
): TestnetSpec {
  const { ttl: _, nodeOverrides = [], ...kept } = measured;
  const { pins = [], ...placing } = kept.shardMap;
  const ownPins = pins.filter((pin) => pin.group < groups);
  const ownOverrides = nodeOverrides.filter((override) => override.group < groups);
  return {
    ...kept,
    groups,
    suspend: false,
    chain: { ...kept.chain, ...CHAINS[profile] },
    load: { ...kept.load, tpsPerGroup: 0 },
    shardMap: { ...placing, ...(ownPins.length === 0 ? {} : { pins: ownPins }) },
    ...(ownOverrides.length === 0 ? {} : { nodeOverrides: ownOverrides }),
  };
}

/** Deleting the LoadTest ends whatever it runs. */
export function ownedBy({ name, uid }: LoadTestId): V1OwnerReference {
  return { apiVersion: API_VERSION, kind: 'LoadTest', name, uid, controller: true, blockOwnerDeletion: true };
}
