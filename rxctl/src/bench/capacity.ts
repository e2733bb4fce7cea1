// bench capacity: what a node must hold and do as groups are added. With the same accounts in all, its state and disk fall as
// 1/N; at the same load per group its processor, memory and bytes should stay as they are, and where they do not, it says so.

import type { Table } from '@rexnet/load/verdict/markdown.ts';
import { mean } from '@rexnet/load/verdict/statistics.ts';
import { countedGroups } from './campaign.ts';
import { lookAtNodes, type NodeLook } from './per-node.ts';
import type { Requirement } from './requirement.ts';
import { type Rounds, type RowsBench, rowTable } from './rows.ts';
import { workloadOf } from './workloads.ts';

export interface CapacityInput {
  readonly groups: readonly number[];
  /** In all, beside those that pay. */
  readonly accounts: number;
}

/** Of a node, the mean over all of them. */
interface Cost {
  readonly stateBytes: number;
  readonly diskBytes: number;
  readonly rssBytes: number;
  readonly cpuShare: number;
  readonly peerBytesPerSecond: number;
}

const LOAD = 0.5;
/** Until there is a snapshot on disk. */
const WARM_UP_SECONDS = 30;
const DRAIN_SECONDS = 20;
/** Random addresses do not fall quite evenly, and paying accounts come with groups. */
const STATE_OFF_MAX = 0.05;
/** A folder has pages, indexes and blocks that state knows nothing of. */
const DISK_OFF_MAX = 0.25;
/** Less is called flat. */
const GROWTH_TOLD = 1.2;
const MIB = 2 ** 20;

const COSTS: readonly {
  readonly key: keyof Cost;
  readonly name: string;
  readonly digits: number;
  readonly unit: number;
  readonly ideal: 'falls' | 'flat';
}[] = [
  { key: 'stateBytes', name: 'state MiB', digits: 2, unit: MIB, ideal: 'falls' },
  { key: 'diskBytes', name: 'disk MiB', digits: 1, unit: MIB, ideal: 'falls' },
  { key: 'rssBytes', name: 'RSS MiB', digits: 0, unit: MIB, ideal: 'flat' },
  { key: 'cpuShare', name: 'CPU ms/s', digits: 1, unit: 1e-3, ideal: 'flat' },
  { key: 'peerBytesPerSecond', name: 'gossip kB/s', digits: 1, unit: 1_000, ideal: 'flat' },
];

export function capacityBench({ groups, accounts }: CapacityInput, { seconds }: Rounds): RowsBench {
  const costs = new Map<number, Cost[]>();
  return {
    bench: 'capacity',
    title: `What a node costs with ${accounts} accounts on ${groups.join(', ')} groups`,
    profile: 'capped',
    rows: groups.map((each) => ({
      key: String(each),
      name: countedGroups(each),
      wish: (repeat) => {
        let begin: readonly NodeLook[] = [];
        return {
          profile: 'capped',
          groups: each,
          repeat,
          seconds,
          workload: workloadOf('Token'),
          rate: (capacity) => ({ tpsPerGroup: LOAD * capacity }),
          warmUpSeconds: WARM_UP_SECONDS,
          drainSeconds: DRAIN_SECONDS,
          crowd: accounts,
          onEdge: async (net, edge) => {
            if (edge === 'begin') begin = await lookAtNodes(net);
            else costs.set(each, [...(costs.get(each) ?? []), costOf(begin, await lookAtNodes(net))]);
          },
        };
      },
    })),
    requirements: () => requirementsOf(groups, costs),
    tables: (of) => [
      costTable(groups, costs),
      growthTable(groups, costs),
      rowTable(groups.map((each) => of(String(each)))),
    ],
    fields: () => ({
      accounts,
      costs: groups.map((each) => ({
        groups: each,
        ...Object.fromEntries(COSTS.map(({ key }) => [key, costAt(costs, each, key)])),
      })),
    }),
    settings: [
      ['accounts', `${accounts} in genesis, beside 1,000 paying ones a group`],
      ['offered', `${LOAD} × capacity of every group`],
    ],
  };
}

function costOf(begin: readonly NodeLook[], end: readonly NodeLook[]): Cost {
  const rate = (of: (look: NodeLook) => number): number =>
    mean(
      end.map((after) => {
        const before = begin.find(({ node }) => node === after.node);
        return before === undefined ? Number.NaN : ((of(after) - of(before)) * 1_000) / (after.atMs - before.atMs);
      }),
    );
  const each = (of: (look: NodeLook) => number): number => mean(end.map(of));
  return {
    stateBytes: each(({ stateBytes }) => stateBytes),
    diskBytes: each(({ diskBytes }) => diskBytes),
    rssBytes: each(({ rssBytes }) => rssBytes),
    cpuShare: rate(({ cpuSeconds }) => cpuSeconds),
    peerBytesPerSecond: rate(({ peerBytes }) => peerBytes),
  };
}

function costAt(costs: ReadonlyMap<number, readonly Cost[]>, groups: number, key: keyof Cost): number {
  const all = costs.get(groups) ?? [];
  return all.length === 0 ? Number.NaN : mean(all.map((cost) => cost[key]));
}

function requirementsOf(
  groups: readonly number[],
  costs: ReadonlyMap<number, readonly Cost[]>,
): readonly Requirement[] {
  const [first = 1] = groups;
  /** How far from first/N of what the smallest network's nodes hold, at worst. */
  const off = (key: keyof Cost): number =>
    Math.max(
      ...groups.map((each) => Math.abs((costAt(costs, each, key) * each) / (costAt(costs, first, key) * first) - 1)),
    );
  if (groups.length < 2) return [];
  return [
    { name: 'state per node, off 1/N', value: off('stateBytes'), atMost: STATE_OFF_MAX },
    { name: 'disk per node, off 1/N', value: off('diskBytes'), atMost: DISK_OFF_MAX },
  ];
}

function costTable(groups: readonly number[], costs: ReadonlyMap<number, readonly Cost[]>): Table {
  return {
    title: 'Per node, mean over all nodes',
    head: ['groups', ...COSTS.map(({ name }) => name)],
    rows: groups.map((each) => [
      String(each),
      ...COSTS.map(({ key, digits, unit }) => (costAt(costs, each, key) / unit).toFixed(digits)),
    ]),
  };
}

/** What stays flat and what does not, in words. Every node knows the headers of every group, so together they grow as N². */
function growthTable(groups: readonly number[], costs: ReadonlyMap<number, readonly Cost[]>): Table {
  const last = groups.at(-1) ?? 1;
  return {
    title: `What grows, up to ${countedGroups(last)}`,
    head: ['per node', 'from', 'ratio', 'ideal', ''],
    rows: COSTS.map(({ key, name, ideal }) => {
      // One group alone has nobody to tell anything.
      const first = groups.find((each) => costAt(costs, each, key) > 0) ?? last;
      const ratio = costAt(costs, last, key) / costAt(costs, first, key);
      const wanted = ideal === 'flat' ? 1 : first / last;
      const word = ratio > GROWTH_TOLD * wanted ? `${(ratio / wanted).toFixed(2)} × the ideal` : 'as it should be';
      return [name, countedGroups(first), ratio.toFixed(3), wanted.toFixed(3), word];
    }),
  };
}
