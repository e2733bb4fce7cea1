// The ConsensusGroup controller: the StatefulSet, Services and budget of one group, images of single nodes, volumes of nodes
// that are no more, whom to ask, and the status. It deletes no pod, ever: a machine that is lost is named, and people
// decide.

import type { V1StatefulSet } from '@kubernetes/client-node';
import type { Collection } from '../kube/caches.ts';
import { type KubeObject, keyOf } from '../kube/resources.ts';
import { newest } from '../plan/kube/chain-seen.ts';
import { GROUP_FIGURES, GROUP_PROGRESS, judgeGroup } from '../plan/kube/group-status.ts';
import type { Images } from '../plan/kube/images.ts';
import type { KubeInput, Made as Planned } from '../plan/kube/input.ts';
import { keepingPods } from '../plan/kube/kept-pods.ts';
import { LABEL } from '../plan/kube/labels.ts';
import { isOwnedBy, leftovers } from '../plan/kube/leftovers.ts';
import type { NodeSeen } from '../plan/kube/node-seen.ts';
import { claimName, NODE_CONTAINER, withSizeOf } from '../plan/kube/nodes.ts';
import { groupObjects } from '../plan/kube/objects.ts';
import { imageMisfits } from '../plan/kube/overrides.ts';
import { isLost, ordinalOf, type PodSeen } from '../plan/kube/pod-seen.ts';
import { outdatedOf, partitionOf, withPartition } from '../plan/kube/rolling.ts';
import {
  BY_GROUP,
  BY_MACHINE,
  BY_TESTNET,
  CLAIMS,
  DISRUPTION_BUDGETS,
  GROUPS,
  type GroupObject,
  groupOf,
  isLegible,
  MACHINES,
  PODS,
  REFUSED_PODS,
  SERVICES,
  STATEFUL_SETS,
  type StatefulSetObject,
  TESTNETS,
  type TestnetObject,
} from './collections.ts';
import { type Clients, type Controller, type Copies, type Rule, sooner, watch } from './controller.ts';
import { Inputs, restartedAtOf, type Trouble } from './inputs.ts';
import { asMade, type MadeKinds } from './made.ts';
import { refusalIn, troubleOfRefusal } from './refusals.ts';
import { refusedPod } from './refused-pods.ts';
import { askable, lookAt, momentOf, nodesOf, type Seeing } from './testnet-look.ts';

export interface GroupControllerOptions extends Seeing {
  readonly images: Images;
}

const BURST_MS = 100;
const WORKERS = 16;
const LOOK_AGAIN_MS = 5_000;
/** When the copy does not show yet what was made. */
const LAG_MS = 1_000;
/** At once, but after the groups that wait already. */
const BEHIND_OTHERS_MS = 0;

const OWNED: MadeKinds = {
  Service: SERVICES,
  PodDisruptionBudget: DISRUPTION_BUDGETS,
  StatefulSet: STATEFUL_SETS,
};

const READ = ['get', 'list', 'watch'] as const;
const OWN = [...READ, 'create', 'patch', 'delete'] as const;

export const GROUP_RULES: readonly Rule[] = [
  { group: 'rexnet.dev', resources: ['testnets', 'consensusgroups'], verbs: READ },
  { group: 'rexnet.dev', resources: ['consensusgroups/status'], verbs: ['patch'] },
  { group: 'rexnet.dev', resources: ['consensusgroups/finalizers'], verbs: ['update'] },
  { group: '', resources: ['services'], verbs: OWN },
  // The image of a single node.
  { group: '', resources: ['pods'], verbs: [...READ, 'patch'] },
  { group: '', resources: ['persistentvolumeclaims'], verbs: [...READ, 'delete'] },
  // Why a pod could not be made.
  { group: '', resources: ['events'], verbs: ['list', 'watch'] },
  { group: 'apps', resources: ['statefulsets'], verbs: OWN },
  { group: 'policy', resources: ['poddisruptionbudgets'], verbs: OWN },
];

/** Of the cluster, and so only for an operator that watches all of it. */
export const MACHINE_RULES: readonly Rule[] = [{ group: '', resources: ['nodes'], verbs: ['get', 'list', 'watch'] }];

const toGroup = (object: KubeObject): readonly string[] => {
  const key = groupOf(object);
  return key === undefined ? [] : [key];
};

export function groupController(options: GroupControllerOptions): Controller {
  const worker = new GroupWorker(options);
  return {
    name: 'consensusgroup',
    workers: WORKERS,
    rules: GROUP_RULES,
    watches: [
      watch({ collection: GROUPS, keys: ({ metadata }) => [keyOf(metadata)] }),
      watch({
        collection: TESTNETS,
        keys: ({ metadata }, copies) =>
          copies
            .of(GROUPS)
            .by(BY_TESTNET, keyOf(metadata))
            .map((group) => keyOf(group.metadata)),
        // Its figures change all the time, and every pass of it would be one of every group.
        when: (before, now) => before === undefined || now === undefined || basisOf(before) !== basisOf(now),
        delayMs: BURST_MS,
      }),
      ...[STATEFUL_SETS, SERVICES, DISRUPTION_BUDGETS, CLAIMS, PODS].map((collection: Collection<never>) =>
        watch({ collection, keys: toGroup, delayMs: BURST_MS }),
      ),
      watch({
        collection: REFUSED_PODS,
        keys: ({ involvedObject: { kind, namespace, name } }) =>
          kind !== 'StatefulSet' || name === undefined || namespace === undefined ? [] : [keyOf({ namespace, name })],
      }),
      ...(options.seesMachines
        ? [
            watch({
              collection: MACHINES,
              // They tell all the time that they live.
              when: (before, now) => (before !== undefined && isLost(before)) !== (now !== undefined && isLost(now)),
              keys: ({ metadata }, copies) => copies.of(PODS).by(BY_MACHINE, metadata.name).flatMap(toGroup),
            }),
          ]
        : []),
    ],
    forget: (object) => worker.forget(object),
    reconcile: (key, copies, clients) => worker.reconcile(key, copies, clients),
  };
}

type Applied = {
  readonly isSettled: boolean;
  readonly isPutOff: boolean;
  /** Whether its pods are as an earlier operator made them. */
  readonly isKept: boolean;
  readonly refused?: Trouble;
};

/** What of a Testnet its groups are made of. */
function basisOf(testnet: TestnetObject): string {
  const { uid, generation, deletionTimestamp } = testnet.metadata;
  const { image, bitcoindImage, imagePullPolicy, networkId } = testnet.status ?? {};
  const head = [uid, generation, deletionTimestamp, restartedAtOf(testnet)];
  return JSON.stringify([...head, image, bitcoindImage, imagePullPolicy, networkId]);
}

/** As people call them, such as g0-n1. */
function outdatedNames(set: V1StatefulSet | undefined, nodes: readonly NodeSeen[]): readonly string[] {
  const seen = nodes.flatMap(({ pod }) => pod ?? []);
  const outdated = outdatedOf(set, seen);
  return nodes.filter(({ pod }) => pod !== undefined && outdated.includes(pod)).map(({ name }) => name);
}

class GroupWorker {
  readonly #options: GroupControllerOptions;
  readonly #inputs: Inputs;
  readonly #objects = new WeakMap<KubeInput, Map<string, readonly Planned[]>>();
  /** The same object for the same wish: it is not hashed again. */
  readonly #rolling = new WeakMap<V1StatefulSet, { readonly partition: number; readonly wish: V1StatefulSet }>();
  /** Groups whose pods had to wait: once, whatever others do to their Services. */
  readonly #putOff = new WeakSet<readonly Planned[]>();

  constructor(options: GroupControllerOptions) {
    this.#options = options;
    this.#inputs = new Inputs(options.images);
  }

  forget({ metadata }: KubeObject): void {
    this.#inputs.forget(metadata.uid ?? '');
  }

  async reconcile(key: string, copies: Copies, clients: Clients): Promise<number | undefined> {
    const group = copies.of(GROUPS).get(key);
    const testnet = group === undefined || !isLegible(group) ? undefined : testnetOfGroup(group, copies);
    if (group === undefined || testnet === undefined || group.metadata.deletionTimestamp !== undefined) {
      this.#options.knowledge.follow(key, []);
      return undefined;
    }
    // Images are fixed in the first status of the Testnet; its controller also says what is wrong with a spec.
    const made = this.#inputs.of(testnet, { retiring: [], contractsDeployed: false });
    if ('trouble' in made || testnet.status?.image === undefined) return undefined;
    const { input } = made;
    const { index } = group.spec;
    const { nodes, pods } = nodesOf(input, index, copies, this.#options, momentOf(clients));
    const { networkId: genesisId } = testnet.status;
    const whose = { group: index, ...(genesisId === undefined ? {} : { genesisId }) };
    this.#options.knowledge.follow(key, askable(pods), whose);
    const done = await this.#apply(group, input, pods, copies, clients);
    await removeClaims(key, input, index, pods, copies, clients);
    const set = copies.of(STATEFUL_SETS).get(key);
    const unpatched = done.isSettled && set !== undefined ? await patchPods(input, set, pods, clients) : undefined;
    const failed = done.refused ?? unpatched;
    // What was just applied is told when the copies show it: every group is made before the first is written about.
    if (group.status === undefined && set === undefined && done.refused === undefined)
      return done.isPutOff ? BEHIND_OTHERS_MS : LAG_MS;
    // All groups are looked at only where its own nodes say nothing.
    const own = newest([...this.#options.knowledge.of(key).values()].flatMap(({ answer }) => answer ?? []));
    const chain = own ?? lookAt(testnet, copies, this.#options).chain;
    const refused = refusedPod(set?.metadata.uid, copies);
    const { fields, conditions } = judgeGroup({
      testnet: input.testnet.name,
      group: index,
      isSuspended: input.plan.suspended,
      isStored: input.testnet.spec.template.storage !== undefined,
      isKept: done.isKept,
      nodes,
      outdated: outdatedNames(set as V1StatefulSet | undefined, nodes),
      pods: pods.length,
      ...(refused === undefined ? {} : { refused }),
      ...(failed === undefined ? {} : { failed }),
      ...(chain === undefined ? {} : { partitions: chain.owners.filter((owner) => owner === index).length }),
      blockIntervalMs: input.plan.genesis.chain.blockIntervalMs,
    });
    const again = await clients.writeStatus(GROUPS.resource, group, {
      fields,
      conditions,
      figures: GROUP_FIGURES,
      progress: GROUP_PROGRESS,
    });
    return sooner(
      again,
      done.isSettled && failed === undefined ? undefined : LOOK_AGAIN_MS,
      done.isPutOff ? BEHIND_OTHERS_MS : undefined,
    );
  }

  async #apply(
    group: GroupObject,
    input: KubeInput,
    pods: readonly PodSeen[],
    copies: Copies,
    clients: Clients,
  ): Promise<Applied> {
    const key = keyOf(group.metadata);
    const { uid = '' } = group.metadata;
    const set = copies.of(STATEFUL_SETS).get(key);
    const wanted = this.#planned(input, group.spec.index, uid);
    const kept = wanted.map((wish) => keepingPods(wish, set === undefined ? [] : [set]));
    const isKept = kept.some((wish, index) => wish !== wanted[index]);
    const planned = kept.map((wish) =>
      wish.kind === 'StatefulSet' ? this.#rolled(wish as V1StatefulSet, set as V1StatefulSet | undefined, pods) : wish,
    );
    let isSettled = true;
    let isPutOff = false;
    let isBegun = false;
    let refused: Trouble | undefined;
    for (const wish of planned) {
      // Pods are much work for the server: what else the groups consist of is made before the first of them.
      if (wish.kind === 'StatefulSet' && set === undefined && isBegun && !this.#putOff.has(wanted)) {
        this.#putOff.add(wanted);
        isPutOff = true;
        continue;
      }
      const { collection, object } = asMade(wish, OWNED);
      const live = copies.of(collection).get(keyOf(object.metadata));
      try {
        const applied = await clients.apply(collection.resource, object, live);
        if (applied !== 'unchanged') isSettled = false;
        if (applied === 'applied') isBegun = true;
      } catch (error) {
        const refusal = refusalIn(error);
        isSettled = false;
        refused ??= troubleOfRefusal(refusal);
      }
    }
    for (const collection of Object.values(OWNED)) {
      const existing: readonly KubeObject[] = copies.of(collection).by(BY_GROUP, key);
      for (const object of leftovers(existing, planned, uid)) await clients.remove(collection.resource, object);
    }
    return { isSettled: isSettled && !isPutOff, isPutOff, isKept, ...(refused === undefined ? {} : { refused }) };
  }

  #rolled(planned: V1StatefulSet, live: V1StatefulSet | undefined, pods: readonly PodSeen[]): V1StatefulSet {
    const wish = withSizeOf(planned, live);
    const partition = partitionOf(wish, live, pods);
    const known = this.#rolling.get(planned);
    if (known?.partition === partition && wish === planned) return known.wish;
    const rolled = { partition, wish: withPartition(wish, partition) };
    if (wish === planned) this.#rolling.set(planned, rolled);
    return rolled.wish;
  }

  #planned(input: KubeInput, group: number, uid: string): readonly Planned[] {
    const known = this.#objects.get(input) ?? new Map<string, readonly Planned[]>();
    this.#objects.set(input, known);
    const planned = known.get(uid) ?? groupObjects(input, group, uid);
    known.set(uid, planned);
    return planned;
  }
}

/** By server-side apply, which knows containers by name; the uid keeps it from making a pod. */
async function patchPods(
  input: KubeInput,
  { metadata, status }: StatefulSetObject,
  pods: readonly PodSeen[],
  { rest, fieldManager, signal }: Clients,
): Promise<Trouble | undefined> {
  // While a new template is on its way the StatefulSet makes pods anew, one after the other.
  if (status?.observedGeneration !== metadata.generation) return undefined;
  let refused: Trouble | undefined;
  const current = pods.filter(({ revision, isTerminating }) => revision === status?.updateRevision && !isTerminating);
  for (const { pod, image } of imageMisfits(input, current)) {
    const { namespace } = input.facts;
    const wish = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod.name, namespace, ...(pod.uid === undefined ? {} : { uid: pod.uid }) },
      spec: { containers: [{ name: NODE_CONTAINER, image }] },
    };
    try {
      await rest.apply(PODS.resource, wish, { fieldManager, signal });
    } catch (error) {
      // One that was made anew meanwhile is looked at when the copy shows it.
      const refusal = refusalIn(error);
      if (refusal.code !== 'CONFLICT') refused ??= troubleOfRefusal(refusal);
    }
  }
  return refused;
}

/** Only of a Testnet that owns it: what is left of an earlier one of that name goes by itself. */
function testnetOfGroup({ metadata, spec, kind }: GroupObject, copies: Copies) {
  const { namespace } = metadata;
  const found = copies
    .of(TESTNETS)
    .get(keyOf({ name: spec.testnet, ...(namespace === undefined ? {} : { namespace }) }));
  return found !== undefined && isOwnedBy({ kind, metadata }, found.metadata.uid ?? '') ? found : undefined;
}

/** Of nodes that are asked for no more; a suspension asks for them still. */
async function removeClaims(
  key: string,
  { testnet }: KubeInput,
  group: number,
  pods: readonly PodSeen[],
  copies: Copies,
  clients: Clients,
): Promise<void> {
  for (const claim of copies.of(CLAIMS).by(BY_GROUP, key)) {
    const { name, labels, deletionTimestamp } = claim.metadata;
    const ordinal = ordinalOf(name);
    // A copy of a volume, as backups are, may bear all its labels; only its name tells it from a node's own.
    if (name !== claimName(testnet.name, group, ordinal) || labels?.[LABEL.component] !== 'node') continue;
    const isUsed = ordinal < testnet.spec.nodesPerGroup || pods.some((pod) => pod.ordinal === ordinal);
    if (isUsed || deletionTimestamp !== undefined) continue;
    await clients.remove(CLAIMS.resource, claim);
  }
}
