// One look at all there is of a Testnet: pods, machines, answers of nodes, Jobs, Deployments. It reads copies and changes
// nothing.

import { HOME_GROUP } from '@rexnet/node/chain/shard-map.ts';
import type { Knowledge } from '../ask/asker.ts';
import { keyOf } from '../kube/resources.ts';
import { type ChainSeen, newest } from '../plan/kube/chain-seen.ts';
import { contractsSeen, isComplete } from '../plan/kube/contracts-seen.ts';
import { reasonOfRefusal } from '../plan/kube/group-status.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import { LABEL } from '../plan/kube/labels.ts';
import { idleGroups } from '../plan/kube/leaving.ts';
import { WORKLOAD } from '../plan/kube/load.ts';
import { generatorName, groupName, partName } from '../plan/kube/names.ts';
import {
  bestHeight,
  type Moment,
  type NodeSeen,
  nodesSeen,
  observedNodes,
  ratesTogether,
} from '../plan/kube/node-seen.ts';
import { PORT } from '../plan/kube/pod.ts';
import { isLost, isNodePod, type PodSeen, podSeenOf } from '../plan/kube/pod-seen.ts';
import { CRASHING, type PodTrouble, troubleOf } from '../plan/kube/pod-trouble.ts';
import type { BitcoinObserved, Observed } from '../plan/status.ts';
import {
  BY_GROUP,
  BY_TESTNET,
  DEPLOYMENTS,
  GROUPS,
  type GroupObject,
  JOBS,
  type JobObject,
  MACHINES,
  PODS,
  type PodObject,
  type TestnetObject,
} from './collections.ts';
import type { Clients, Copies } from './controller.ts';
import { refusedPart } from './refused-pods.ts';

/** What controllers know besides their copies. */
export interface Seeing {
  readonly knowledge: Knowledge;
  /** Whether machines may be looked at. */
  readonly seesMachines: boolean;
}

export type TestnetLook = {
  readonly groups: readonly GroupObject[];
  readonly chain: ChainSeen | undefined;
  /** What group 0 itself says: only there a new map is known as soon as it holds. */
  readonly home: ChainSeen | undefined;
  /** The highest anybody has heard of; 0 without a Bitcoin parent. */
  readonly bitcoinHeight: number;
  readonly job: JobObject | undefined;
  /** Workload of generators that were begun: the contract it calls is there. */
  readonly offered: string | undefined;
};

/** What the plan depends on. */
export function lookAt(object: TestnetObject, copies: Copies, { knowledge }: Seeing): TestnetLook {
  const key = keyOf(object.metadata);
  const groups = copies.of(GROUPS).by(BY_TESTNET, key);
  const answers = groups.flatMap(({ metadata }) =>
    [...knowledge.of(keyOf(metadata)).values()].flatMap(({ answer }) => answer ?? []),
  );
  const jobs = copies.of(JOBS).by(BY_TESTNET, key);
  const [offered] = copies
    .of(DEPLOYMENTS)
    .by(BY_TESTNET, key)
    .flatMap(({ metadata, spec }) => (spec?.replicas === 0 ? [] : (metadata.annotations?.[WORKLOAD] ?? [])));
  return {
    groups: [...groups].sort((a, b) => a.spec.index - b.spec.index),
    chain: newest(answers),
    home: newest(answers.filter(({ group }) => group === HOME_GROUP)),
    bitcoinHeight: Math.max(0, ...answers.map((answer) => answer.bitcoinHeight)),
    offered,
    job: jobs.find((job) => job.metadata.labels?.[LABEL.component] === 'contracts' && isComplete(job)),
  };
}

/** Of pods that are no node's, the first that could not be made or placed, in the words of the server. */
export function unplaced(object: TestnetObject, copies: Copies): { reason: string; message: string } | undefined {
  const key = keyOf(object.metadata);
  for (const { status } of copies.of(DEPLOYMENTS).by(BY_TESTNET, key)) {
    const failure = status?.conditions?.find((one) => one.type === 'ReplicaFailure' && one.status === 'True');
    if (failure?.message !== undefined) return { reason: reasonOfRefusal(failure.message), message: failure.message };
  }
  const refused = refusedPart(object, copies);
  if (refused !== undefined) return { reason: reasonOfRefusal(refused), message: refused };
  for (const pod of copies.of(PODS).by(BY_TESTNET, key)) {
    const { unscheduled, name } = podSeenOf(pod);
    if (unscheduled !== undefined && !isNodePod(pod))
      return { reason: 'Unschedulable', message: `No machine takes ${name}: ${unscheduled}` };
  }
  return undefined;
}

/** Of pods that are no node's, the first whose container does not run, and why. Of contracts, ContractsReady tells more than an exit code. */
export function failingPart(object: TestnetObject, copies: Copies): PodTrouble | undefined {
  for (const pod of copies.of(PODS).by(BY_TESTNET, keyOf(object.metadata))) {
    if (isNodePod(pod)) continue;
    const seen = podSeenOf(pod);
    const trouble = troubleOf(seen.name, seen);
    if (trouble !== undefined && !(seen.component === 'contracts' && trouble.reason === CRASHING)) return trouble;
  }
  return undefined;
}

/** Nodes that can be asked. */
export function askable(pods: readonly PodSeen[]): readonly { readonly ordinal: number; readonly address: string }[] {
  return pods.flatMap(({ ordinal, address, isRunning }) =>
    address === undefined || !isRunning ? [] : [{ ordinal, address: `${hostOf(address)}:${PORT.grpc}` }],
  );
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

export function momentOf({ clock }: Pick<Clients, 'clock'>): Moment {
  return { nowMs: clock.now(), wallMs: clock.wallMs() };
}

/** The nodes a group is to have, as they are. */
export function nodesOf(
  input: KubeInput,
  group: number,
  copies: Copies,
  { knowledge, seesMachines }: Seeing,
  moment: Moment,
): { readonly nodes: readonly NodeSeen[]; readonly pods: readonly PodSeen[] } {
  const key = keyOf({ namespace: input.facts.namespace, name: groupName(input.testnet.name, group) });
  const found: readonly PodObject[] = copies.of(PODS).by(BY_GROUP, key);
  const pods = found.filter(isNodePod).map(podSeenOf);
  const machines = seesMachines ? copies.of(MACHINES) : undefined;
  const lostMachines = new Set(
    pods.flatMap(({ machine }) => {
      const seen = machine === undefined ? undefined : machines?.get(machine);
      return seen !== undefined && isLost(seen) ? [seen.metadata.name] : [];
    }),
  );
  const wanted = input.testnet.spec.nodesPerGroup;
  return { pods, nodes: nodesSeen({ group, wanted, pods, heard: knowledge.of(key), lostMachines, moment }) };
}

export function observe(
  input: KubeInput,
  object: TestnetObject,
  look: TestnetLook,
  copies: Copies,
  seeing: Seeing,
  { missing, ...moment }: Moment & { readonly missing: string | undefined },
): Observed {
  const { testnet, plan, facts } = input;
  const groups = plan.groups.map(({ group }) => ({
    group,
    nodes: nodesOf(input, group, copies, seeing, moment).nodes,
  }));
  const running = (name: string): number =>
    copies.of(DEPLOYMENTS).get(keyOf({ namespace: facts.namespace, name }))?.status?.readyReplicas ?? 0;
  const firstBlockMs = firstBlockAfter(object, groups, moment.wallMs);
  const { storage } = testnet.spec.template;
  const generators = Array.from({ length: plan.load?.generators ?? 0 }, (_, index) =>
    generatorName(testnet.name, index),
  );
  const generating = generators.filter((name) => running(name) > 0).length;
  return {
    groups: groups.map(({ group, nodes }) => ({ group, nodes: observedNodes(nodes) })),
    idleGroups: idleGroups(testnet.spec.groups, look.chain),
    blockIntervalMs: plan.genesis.chain.blockIntervalMs,
    miners: { wanted: plan.miners.length, running: running(partName(testnet.name, 'miner')) },
    ...(firstBlockMs === undefined ? {} : { firstBlockMs }),
    contracts: contractsSeen(
      plan.contracts.map(({ name }) => name),
      look.job ?? lastJob(object, copies),
      missing ?? lastWordsOf(object, copies),
    ),
    bitcoin: bitcoinOf(input, look.bitcoinHeight),
    load: {
      wantedTps: plan.load?.tps ?? 0,
      isRunning: generating > 0,
      generators: { wanted: generators.length, running: generating },
    },
    isDataDurable: storage !== undefined || testnet.spec.nodesPerGroup > 1,
    ...(storage === undefined ? { copies: testnet.spec.nodesPerGroup } : {}),
    isSuspended: plan.suspended,
    ...ratesIn(groups, plan.genesis.chain.blockGas),
  };
}

function ratesIn(
  groups: readonly { readonly nodes: readonly NodeSeen[] }[],
  blockGas: bigint,
): Pick<Observed, 'tps' | 'utps' | 'gasUsedRatio'> {
  const rates = ratesTogether(groups.map(({ nodes }) => nodes));
  if (rates === undefined) return {};
  const { tps, utps, gasPerBlock } = rates;
  return { tps, utps, gasUsedRatio: gasPerBlock / Number(blockGas) };
}

/** Latched in the status: what was reached stays reached. */
function firstBlockAfter(
  { metadata, status }: TestnetObject,
  groups: readonly { readonly nodes: readonly NodeSeen[] }[],
  wallMs: number,
): number | undefined {
  const latched = Number.parseFloat(status?.firstBlockAfter ?? '');
  if (!Number.isNaN(latched)) return latched * 1000;
  const isReached = groups.every(({ nodes }) => bestHeight(nodes) > 0);
  return isReached ? Math.max(0, wallMs - Date.parse(metadata.creationTimestamp ?? '')) : undefined;
}

function bitcoinOf({ plan }: KubeInput, height: number): BitcoinObserved {
  if (plan.bitcoin.kind === 'toy')
    return plan.bitcoin.reason === undefined ? { kind: 'none' } : { kind: 'absent', reason: plan.bitcoin.reason };
  return height > 0 ? { kind: 'regtest', height } : { kind: 'regtest' };
}

function lastJob({ metadata }: TestnetObject, copies: Copies): JobObject | undefined {
  const jobs = copies.of(JOBS).by(BY_TESTNET, keyOf(metadata));
  return jobs.find(
    ({ metadata: { labels, deletionTimestamp } }) =>
      labels?.[LABEL.component] === 'contracts' && deletionTimestamp === undefined,
  );
}

/** What the last pod that deployed contracts said before it ended. */
function lastWordsOf({ metadata }: TestnetObject, copies: Copies): string | undefined {
  const pods = copies.of(PODS).by(BY_TESTNET, keyOf(metadata));
  for (const { metadata: meta, status } of pods) {
    if (meta.labels?.[LABEL.component] !== 'contracts' || meta.deletionTimestamp !== undefined) continue;
    const [container] = status?.containerStatuses ?? [];
    const words = container?.state?.terminated?.message ?? container?.lastState?.terminated?.message;
    if (words !== undefined && words !== '') return words.trim();
  }
  return undefined;
}
