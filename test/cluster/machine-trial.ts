// A Testnet with two nodes a group while something happens to its machines: a drain, the end of a machine, or what a test does itself; and
// what has to be so afterwards, wherever the nodes are then.
import { expect, type TestContext } from 'vitest';
import { until } from '../local/until.ts';
import type { Cluster } from './cluster-type.ts';
import { printEvidence } from './evidence.ts';
import type { Namespace } from './namespace.ts';
import { type NodePod, NodesWatch } from './nodes-watch.ts';

const NODES_PER_GROUP = 2;
/** Deep enough that no block there is ever taken back. */
const FINAL_DEPTH = 6;
/** Blocks are made while two nodes are asked one after the other. */
const IN_SYNC_BLOCKS = 4;
const MORE_BLOCKS = 3;
/** Far beyond what must hold: a failure shall say how long it took. */
const PATIENCE_MS = 180_000;
const READY_MAX_SECONDS = 150;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

export type TrialOptions = {
  readonly cluster: Cluster;
  readonly here: Namespace;
  readonly testnet: string;
  readonly groups: number;
};

/** A block that no reorganisation reaches, as the first node of its group has it. */
type Final = { readonly group: number; readonly height: number; readonly id: string };

export class MachineTrial {
  readonly watch: NodesWatch;
  readonly object: string;
  readonly #cluster: Cluster;
  readonly #here: Namespace;
  #finals: readonly Final[] = [];

  private constructor(watch: NodesWatch, { cluster, here, testnet }: TrialOptions) {
    this.watch = watch;
    this.#cluster = cluster;
    this.object = `testnet/${testnet}`;
    this.#here = here;
  }

  /** Of a Testnet that is Ready, and high enough that there is something to lose. */
  static async begin(context: TestContext, options: TrialOptions): Promise<MachineTrial> {
    const { cluster, here, testnet, groups } = options;
    context.onTestFailed(() => printEvidence(cluster, here.name));
    await here.wait(`testnet/${testnet}`, 'Ready', READY_MAX_SECONDS);
    const watched = { cluster, namespace: here.name, testnet, groups, nodesPerGroup: NODES_PER_GROUP };
    const watch = await NodesWatch.open(watched);
    context.onTestFailed(() => console.log(watch.story.join('\n')));
    const trial = new MachineTrial(watch, options);
    await trial.#heights('some blocks of every group', () => 2 * FINAL_DEPTH, groups);
    trial.#finals = await trial.#finalsNow();
    return trial;
  }

  /** The machine with most of its nodes. */
  busiest(): string {
    const machines = this.watch.pods().flatMap(({ machine }) => machine ?? []);
    const count = (machine: string) => machines.filter((each) => each === machine).length;
    return [...new Set(machines)].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1))[0] ?? '';
  }

  uids(): ReadonlySet<string> {
    return new Set(this.watch.pods().flatMap(({ uid }) => uid ?? []));
  }

  /** Until the chain of every group has some more blocks. */
  async grown(): Promise<void> {
    const before = new Map(this.watch.heights());
    await this.#heights('every chain to grow', (group) => (before.get(group) ?? 0) + MORE_BLOCKS, before.size);
  }

  /** The machine is to be empty, its nodes in sync elsewhere: after how many milliseconds. It stays cordoned. */
  async drained(machine: string): Promise<number> {
    const startedMs = performance.now();
    const words = ['--ignore-daemonsets', '--delete-emptydir-data', `--timeout=${PATIENCE_MS / 1_000}s`];
    await this.#cluster.kubectl(['drain', machine, ...words]);
    const emptyMs = performance.now() - startedMs;
    const tookMs = await this.back(startedMs, (pod) => pod.machine !== machine);
    console.log(`drain: ${machine} empty after ${seconds(emptyMs)}, all in sync elsewhere after ${seconds(tookMs)}`);
    return tookMs;
  }

  /** A machine is switched off, told of, and said to be out of service: how long after that its nodes are in sync elsewhere. It is put back. */
  async outOfService(machine: string): Promise<number> {
    const before = this.watch.pods().filter((pod) => pod.machine === machine);
    await this.#cluster.switchOff(machine);
    try {
      await this.told('Degraded', (said) => said.startsWith('True NodeLost: '));
      // Until somebody says that they end, pods stay.
      expect(before.every(({ uid = '' }) => this.uids().has(uid))).toBe(true);
      await this.grown();
      const taintedMs = performance.now();
      await this.#cluster.kubectl(['taint', 'node', machine, `${OUT_OF_SERVICE}=nodeshutdown:NoExecute`]);
      const tookMs = await this.back(taintedMs, (pod) => pod.machine !== machine);
      console.log(`out of service: ${before.length} nodes of ${machine} in sync elsewhere after ${seconds(tookMs)}`);
      return tookMs;
    } finally {
      await this.#cluster.startKubelet(machine);
      await this.#cluster.kubectl(['wait', `node/${machine}`, '--for=condition=Ready', '--timeout=60s']);
      await this.#cluster.kubectl(['taint', 'node', machine, `${OUT_OF_SERVICE}-`]);
    }
  }

  /** Until every node is in sync, with what holds: after how many milliseconds. */
  async back(sinceMs: number, holds: (pod: NodePod) => boolean): Promise<number> {
    await until({
      what: 'every node to be in sync where it should be',
      withinMs: PATIENCE_MS,
      everyMs: 100,
      look: () => this.watch.areAll(holds),
      holds: (all) => all,
      tell: () => `\n${this.watch.story.join('\n')}`,
    });
    return performance.now() - sinceMs;
  }

  /** Until the condition is so, and says so. */
  async told(type: string, holds: (sentence: string) => boolean): Promise<string> {
    return until({
      what: `${type} to be told`,
      withinMs: PATIENCE_MS,
      everyMs: 500,
      look: () => this.#here.condition(this.object, type),
      holds,
    });
  }

  /** The Testnet says it is Ready, every node has what was final, and each was in sync when it said so. */
  async expectWell(): Promise<void> {
    await this.#here.wait(this.object, 'Ready', READY_MAX_SECONDS);
    for (const { group, height, id } of this.#finals)
      for (const { name } of this.watch.pods().filter((pod) => pod.group === group))
        expect([name, await this.watch.door.blockId(name, height)]).toEqual([name, id]);
    expect(this.watch.falls).toEqual([]);
    for (const { pod, height, best } of await this.watch.arrivals())
      expect(best - height, `${pod} came at ${height} of ${best}`).toBeLessThanOrEqual(IN_SYNC_BLOCKS);
  }

  /** Height of what was final of a group when this began. */
  final(group: number): number {
    return this.#finals.find((each) => each.group === group)?.height ?? 0;
  }

  close(): Promise<void> {
    return this.watch.close();
  }

  async #heights(what: string, least: (group: number) => number, groups: number): Promise<void> {
    await until({
      what,
      withinMs: PATIENCE_MS,
      everyMs: 250,
      look: () => [...this.watch.heights()],
      holds: (heights) => heights.length === groups && heights.every(([group, height]) => height > least(group)),
    });
  }

  async #finalsNow(): Promise<readonly Final[]> {
    const first = (group: number) => this.watch.pods().find((pod) => pod.group === group && pod.isReady)?.name ?? '';
    return Promise.all(
      [...this.watch.heights()].map(async ([group, best]) => {
        const height = best - FINAL_DEPTH;
        return { group, height, id: await this.watch.door.blockId(first(group), height) };
      }),
    );
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
