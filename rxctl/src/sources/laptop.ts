// The source of a local network: its folder, its processes, what its nodes answer and serve under /metrics. It asks each node
// for its status and one node of each group for its counters, and waits for nobody longer than they do.
import type { Plan } from '@rexnet/operator/plan/plan.ts';
import { type Observed, statusOf } from '@rexnet/operator/plan/status.ts';
import { CliError, EXIT } from '../exit.ts';
import { findLeftover } from '../local/child.ts';
import { addressOf } from '../local/children.ts';
import { readEvents } from '../local/event-log.ts';
import type { Folders } from '../local/folders.ts';
import { type LoadProgress, readLoadReport, withWishedLoad } from '../local/load.ts';
import { lockOwner } from '../local/lock.ts';
import { tail } from '../local/log-file.ts';
import { logPathOf } from '../local/log-paths.ts';
import { observe } from '../local/observe.ts';
import { planOfState } from '../local/plan-of-state.ts';
import { type LocalState, type Progress, readProgress, readState } from '../local/state.ts';
import type { Network, NodeAnswer } from '../network.ts';
import { ContractBook } from './contract-book.ts';
import { type GroupCounters, GroupMeter } from './group-meter.ts';
import { MachineMeter, ProcessMeter } from './process-use.ts';
import { ScalingFile } from './scaling-file.ts';
import { Scraper } from './scrape.ts';
import { answeredOf, groupSightOf, parentSightOf } from './sights.ts';
import type { EventSight, GroupSight, LoadSight, NodeSight, Snapshot, Source } from './source.ts';
import { transitions } from './transitions.ts';

export type LaptopOptions = {
  readonly folders: Folders;
  readonly network: Network;
  readonly nowMs: () => number;
  /** What `bench scale` wrote, or its folder. */
  readonly scaling?: string;
};

const EVENTS_MAX = 200;
/** `up` writes these itself, also while nobody looks. */
const WRITTEN_BY_UP = ['Ended', 'Restarted'];

/** The network stays open until `close`. */
export function laptopSource(options: LaptopOptions): Source {
  return new LaptopSource(options);
}

class LaptopSource implements Source {
  readonly #folders: Folders;
  readonly #network: Network;
  readonly #nowMs: () => number;
  readonly #scaling: ScalingFile | undefined;
  readonly #scraper = new Scraper();
  readonly #processes = new ProcessMeter();
  readonly #machine = new MachineMeter();
  readonly #groups: GroupMeter;
  readonly #contracts: ContractBook;
  #planned: { readonly key: string; readonly plan: Plan } | undefined;
  #seen: readonly EventSight[] = [];
  #before: Snapshot | undefined;

  constructor({ folders, network, nowMs, scaling }: LaptopOptions) {
    this.#folders = folders;
    this.#network = network;
    this.#nowMs = nowMs;
    this.#scaling = scaling === undefined ? undefined : new ScalingFile(scaling);
    this.#groups = new GroupMeter(this.#scraper);
    this.#contracts = new ContractBook(() => network);
  }

  async look(): Promise<Snapshot> {
    const folders = this.#folders;
    const state = readState(folders);
    if (state === undefined)
      throw new CliError(EXIT.notReachable, 'the network has no state yet', 'start it: rxctl up');
    const progress = readProgress(folders);
    const plan = withWishedLoad(this.#planOf(state, progress), state, folders);
    const isLookedAfter = lockOwner(folders.lock) !== undefined;
    const report = readLoadReport(folders);
    const isLoaded = findLeftover(folders, 'load') !== undefined;
    const tps = isLoaded ? (report?.recentTps ?? report?.tps) : undefined;
    const atMs = this.#nowMs();
    const { observed, answers } = await observe({
      plan,
      folders,
      network: this.#network,
      progress,
      nowMs: atMs,
      ...(tps === undefined ? {} : { tps }),
    });
    const status = statusOf(observed);
    const counters = await this.#groups.look(plan, answers, (node) => addressOf(state.ports, `${node}.metrics`), atMs);
    const nodes = this.#nodes(plan, progress, answers, observed.groups, atMs);
    const startedAtMs = isLookedAfter ? progress?.startedAtMs : undefined;
    const load = loadOf(plan, report, isLoaded);
    const scaling = this.#scaling?.look();
    const snapshot: Snapshot = {
      atMs,
      origin: 'laptop',
      name: state.name,
      networkId: state.networkId,
      ...(startedAtMs === undefined ? {} : { startedAtMs }),
      blockIntervalMs: observed.blockIntervalMs,
      isLookedAfter,
      epoch: Math.max(0, ...answers.map(({ epoch }) => epoch)),
      status,
      groups: plan.groups.map(({ group }) => groupOf(group, nodes, answers, counters.get(group), report, atMs)),
      nodes,
      lag: plan.groups.map(({ group }) => counters.get(group)?.lag ?? plan.groups.map(() => null)),
      machines: [{ ...this.#machine.look(), groups: plan.groups.map(({ group }) => group) }],
      parent: parentOf(state, plan, answers),
      ...(load === undefined ? {} : { load }),
      contracts: await this.#contracts.look(observed.contracts, answers.length > 0),
      events: [],
      ...(scaling === undefined ? {} : { scaling }),
    };
    const seen = this.#before === undefined ? [] : transitions(this.#before, snapshot);
    this.#seen = [...this.#seen, ...seen.filter((event) => !isLookedAfter || isUnwritten(event, state))].slice(
      -EVENTS_MAX,
    );
    this.#before = snapshot;
    const events = [...readEvents(folders, EVENTS_MAX), ...this.#seen]
      .sort((a, b) => a.atMs - b.atMs)
      .slice(-EVENTS_MAX);
    return { ...snapshot, events };
  }

  async log(object: string, lines: number): Promise<readonly string[]> {
    return tail(logPathOf(this.#folders, object), lines);
  }

  async close(): Promise<void> {
    this.#scraper.close();
    await this.#network.close();
  }

  /** Made once: it derives the keys of all load accounts. */
  #planOf(state: LocalState, progress: Progress | undefined): Plan {
    const key = JSON.stringify([state, progress?.bitcoindMissing]);
    if (this.#planned?.key !== key) this.#planned = { key, plan: planOfState(state, progress) };
    return this.#planned.plan;
  }

  #nodes(
    plan: Plan,
    progress: Progress | undefined,
    answers: readonly NodeAnswer[],
    observed: Observed['groups'],
    atMs: number,
  ): readonly NodeSight[] {
    const pids = new Map(
      plan.groups.flatMap(({ nodes }) =>
        nodes.flatMap(({ name }) => {
          const pid = findLeftover(this.#folders, name)?.identity.pid;
          return pid === undefined ? [] : [[name, pid] as const];
        }),
      ),
    );
    const uses = this.#processes.look([...pids.values()], atMs);
    const seen = new Map(observed.flatMap(({ nodes }) => nodes.map((node) => [node.name, node] as const)));
    const machine = this.#machine.name;
    return plan.groups.flatMap(({ group, nodes }) =>
      nodes.map(({ name }): NodeSight => {
        const pid = pids.get(name);
        const answer = answers.find(({ node }) => node === name);
        const look = seen.get(name);
        return {
          name,
          group,
          machine,
          process: look?.process ?? 'Stopped',
          ...(pid === undefined ? {} : { pid, ...uses.get(pid) }),
          restarts: progress?.restarts?.[name] ?? 0,
          ...(answer === undefined ? {} : answeredOf(answer, look?.answer?.inSync ?? answer.inSync)),
          conditions: answer?.conditions ?? [],
        };
      }),
    );
  }
}

function isUnwritten({ object, reason }: EventSight, { name }: LocalState): boolean {
  return object !== name && !WRITTEN_BY_UP.includes(reason);
}

function groupOf(
  group: number,
  nodes: readonly NodeSight[],
  answers: readonly NodeAnswer[],
  counters: GroupCounters | undefined,
  report: LoadProgress | undefined,
  atMs: number,
): GroupSight {
  const p95Ms = report?.window?.groups.find((figures) => figures.group === group)?.p95Ms;
  return groupSightOf(group, nodes, answers, atMs, {
    ...(p95Ms === undefined ? {} : { p95Ms }),
    ...counters?.figures,
  });
}

function parentOf({ parent }: LocalState, plan: Plan, answers: readonly NodeAnswer[]): Snapshot['parent'] {
  const isRegtest = parent === 'regtest' && plan.bitcoin.kind === 'regtest';
  return parentSightOf(isRegtest ? 'regtest' : 'toy', answers);
}

function loadOf(plan: Plan, report: LoadProgress | undefined, isRunning: boolean): LoadSight | undefined {
  if (plan.load === undefined || report === undefined) return undefined;
  const { offered, completed, failed, crossGroupShare, p50Ms, p95Ms, p99Ms, invalid } = report;
  return {
    isRunning,
    workload: plan.load.workload,
    offeredTps: plan.load.tps,
    tps: isRunning ? (report.recentTps ?? report.tps) : 0,
    offered,
    completed,
    failed,
    crossGroupShare,
    p50Ms,
    p95Ms,
    p99Ms,
    ...(invalid === undefined ? {} : { invalid }),
  };
}
