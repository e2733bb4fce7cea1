// One run of a local network from start to stop: processes up, first block, contracts, load, verdict, everything down. What it
// shows goes through callbacks; it prints nothing and reads no arguments.

import { setTimeout as delay } from 'node:timers/promises';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import { DEPLOYER_KEY } from '@rexnet/operator/plan/shipped.ts';
import { type Status, type StatusCondition, statusOf } from '@rexnet/operator/plan/status.ts';
import type { Network, NodeAnswer, Signer } from '../network.ts';
import { heightsOf, type Judgement, judge, type RunReport, reportOf } from '../run-report.ts';
import type { EventSight } from '../sources/source.ts';
import { conditionChanges } from '../sources/transitions.ts';
import type { TestnetFile } from '../testnet-file.ts';
import { type ChildSpec, logFile } from './child.ts';
import { addressOf, childrenOf, loadChild, type Programs } from './children.ts';
import { contractTexts, deployContracts } from './contracts.ts';
import { appendEvents } from './event-log.ts';
import type { Folders } from './folders.ts';
import { growNetwork, readGroupsWish } from './grow.ts';
import { DRAIN_SECONDS, readLoadReport, withWishedLoad } from './load.ts';
import { LoadKeeper } from './load-keeper.ts';
import { tail } from './log-file.ts';
import { MONITORING_PORTS, prometheusChild, writeMonitoring } from './monitoring.ts';
import { type LocalView, observe } from './observe.ts';
import { type Prepared, type ProgramFound, prepareNetwork } from './prepare.ts';
import { type Progress, writeProgress } from './state.ts';
import { Supervisor, type SupervisorEvent } from './supervisor.ts';

export type RunInput = {
  readonly testnet: Testnet;
  readonly configMaps: TestnetFile['configMaps'];
  readonly folders: Folders;
  readonly bitcoind: ProgramFound;
  /** A Prometheus to run beside the network, when one was asked for. */
  readonly prometheus?: ProgramFound;
  readonly openNetwork: (folders: Folders) => Promise<Network>;
  readonly devKey: (folders: Folders, name: string) => Signer;
  /** How long the load runs; absent means until the signal. */
  readonly forMs: number | undefined;
  readonly checkState: boolean;
  /** How long the first block of all groups may take. */
  readonly firstBlockMaxMs?: number;
  readonly programs: Programs;
  readonly nowMs: () => number;
  readonly onNote: (line: string) => void;
  readonly onView: (report: RunReport, status: Status) => void;
  readonly signal: AbortSignal;
};

export type RunResult = { readonly report: RunReport; readonly judgement: Judgement };

const REFRESH_MS = 500;
/** A group without a block for so long after the start is not going to have one. */
const FIRST_BLOCK_MAX_MS = 120_000;
/** The generator's own drain, and some time to write its last report. */
const LOAD_END_MAX_MS = (DRAIN_SECONDS + 15) * 1_000;
/** Giving the accounts what the workload needs. */
const LOAD_PREPARE_MAX_MS = 120_000;
const FOREVER_MS = 2 ** 31 - 1;
const CRASHES_NOTED_MAX = 20;
const LAST_LINES = 2;
const LAST_CHARS_MAX = 300;

export async function runNetwork(input: RunInput): Promise<RunResult> {
  const run = new LocalRun(input);
  try {
    return await run.toTheEnd();
  } finally {
    await run.close();
  }
}

class LocalRun {
  readonly #input: RunInput;
  readonly #startedAtMs: number;
  readonly #supervisor: Supervisor;
  #prepared: Prepared | undefined;
  #network: Network | undefined;
  #progress: Progress;
  #keeper: LoadKeeper | undefined;
  #view: LocalView | undefined;
  #firstHeights: readonly number[] | undefined;
  #conditions: Status['conditions'] = [];
  #crashesNoted = 0;
  /** Groups the map is known to name. */
  #groupsOnChain = 0;

  constructor(input: RunInput) {
    this.#input = input;
    this.#startedAtMs = input.nowMs();
    this.#supervisor = new Supervisor(input.folders, { onEvent: (event) => this.#noteEvent(event) });
    this.#progress = {
      startedAtMs: this.#startedAtMs,
      ...(input.forMs === undefined ? {} : { isTimed: true }),
      contracts: (input.testnet.spec.contracts ?? []).map(({ name }) => ({ name, state: 'Waiting' })),
    };
  }

  async toTheEnd(): Promise<RunResult> {
    const { signal } = this.#input;
    const prepared = await this.#start();
    this.#record(
      prepared.plan.name,
      'Normal',
      'Started',
      `rxctl up looks after ${prepared.plan.groups.length} groups.`,
    );
    const watching = new AbortController();
    const watch = this.#watch(AbortSignal.any([signal, watching.signal]));
    try {
      if (prepared.plan.suspended) return await this.#finish(prepared, 'not audited: suspended');
      await this.#firstBlock(signal);
      await this.#deploy(prepared);
      const isDeployed = this.#progress.contracts.every(({ state }) => state === 'Deployed');
      const isReady = isDeployed && this.#progress.firstBlockMs !== undefined && !signal.aborted;
      if (isReady) await this.#load(prepared);
      await this.#untilOver(isReady && prepared.plan.load !== undefined);
      return await this.#finish(prepared, signal.aborted ? 'not audited: interrupted' : await this.#audit());
    } finally {
      watching.abort();
      await watch;
    }
  }

  async close(): Promise<void> {
    await this.#supervisor.stopAll();
    await this.#network?.close();
  }

  async #start(): Promise<Prepared> {
    const { folders, onNote, openNetwork } = this.#input;
    const prepared = await this.#prepare();
    this.#prepared = prepared;
    if (prepared.bitcoindMissing !== undefined) {
      onNote(
        `no bitcoind: ${prepared.bitcoindMissing}; mining goes on over a toy parent chain, everything but the peg works`,
      );
      this.#progress = { ...this.#progress, bitcoindMissing: prepared.bitcoindMissing };
    }
    writeProgress(folders, this.#progress);
    this.#groupsOnChain = prepared.plan.genesis.groups;
    const children = [...this.#children(prepared), ...this.#monitoring(prepared)];
    const ended = await this.#supervisor.endOthers(children.map(({ name }) => name));
    if (ended.length > 0) onNote(`ended what an earlier run left: ${ended.join(', ')}`);
    await Promise.all(children.map((child) => this.#supervisor.ensure(child)));
    this.#network = await openNetwork(folders);
    return prepared;
  }

  /** As the file says, or with as many more groups as were asked for meanwhile. */
  #prepare(): Promise<Prepared> {
    const { testnet, folders, bitcoind } = this.#input;
    const groups = Math.max(testnet.spec.groups, readGroupsWish(folders) ?? 0);
    const wanted = { ...testnet, spec: { ...testnet.spec, groups } };
    return prepareNetwork(wanted, folders, bitcoind, this.#isMonitored ? MONITORING_PORTS : []);
  }

  #children({ plan, ports, parent }: Prepared): readonly ChildSpec[] {
    const { folders, programs, checkState } = this.#input;
    return childrenOf({ plan, folders, ports, parent, programs, checkState });
  }

  /** Nodes for groups that were asked for meanwhile, and word to group 0 until its map names them all. */
  async #grow(): Promise<void> {
    const { folders, onNote } = this.#input;
    if (this.#prepared === undefined || this.#prepared.plan.suspended) return;
    const before = this.#prepared.plan.groups.length;
    if ((readGroupsWish(folders) ?? 0) > before) {
      const prepared = await this.#prepare();
      this.#prepared = prepared;
      await Promise.all(this.#children(prepared).map((child) => this.#supervisor.ensure(child)));
      onNote(`groups ${before} to ${prepared.plan.groups.length - 1} are starting`);
    }
    const { plan, ports } = this.#prepared;
    if (this.#groupsOnChain >= plan.groups.length) return;
    const home = plan.groups[0]!.nodes.map(({ name }) => addressOf(ports, `${name}.grpc`));
    if ((await growNetwork(folders, home, plan.groups.length)) === 'told') return;
    this.#groupsOnChain = plan.groups.length;
    onNote(`the shard map names ${plan.groups.length} groups`);
  }

  get #isMonitored(): boolean {
    return this.#input.prometheus?.kind === 'found';
  }

  #monitoring({ plan, ports }: Prepared): readonly ChildSpec[] {
    const { prometheus, folders, onNote } = this.#input;
    if (prometheus === undefined || plan.suspended) return [];
    if (prometheus.kind === 'absent') {
      onNote(`no monitoring: ${prometheus.reason}; everything else goes on`);
      this.#setProgress({ ...this.#progress, monitoring: { missing: prometheus.reason } });
      return [];
    }
    const watched = { plan, folders, ports };
    writeMonitoring(watched);
    const url = `http://${addressOf(ports, 'prometheus.http')}`;
    onNote(`Prometheus answers on ${url}, with rules and alerts`);
    this.#setProgress({ ...this.#progress, monitoring: { url } });
    return [prometheusChild(prometheus.command, watched)];
  }

  /** Looks again and again until told to stop; nothing it sees can end the run. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const onError = (error: unknown): void =>
        this.#input.onNote(`cannot look at the network: ${error instanceof Error ? error.message : String(error)}`);
      await this.#look().catch(onError);
      await this.#grow().catch(onError);
      await this.#keeper?.reconcile().catch(onError);
      await delay(REFRESH_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { folders, nowMs, onView } = this.#input;
    if (this.#prepared === undefined || this.#network === undefined) return;
    const plan = withWishedLoad(this.#prepared.plan, this.#loaded(this.#prepared), folders);
    const load = readLoadReport(folders);
    this.#view = await observe({
      plan,
      folders,
      network: this.#network,
      progress: this.#progress,
      nowMs: nowMs(),
      ...(load === undefined ? {} : { tps: load.tps }),
    });
    this.#noteFirstBlock(heightsOf(this.#view.answers, plan.groups.length), this.#view.answers);
    const report = this.#report('running');
    const status = statusOf(this.#view.observed);
    const { conditions } = status;
    appendEvents(folders, conditionChanges(this.#conditions, conditions, plan.name, nowMs()));
    this.#conditions = conditions;
    // What it does now, not what it did on average.
    onView({ ...report, tps: load?.recentTps ?? report.tps }, status);
  }

  /** The first block of this run: a chain that goes on has to grow, a new one has to begin. */
  #noteFirstBlock(heights: readonly number[], answers: readonly NodeAnswer[]): void {
    if (this.#progress.firstBlockMs !== undefined || new Set(answers.map(({ group }) => group)).size < heights.length)
      return;
    this.#firstHeights ??= heights.map((height) => (height <= 1 ? 0 : height));
    const first = this.#firstHeights;
    if (!heights.every((height, group) => height > (first[group] ?? 0))) return;
    this.#setProgress({ ...this.#progress, firstBlockMs: this.#input.nowMs() - this.#startedAtMs });
    this.#input.onNote(
      `first block in all ${heights.length} groups after ${((this.#progress.firstBlockMs ?? 0) / 1000).toFixed(1)} s`,
    );
  }

  async #firstBlock(signal: AbortSignal): Promise<void> {
    const deadlineMs = performance.now() + (this.#input.firstBlockMaxMs ?? FIRST_BLOCK_MAX_MS);
    while (this.#progress.firstBlockMs === undefined && !signal.aborted && performance.now() < deadlineMs) {
      await delay(REFRESH_MS / 5, undefined, { signal }).catch(() => undefined);
    }
  }

  async #deploy({ plan }: Prepared): Promise<void> {
    const { configMaps, signal, devKey, folders, onNote } = this.#input;
    if (this.#progress.firstBlockMs === undefined || this.#network === undefined || signal.aborted) return;
    await deployContracts({
      network: this.#network,
      signer: devKey(folders, DEPLOYER_KEY),
      contracts: contractTexts(plan.contracts, configMaps),
      onChange: (contracts) => this.#setProgress({ ...this.#progress, contracts }),
      signal,
    }).catch((error: unknown) => onNote(`contracts: ${error instanceof Error ? error.message : String(error)}`));
    for (const { name, state, detail } of this.#progress.contracts)
      if (state === 'Failed') onNote(`contract ${name} was not deployed: ${detail}`);
  }

  /** The testnet as far as load is offered to it: groups that joined have no accounts. */
  #loaded({ plan }: Prepared): Testnet {
    const { testnet } = this.#input;
    return { ...testnet, spec: { ...testnet.spec, groups: plan.genesis.groups } };
  }

  /** From now on the load is kept as it is wished. */
  async #load(prepared: Prepared): Promise<void> {
    const { folders, programs, forMs, nowMs, onNote } = this.#input;
    const testnet = this.#loaded(prepared);
    const metrics = this.#isMonitored ? addressOf(prepared.ports, 'load.metrics') : undefined;
    const keeper = new LoadKeeper({
      ...{ testnet, folders, supervisor: this.#supervisor, nowMs, onNote },
      child: loadChild(folders, programs, metrics),
      ...(forMs === undefined ? {} : { seconds: forMs / 1_000 }),
    });
    await keeper.reconcile();
    this.#keeper = keeper;
  }

  async #untilOver(hasLoad: boolean): Promise<void> {
    const { forMs, signal } = this.#input;
    if (this.#progress.firstBlockMs === undefined) return;
    // The load's own time begins when its accounts are funded, and it ends by itself; without one the clock decides.
    const limitMs = forMs === undefined ? FOREVER_MS : hasLoad ? forMs + LOAD_PREPARE_MAX_MS + LOAD_END_MAX_MS : forMs;
    if (hasLoad && forMs !== undefined)
      await this.#supervisor.finished('load', AbortSignal.any([signal, AbortSignal.timeout(limitMs)]));
    else await delay(limitMs, undefined, { signal }).catch(() => undefined);
  }

  async #audit(): Promise<string> {
    if (this.#network === undefined || this.#progress.firstBlockMs === undefined) return 'not audited: no block';
    try {
      const { clean, problems } = await this.#network.audit();
      return clean ? 'clean' : problems.join('; ');
    } catch (error) {
      return `not audited: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  async #finish(prepared: Prepared, audit: string): Promise<RunResult> {
    await this.#look().catch(() => undefined);
    const report = this.#report(audit);
    const load = readLoadReport(this.#input.folders);
    const ready = this.#view === undefined ? undefined : readyOf(statusOf(this.#view.observed));
    // Who stops a run by hand asks for no verdict.
    if (this.#input.signal.aborted || prepared.plan.suspended) return { report, judgement: { code: 0, reason: audit } };
    return {
      report,
      judgement: judge(
        report,
        { isWanted: prepared.plan.load !== undefined, invalid: load?.invalid, balances: load?.balances },
        ready,
      ),
    };
  }

  #report(audit: string): RunReport {
    const { folders, testnet } = this.#input;
    const groups = this.#prepared?.plan.groups.length ?? testnet.spec.groups;
    return reportOf({
      network: testnet.name,
      groups,
      nodes: groups * testnet.spec.nodesPerGroup,
      firstBlockMs: this.#progress.firstBlockMs,
      load: readLoadReport(folders),
      answers: this.#view?.answers ?? [],
      audit,
    });
  }

  #setProgress(progress: Progress): void {
    this.#progress = progress;
    writeProgress(this.#input.folders, progress);
  }

  #record(object: string, type: EventSight['type'], reason: string, message: string): void {
    appendEvents(this.#input.folders, [{ atMs: this.#input.nowMs(), object, type, reason, message }]);
  }

  #noteEvent(event: SupervisorEvent): void {
    if (event.kind === 'adopted')
      this.#input.onNote(`${event.name}: goes on as process ${event.pid} of an earlier run`);
    if (event.kind !== 'ended' || event.restartInMs === undefined) return;
    const how = event.exit.signal ?? (event.exit.code === undefined ? 'unseen' : `exit code ${event.exit.code}`);
    this.#record(event.name, 'Warning', 'Restarted', `Ended (${how}), starts again in ${event.restartInMs / 1000} s.`);
    const { restarts = {} } = this.#progress;
    this.#setProgress({
      ...this.#progress,
      restarts: { ...restarts, [event.name]: (restarts[event.name] ?? 0) + 1 },
    });
    if (++this.#crashesNoted > CRASHES_NOTED_MAX) return;
    const said = tail(logFile(this.#input.folders, event.name), LAST_LINES).join(' | ').slice(0, LAST_CHARS_MAX);
    this.#input.onNote(
      `${event.name} ended (${how}), starts again in ${event.restartInMs / 1000} s${said === '' ? '' : `; it said: ${said}`}`,
    );
  }
}

export function readyOf(status: Status): StatusCondition | undefined {
  return status.conditions.find((condition) => condition.type === 'Ready');
}
