// The Testnet of one point: the one that is measured, once more, with another number of groups, without its own load and its
// suspension, and with an end of its own. The one that is measured stays as it is.
import type { V1OwnerReference } from '@kubernetes/client-node';
import { API_VERSION } from '../api/definition.ts';
import type { LoadTestSpec } from '../api/load-test.ts';
import type { TestnetSpec } from '../api/testnet.ts';
import { pointMaxSeconds } from './load-test-jobs.ts';
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

const MINUTE_SECONDS = 60;
const TTL_SPARE_MINUTES = 5;

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

export function pointSpec(measured: TestnetSpec, spec: LoadTestSpec, groups: number): TestnetSpec {
  const { nodeOverrides = [], ...kept } = measured;
  const { pins = [], ...placing } = kept.shardMap;
  const ownPins = pins.filter((pin) => pin.group < groups);
  const ownOverrides = nodeOverrides.filter((override) => override.group < groups);
  return {
    ...kept,
    groups,
    suspend: false,
    // It is removed long before; should nobody do that, it ends all the same.
    ttl: `${Math.ceil(pointMaxSeconds(spec) / MINUTE_SECONDS) + TTL_SPARE_MINUTES}m`,
    chain: { ...kept.chain, ...CHAINS[spec.profile] },
    load: { ...kept.load, tpsPerGroup: 0 },
    shardMap: { ...placing, ...(ownPins.length === 0 ? {} : { pins: ownPins }) },
    ...(ownOverrides.length === 0 ? {} : { nodeOverrides: ownOverrides }),
  };
}

/** Deleting the LoadTest ends whatever it runs. */
export function ownedBy({ name, uid }: LoadTestId): V1OwnerReference {
  return { apiVersion: API_VERSION, kind: 'LoadTest', name, uid, controller: true, blockOwnerDeletion: true };
}
