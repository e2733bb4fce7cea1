// Follows the node pods of one Testnet while a test does something to their machines: how many of a group were away at once, how high the
// chains were, and how far behind a node was when it said it was in sync. It judges nothing and changes nothing.
import { setTimeout as delay } from 'node:timers/promises';
import { PODS, type PodObject } from '@rexnet/operator/controllers/collections.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { Reflector } from '@rexnet/operator/kube/reflector.ts';
import { LABEL, selectorText } from '@rexnet/operator/plan/kube/labels.ts';
import { type PodSeen, podSeenOf } from '@rexnet/operator/plan/kube/pod-seen.ts';
import type { Cluster } from './cluster-type.ts';
import { NodeDoor } from './node-door.ts';

const HEIGHT = 'rexnet_chain_executed_height_blocks';
const WANTED: ReadonlySet<string> = new Set([HEIGHT]);
/** What a node says that is not in sync. */
const LATE: ReadonlySet<string> = new Set([
  HEIGHT,
  'rexnet_chain_height_blocks',
  'rexnet_chain_blocks_waiting',
  'rexnet_peers_connected',
]);
const LOOK_EVERY_MS = 1_000;
/** Blocks on top of one that is final: chain.confirmations of a Testnet that says nothing of it. */
const CONFIRMATIONS = 2;

export interface NodesWatchOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly testnet: string;
  readonly groups: number;
  readonly nodesPerGroup: number;
}

export type NodePod = PodSeen & { readonly group: number };
/** A pod that has just become Ready, and how high its group was then. */
export type Arrival = { readonly pod: string; readonly height: number; readonly best: number };

export class NodesWatch {
  readonly door: NodeDoor;
  /** A line for every change of a pod, for who reads why a test failed. */
  readonly story: string[] = [];
  /** Most nodes of a group away at once. */
  mostAway = 0;
  /** What was final of a group was so no more: whole sentences. */
  readonly falls: string[] = [];
  /** Most blocks that a group stood behind its best; a few that were not final may be made anew. */
  mostBack = 0;
  readonly #options: NodesWatchOptions;
  readonly #reflector: Reflector<PodObject>;
  readonly #stop = new AbortController();
  readonly #best = new Map<number, number>();
  readonly #arrivals: Promise<Arrival | undefined>[] = [];
  readonly #startedMs = performance.now();
  #running: readonly Promise<void>[] = [];

  private constructor(options: NodesWatchOptions, door: NodeDoor) {
    this.#options = options;
    this.door = door;
    const { namespace, testnet } = options;
    this.#reflector = new Reflector<PodObject>({
      rest: door.rest,
      resource: PODS.resource,
      selection: { namespace, labelSelector: selectorText(testnet, 'node') },
      clock: systemClock,
      random: Math.random,
      enqueue: ({ before, now }) => this.#changed(before, now),
    });
  }

  /** To be called when all nodes are ready. */
  static async open(options: NodesWatchOptions): Promise<NodesWatch> {
    const watch = new NodesWatch(options, await NodeDoor.open(options.cluster, options.namespace));
    watch.#running = [watch.#reflector.run(watch.#stop.signal), watch.#climb()];
    await watch.#reflector.synced;
    watch.mostAway = 0;
    return watch;
  }

  pods(): readonly NodePod[] {
    return [...this.#reflector.values()].map(nodePodOf);
  }

  /** Whether every node that is wanted runs, in sync, with what holds. */
  areAll(holds: (pod: NodePod) => boolean = () => true): boolean {
    const { groups, nodesPerGroup } = this.#options;
    const pods = this.pods();
    return pods.length === groups * nodesPerGroup && pods.every((pod) => isHere(pod) && holds(pod));
  }

  heights(): ReadonlyMap<number, number> {
    return this.#best;
  }

  async arrivals(): Promise<readonly Arrival[]> {
    return (await Promise.all(this.#arrivals)).filter((arrival) => arrival !== undefined);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    await this.door.close();
  }

  get #atS(): string {
    return ((performance.now() - this.#startedMs) / 1_000).toFixed(1);
  }

  get #groups(): readonly number[] {
    return Array.from({ length: this.#options.groups }, (_, group) => group);
  }

  #changed(before: PodObject | undefined, now: PodObject | undefined): void {
    const was = before === undefined ? undefined : nodePodOf(before);
    const is = now === undefined ? undefined : nodePodOf(now);
    const wasHere = was !== undefined && isHere(was);
    const isHereNow = is !== undefined && isHere(is);
    this.#tell(is, was);
    for (const group of this.#groups) {
      const here = this.pods().filter((pod) => pod.group === group && isHere(pod)).length;
      this.mostAway = Math.max(this.mostAway, this.#options.nodesPerGroup - here);
    }
    if (isHereNow && !wasHere) this.#arrivals.push(this.#arrival(is));
  }

  #tell(is: NodePod | undefined, was: NodePod | undefined): void {
    const { name, machine = 'nowhere', isReady, isTerminating, image, uid = '' } = is ?? was ?? { name: '?' };
    const state = is === undefined ? 'gone' : isTerminating ? 'going' : isReady ? 'ready' : 'not ready';
    const line = `${name} ${state} on ${machine} ${image ?? ''} ${uid}`;
    if (this.story.at(-1)?.endsWith(line) !== true) this.story.push(`${this.#atS} s ${line}`);
  }

  async #height(pod: string): Promise<number | undefined> {
    return (await this.door.figures(pod, WANTED))?.get(HEIGHT);
  }

  async #arrival({ name, group }: NodePod): Promise<Arrival | undefined> {
    const others = this.pods().filter((pod) => pod.group === group && pod.name !== name && isHere(pod));
    const [height, ...heights] = await Promise.all(
      [name, ...others.map((pod) => pod.name)].map((pod) => this.#height(pod)),
    );
    if (height === undefined) return undefined;
    const arrival = { pod: name, height, best: Math.max(height, ...heights.map((each) => each ?? 0)) };
    this.story.push(`${name} came at ${height} of ${arrival.best}`);
    return arrival;
  }

  /** Why a node is not in sync, in its own figures. */
  async #hearLate(): Promise<void> {
    const late = this.pods().filter((pod) => pod.isRunning && !pod.isReady);
    for (const { name } of late) {
      const figures = await this.door.figures(name, LATE);
      if (figures === undefined) continue;
      const words = [...figures]
        .filter(([, value]) => value > 0)
        .map(([series, value]) => `${series.slice('rexnet_'.length)} ${value}`);
      this.story.push(`${this.#atS} s ${name} says ${words.join(', ')}`);
    }
  }

  /** The height of a group is that of its furthest node that says it is in sync. */
  async #climb(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#hearLate();
      const ready = this.pods().filter(isHere);
      const heights = await Promise.all(
        ready.map(async ({ name, group }) => ({ group, height: await this.#height(name) })),
      );
      for (const group of this.#groups) {
        const known = heights.flatMap((each) => (each.group === group ? (each.height ?? []) : []));
        if (known.length === 0) continue;
        const height = Math.max(...known);
        const best = this.#best.get(group) ?? 0;
        this.mostBack = Math.max(this.mostBack, best - height);
        if (height < best - CONFIRMATIONS) this.falls.push(`group ${group} stood at ${height} after ${best}`);
        this.#best.set(group, Math.max(best, height));
      }
      await delay(LOOK_EVERY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }
}

function nodePodOf(pod: PodObject): NodePod {
  return { ...podSeenOf(pod), group: Number(pod.metadata.labels?.[LABEL.group]) };
}

function isHere({ isReady, isTerminating }: NodePod): boolean {
  return isReady && !isTerminating;
}
