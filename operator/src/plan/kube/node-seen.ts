// The nodes of one group as their pods, their machines and their own answers show them, together. Pure. A node that is not
// asked at this moment is believed by its readiness, which means in sync.
import type { GroupNode } from '../../api/consensus-group.ts';
import type { NodeObserved } from '../status.ts';
import type { PodSeen } from './pod-seen.ts';

/** What was last heard; without an answer it kept silent. */
export type HeardNode = {
  readonly answer?: { readonly height: number; readonly tipTimestampMs: number; readonly inSync: boolean };
  /** Out of this answer and earlier ones. */
  readonly rates?: Rates;
  /** Of a monotonic clock. */
  readonly atMs: number;
};

/** What is in blocks: per second, and gas of one block. */
export type Rates = { readonly tps: number; readonly utps: number; readonly gasPerBlock: number };

export type NodeSeen = {
  /** As people call it, such as g0-n1. */
  readonly name: string;
  readonly ordinal: number;
  readonly state: NonNullable<GroupNode['state']>;
  readonly pod?: PodSeen;
  /** The machine its pod is on does not report. */
  readonly isMachineLost: boolean;
  readonly height?: number;
  readonly tipAgeMs?: number;
  readonly rates?: Rates;
  readonly heardAtMs?: number;
};

/** Of the clock by which it was noted when nodes were heard, and of the one that blocks are stamped by. */
export type Moment = { readonly nowMs: number; readonly wallMs: number };

export type GroupSeen = {
  readonly group: number;
  readonly wanted: number;
  readonly pods: readonly PodSeen[];
  readonly heard: ReadonlyMap<number, HeardNode>;
  readonly lostMachines: ReadonlySet<string>;
  readonly moment: Moment;
};

export function nodesSeen({ group, wanted, pods, heard, lostMachines, moment }: GroupSeen): readonly NodeSeen[] {
  const spokeAtMs = wallWhenHeard(heard, moment);
  const byOrdinal = new Map(pods.map((pod) => [pod.ordinal, pod]));
  return Array.from({ length: wanted }, (_, ordinal) => {
    const pod = byOrdinal.get(ordinal);
    const said = heard.get(ordinal);
    const isMachineLost = pod?.machine !== undefined && lostMachines.has(pod.machine);
    const { answer, rates } = said ?? {};
    return {
      name: `g${group}-n${ordinal}`,
      ordinal,
      state: stateOf(pod, said, isMachineLost),
      ...(pod === undefined ? {} : { pod }),
      isMachineLost,
      ...(answer === undefined
        ? {}
        : { height: answer.height, tipAgeMs: Math.max(0, spokeAtMs - answer.tipTimestampMs) }),
      ...(rates === undefined ? {} : { rates }),
      ...(said === undefined ? {} : { heardAtMs: said.atMs }),
    };
  });
}

/** When the group was last heard: of hundreds each is asked so seldom that its tip seems old before it is asked again. */
function wallWhenHeard(heard: ReadonlyMap<number, HeardNode>, { nowMs, wallMs }: Moment): number {
  const times = [...heard.values()].flatMap(({ answer, atMs }) => (answer === undefined ? [] : [atMs]));
  return times.length === 0 ? wallMs : wallMs - (nowMs - Math.max(...times));
}

function stateOf(pod: PodSeen | undefined, said: HeardNode | undefined, isMachineLost: boolean): NodeSeen['state'] {
  if (pod === undefined || isMachineLost || pod.isTerminating) return 'Gone';
  if (!pod.isRunning) return 'Starting';
  if (said === undefined) return pod.isReady ? 'InSync' : 'Starting';
  if (said.answer === undefined) return pod.isReady ? 'Unreachable' : 'Starting';
  return said.answer.inSync && pod.isReady ? 'InSync' : 'Syncing';
}

/** In the form the laptop's status is made of. */
export function observedNodes(nodes: readonly NodeSeen[]): readonly NodeObserved[] {
  const height = bestHeight(nodes);
  const ages = nodes.flatMap(({ tipAgeMs }) => tipAgeMs ?? []);
  return nodes.map((node) => {
    const { name, state, pod } = node;
    const process =
      state !== 'Gone' && pod?.isRunning === true ? 'Running' : pod === undefined ? 'Stopped' : 'Restarting';
    const inSync = state === 'InSync';
    if (node.height !== undefined && state !== 'Unreachable')
      return { name, process, answer: { height: node.height, tipAgeMs: node.tipAgeMs ?? 0, inSync } };
    // Another node of the group speaks for one that was not asked yet.
    if (inSync && ages.length > 0) return { name, process, answer: { height, tipAgeMs: Math.min(...ages), inSync } };
    return { name, process };
  });
}

/** Of the group, as far as anybody said; 0 when nobody did. */
export function bestHeight(nodes: readonly NodeSeen[]): number {
  return Math.max(0, ...nodes.map(({ height }) => height ?? 0));
}

/** Of the group, by the node in sync that was heard last; who catches up executes what was done long ago. */
export function ratesOf(nodes: readonly NodeSeen[]): Rates | undefined {
  const speaking = nodes.filter(({ state, rates }) => state === 'InSync' && rates !== undefined);
  return speaking.toSorted((a, b) => (b.heardAtMs ?? 0) - (a.heardAtMs ?? 0))[0]?.rates;
}

/** Of the groups that have any, together; the gas of a block is their mean. Nothing while none has any. */
export function ratesTogether(groups: readonly (readonly NodeSeen[])[]): Rates | undefined {
  const known = groups.flatMap((nodes) => ratesOf(nodes) ?? []);
  if (known.length === 0) return undefined;
  const sum = (of: (rates: Rates) => number): number => known.reduce((total, rates) => total + of(rates), 0);
  return {
    tps: sum(({ tps }) => tps),
    utps: sum(({ utps }) => utps),
    gasPerBlock: sum(({ gasPerBlock }) => gasPerBlock) / known.length,
  };
}

/** Blocks the slowest node is behind the best, without those made since it was asked. */
export function maxLag(nodes: readonly NodeSeen[], blockIntervalMs: number): number {
  const best = bestHeight(nodes);
  const newest = Math.max(0, ...nodes.map(({ heardAtMs }) => heardAtMs ?? 0));
  const lags = nodes.flatMap(({ height, heardAtMs }) =>
    height === undefined || heardAtMs === undefined
      ? []
      : [best - height - Math.ceil((newest - heardAtMs) / blockIntervalMs)],
  );
  return Math.max(0, ...lags);
}
