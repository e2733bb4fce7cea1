// A look at a network that does not exist: two groups, all well, unless a test says otherwise. Conditions are made by the same
// function that makes them of a real one.
import { type Observed, statusOf } from '@rexnet/operator/plan/status.ts';
import type { GroupSight, NodeSight, Snapshot, Source } from '../sources/source.ts';

export const AT_MS = Date.parse('2026-11-21T12:00:00Z');

export function aNode(name: string, change: Partial<NodeSight> = {}): NodeSight {
  return {
    name,
    group: Number(/^g([0-9]+)/.exec(name)?.[1] ?? 0),
    machine: 'laptop',
    process: 'Running',
    pid: 4_000,
    cpuShare: 0.12,
    rssBytes: 150_000_000,
    restarts: 0,
    height: 42,
    tipId: 'ab'.repeat(32),
    stateRoot: 'cd'.repeat(32),
    isInSync: true,
    peers: 1,
    pool: 3,
    queuedRelays: 0,
    version: 'rxd/0.1.0',
    conditions: [],
    ...change,
  };
}

/** A node whose process is gone. */
export function aDeadNode(name: string, change: Partial<NodeSight> = {}): NodeSight {
  const { group, machine } = aNode(name);
  return { name, group, machine, process: 'Restarting', restarts: 0, conditions: [], ...change };
}

/** A node that runs and says nothing. */
export function aMuteNode(name: string): NodeSight {
  return { ...aDeadNode(name), process: 'Running', pid: 4_000 };
}

export type Change = {
  readonly nodes?: readonly NodeSight[];
  readonly groups?: readonly Partial<GroupSight>[];
  readonly observed?: Partial<Observed>;
  /** As if no group had begun. */
  readonly isYoung?: boolean;
  readonly snapshot?: Partial<Snapshot>;
};

export function aSnapshot({
  nodes = [],
  groups = [],
  observed = {},
  isYoung = false,
  snapshot = {},
}: Change = {}): Snapshot {
  const all = ['g0-n0', 'g1-n0'].map((name) => nodes.find((node) => node.name === name) ?? aNode(name));
  const sights = [0, 1].map((group): GroupSight => {
    const [member] = all.filter((node) => node.group === group);
    const isReady = member?.process === 'Running' && member.isInSync === true;
    return {
      group,
      nodes: 1,
      readyNodes: isReady ? 1 : 0,
      height: member?.height ?? 0,
      ...(member?.height === undefined ? {} : { tipId: 'ab'.repeat(32), tipAgeMs: 700, lagBlocks: 0 }),
      tps: 100,
      utps: 175,
      partitions: 128,
      pool: member?.pool ?? 0,
      queuedRelays: 0,
      ...groups[group],
    };
  });
  const seen: Observed = {
    groups: sights.map(({ group, tipAgeMs }) => ({
      group,
      nodes: all
        .filter((node) => node.group === group)
        .map(({ name, process, height, isInSync }) => ({
          name,
          process,
          ...(height === undefined ? {} : { answer: { height, tipAgeMs: tipAgeMs ?? 0, inSync: isInSync ?? true } }),
        })),
    })),
    blockIntervalMs: 1_000,
    miners: { wanted: 1, running: 1 },
    ...(isYoung ? {} : { firstBlockMs: 3_400 }),
    contracts: [{ name: 'token', state: 'Deployed' }],
    bitcoin: { kind: 'regtest', height: 107 },
    load: { wantedTps: 200, isRunning: true },
    isDataDurable: true,
    isSuspended: false,
    tps: 199.9,
    ...observed,
  };
  return {
    atMs: AT_MS,
    origin: 'laptop',
    name: 'demo',
    networkId: 'ab'.repeat(32),
    startedAtMs: AT_MS - 60_000,
    blockIntervalMs: 1_000,
    isLookedAfter: true,
    epoch: 0,
    status: statusOf(seen),
    groups: sights,
    nodes: all,
    lag: [
      [null, 0],
      [0, null],
    ],
    machines: [{ name: 'laptop', cores: 2, cpuShare: 0.4, memoryBytes: 8e9, memoryUsedBytes: 3e9, groups: [0, 1] }],
    parent: { kind: 'regtest', height: 107, onChain: 29, orphan: 1, premature: 12 },
    contracts: seen.contracts,
    events: [],
    ...snapshot,
  };
}

/** Shows the looks given to it, one after the other, and stays at the last. */
export class FakeSource implements Source {
  readonly #looks: readonly Snapshot[];
  readonly logs = new Map<string, readonly string[]>();
  looked = 0;
  isClosed = false;
  /** Called after each look with how many there were. */
  onLook: (count: number) => void = () => {};

  constructor(...looks: readonly Snapshot[]) {
    this.#looks = looks;
  }

  async look(): Promise<Snapshot> {
    const look = this.#looks[Math.min(this.looked++, this.#looks.length - 1)];
    if (look === undefined) throw new Error('this source has nothing to show');
    this.onLook(this.looked);
    return look;
  }

  async log(object: string, lines: number): Promise<readonly string[]> {
    return (this.logs.get(object) ?? []).slice(-lines);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
