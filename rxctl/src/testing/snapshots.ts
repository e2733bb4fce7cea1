// Looks at networks that never ran, the same for the same arguments: for golden frames and for measuring the live view.
import { type NodeObserved, statusOf } from '@rexnet/operator/plan/status.ts';
import type { EventSight, GroupSight, NodeSight, ScalingSight, Snapshot } from '../sources/source.ts';

export type Scene = {
  readonly groups: number;
  readonly nodesPerGroup?: number;
  /** Seconds since the start. */
  readonly second: number;
  /** One group has lost a node and reads late. */
  readonly isSick?: boolean;
  readonly hasCurve?: boolean;
};

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const MIB = 1_048_576;
const PARTITIONS = 256;

export function syntheticSnapshot({
  groups,
  nodesPerGroup = 1,
  second,
  isSick = false,
  hasCurve = false,
}: Scene): Snapshot {
  const atMs = START_MS + second * 1_000;
  const sickGroup = isSick ? Math.min(2, groups - 1) : -1;
  const height = 1_800 + second;
  const nodes = Array.from({ length: groups * nodesPerGroup }, (_, index) =>
    nodeOf(Math.floor(index / nodesPerGroup), index % nodesPerGroup, height, sickGroup, second),
  );
  const observed = nodes.map(
    ({ name, process, height: known }): NodeObserved => ({
      name,
      process,
      ...(known === undefined ? {} : { answer: { height: known, tipAgeMs: 500, inSync: true } }),
    }),
  );
  const status = statusOf({
    groups: Array.from({ length: groups }, (_, group) => ({
      group,
      nodes: observed.filter(({ name }) => name.startsWith(`g${group}-`)),
    })),
    blockIntervalMs: 1_000,
    miners: { wanted: 1, running: 1 },
    firstBlockMs: 2_900,
    contracts: [{ name: 'token', state: 'Deployed' }],
    bitcoin: { kind: 'regtest', height: 100 + Math.floor(second / 10) },
    load: { wantedTps: groups * 100, isRunning: true },
    isDataDurable: true,
    isSuspended: false,
    tps: groups * 99.5,
  });
  return {
    atMs,
    origin: 'laptop',
    name: 'demo',
    networkId: 'c0ffee'.padEnd(64, '0'),
    startedAtMs: START_MS - 240_000,
    blockIntervalMs: 1_000,
    isLookedAfter: true,
    epoch: 0,
    status,
    groups: Array.from({ length: groups }, (_, group) => groupOf(group, groups, nodes, height, sickGroup, second)),
    nodes,
    lag: Array.from({ length: groups }, (_, row) =>
      Array.from({ length: groups }, (__, column) =>
        row === column ? null : row === sickGroup ? 7 + (second % 3) : noise(row, column, second) > 0.5 ? 1 : 0,
      ),
    ),
    machines: [
      {
        name: 'laptop',
        cores: 8,
        cpuShare: 0.55 + 0.1 * noise(1, 2, second),
        memoryBytes: 16_384 * MIB,
        memoryUsedBytes: 6_200 * MIB,
        groups: Array.from({ length: groups }, (_, group) => group),
      },
    ],
    parent: {
      kind: 'regtest',
      height: 100 + Math.floor(second / 10),
      onChain: 3 * groups,
      orphan: groups,
      premature: groups * second,
    },
    load: {
      isRunning: true,
      workload: 'Token',
      offeredTps: groups * 100,
      tps: groups * 99.5,
      offered: groups * 100 * second,
      completed: groups * 99 * second,
      failed: isSick ? 12 : 0,
      crossGroupShare: groups === 1 ? 0 : 1 - 1 / groups,
      p50Ms: 3_120,
      p95Ms: 4_240,
      p99Ms: 4_990,
    },
    contracts: [
      {
        name: 'token',
        state: 'Deployed',
        fullName: 'token.Token',
        id: '1',
        codeHash: 'ab12'.repeat(16),
        functions: [
          { name: 'transfer', scope: 'address', isConst: false },
          { name: 'balance_of', scope: 'address', isConst: true },
          { name: 'total_supply', scope: 'global', isConst: true },
        ],
      },
      { name: 'poll', state: 'Waiting' },
    ],
    events: eventsOf(isSick ? sickGroup : undefined),
    ...(hasCurve ? { scaling: CURVE } : {}),
  };
}

const CURVE: ScalingSight = {
  verdict: 'Linear',
  slope: 0.99,
  points: [
    { groups: 1, tps: 105, efficiency: 1, isValid: true },
    { groups: 2, tps: 209, efficiency: 0.995, isValid: true },
    { groups: 4, tps: 416, efficiency: 0.99, isValid: true },
    { groups: 8, tps: 610, efficiency: 0.73, isValid: false },
  ],
};

function groupOf(
  group: number,
  groups: number,
  nodes: readonly NodeSight[],
  height: number,
  sickGroup: number,
  second: number,
): GroupSight {
  const members = nodes.filter((node) => node.group === group);
  const isSick = group === sickGroup;
  const tps = (isSick ? 61 : 97) + 6 * noise(group, 7, second);
  return {
    group,
    nodes: members.length,
    readyNodes: members.filter(({ isInSync }) => isInSync === true).length,
    height: height - (isSick ? 4 : group % 2),
    tipId: `${group}`.padStart(2, '0').repeat(32),
    tipAgeMs: 200 + Math.round(700 * noise(group, 3, second)),
    ...(groups === 1 ? {} : { lagBlocks: isSick ? 7 + (second % 3) : 1 }),
    tps,
    utps: 2 * tps,
    gasShare: tps / 140,
    partitions: Math.floor(PARTITIONS / groups) + (group < PARTITIONS % groups ? 1 : 0),
    pool: Math.round(120 * noise(group, 5, second)),
    queuedRelays: isSick ? 311 : 0,
    stateBytes: 70_000 + 900 * second,
    stateCells: 1_000 + 11 * second,
    reorganisations: isSick ? 1 : 0,
  };
}

function nodeOf(group: number, ordinal: number, height: number, sickGroup: number, second: number): NodeSight {
  const isSick = group === sickGroup && ordinal === 0;
  const common = { name: `g${group}-n${ordinal}`, group, machine: 'laptop', conditions: [] };
  if (isSick) return { ...common, process: 'Restarting', restarts: 3 };
  return {
    ...common,
    process: 'Running',
    pid: 4_000 + 8 * group + ordinal,
    cpuShare: 0.06 + 0.05 * noise(group, ordinal, second),
    rssBytes: Math.round((170 + 20 * noise(group, ordinal + 1, 1)) * MIB),
    restarts: 0,
    height: height - (group % 2),
    tipId: `${group}`.padStart(2, '0').repeat(32),
    stateRoot: 'be'.repeat(32),
    isInSync: true,
    peers: 3,
    pool: Math.round(120 * noise(group, 5, second)),
    queuedRelays: 0,
    version: 'rxd/0.1.0',
  };
}

function eventsOf(sickGroup: number | undefined): readonly EventSight[] {
  const event = (
    second: number,
    object: string,
    type: EventSight['type'],
    reason: string,
    message: string,
  ): EventSight => ({
    atMs: START_MS + second * 1_000,
    object,
    type,
    reason,
    message,
  });
  const calm = [
    event(-240, 'demo', 'Normal', 'Started', 'rxctl up looks after this network.'),
    event(
      -237,
      'demo',
      'Normal',
      'AllGroups',
      'FirstBlock is True: Every group had its first block 2.9s after the start.',
    ),
    event(-220, 'demo', 'Normal', 'Offering', 'LoadRunning is True: transactions are offered.'),
  ];
  if (sickGroup === undefined) return calm;
  return [
    ...calm,
    event(-9, `group ${sickGroup}`, 'Warning', 'Reorganised', 'Switched to another branch.'),
    event(-4, `g${sickGroup}-n0`, 'Warning', 'Restarted', 'Ended (SIGKILL), starts again in 0.8 s.'),
  ];
}

/** 0 … 1 from three integers. */
function noise(a: number, b: number, c: number): number {
  const mixed = Math.sin(a * 12.9898 + b * 78.233 + c * 37.719) * 43_758.5453;
  return mixed - Math.floor(mixed);
}
