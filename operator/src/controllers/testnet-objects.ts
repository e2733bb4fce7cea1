// Makes what a Testnet owns itself as its plan has it, and deletes what it owns and the plan no longer has. Pods of an earlier
// operator stay as they are (ADR 27); nothing that belongs to somebody else is touched.
import type { Collection } from '../kube/caches.ts';
import { type KubeObject, keyOf } from '../kube/resources.ts';
import type { KubeInput, Made as Planned } from '../plan/kube/input.ts';
import { keepingPods } from '../plan/kube/kept-pods.ts';
import { isOwnedBy, leftovers } from '../plan/kube/leftovers.ts';
import { testnetObjects } from '../plan/kube/objects.ts';
import { forEachAtMost } from './at-most.ts';
import {
  BY_TESTNET,
  CONFIG_MAPS,
  DEPLOYMENTS,
  GROUPS,
  JOBS,
  NETWORK_POLICIES,
  SERVICES,
  STATEFUL_SETS,
} from './collections.ts';
import type { Clients, Copies } from './controller.ts';
import type { Trouble } from './inputs.ts';
import { asMade, type MadeKinds } from './made.ts';
import { refusalIn, troubleOfRefusal } from './refusals.ts';
import type { Genesis } from './testnet-genesis.ts';

const APPLIES_AT_ONCE = 8;

/** Kinds of which a Testnet owns objects itself, by kind. */
export const TESTNET_KINDS: MadeKinds = {
  ConfigMap: CONFIG_MAPS,
  NetworkPolicy: NETWORK_POLICIES,
  Service: SERVICES,
  StatefulSet: STATEFUL_SETS,
  ConsensusGroup: GROUPS,
  Deployment: DEPLOYMENTS,
  Job: JOBS,
};

/** Those of them that have pods. */
const WORKLOADS: readonly Collection<never>[] = [STATEFUL_SETS, DEPLOYMENTS, JOBS];

type Applied = {
  /** False while a copy lags behind what was written, or an object is refused. */
  readonly isSettled: boolean;
  /** Of those it owns itself, how many have pods as an earlier operator made them. */
  readonly keptWorkloads: number;
  readonly trouble?: Trouble;
};

export class ObjectsKeeper {
  readonly #built = new WeakMap<KubeInput, ReturnType<typeof testnetObjects>>();

  async step(input: KubeInput, { bytes }: Genesis, copies: Copies, clients: Clients): Promise<Applied> {
    const built = this.#built.get(input) ?? testnetObjects(input, bytes);
    this.#built.set(input, built);
    if ('refusal' in built) {
      const { field, message, cure } = built.refusal;
      const trouble = { reason: 'TooLarge', message: `${field}: ${message}; ${cure}.` };
      return { isSettled: true, keptWorkloads: 0, trouble };
    }
    const { uid, namespace } = input.facts;
    const key = keyOf({ namespace, name: input.testnet.name });
    const existing = (collection: Collection<never>): readonly KubeObject[] =>
      copies.of(collection).by(BY_TESTNET, key);
    const workloads = WORKLOADS.flatMap(existing).filter((object) => isOwnedBy(object, uid));
    const planned = built.objects.map((wish) => keepingPods(wish, workloads));
    // A Job is not told of: it has done its work, or does it with these pods.
    const isKept = (wish: Planned, index: number): boolean => wish.kind !== 'Job' && wish !== built.objects[index];
    const keptWorkloads = planned.filter(isKept).length;
    const { isLagging, refused } = await apply(planned, copies, clients);
    for (const collection of Object.values(TESTNET_KINDS))
      for (const object of leftovers(existing(collection), planned, uid))
        await clients.remove(collection.resource, object);
    return refused === undefined
      ? { isSettled: !isLagging, keptWorkloads }
      : { isSettled: false, keptWorkloads, trouble: refused };
  }
}

/** One object that is refused keeps no other from being made; the first refusal is told. */
async function apply(
  planned: readonly Planned[],
  copies: Copies,
  clients: Clients,
): Promise<{ readonly isLagging: boolean; readonly refused: Trouble | undefined }> {
  let isLagging = false;
  let refused: Trouble | undefined;
  await forEachAtMost(APPLIES_AT_ONCE, planned, async (wish) => {
    const { collection, object } = asMade(wish, TESTNET_KINDS);
    const live = copies.of(collection).get(keyOf(object.metadata));
    try {
      if ((await clients.apply(collection.resource, object, live)) === 'lagging') isLagging = true;
    } catch (error) {
      const refusal = refusalIn(error);
      refused ??= troubleOfRefusal(refusal);
    }
  });
  return { isLagging, refused };
}
