// The source of a Testnet in a cluster: its objects, pods and events from the API server, and of its nodes what they answer and
// serve under /metrics, through forwarded ports. Who answers nothing is shown as the operator knows him; nothing is written.
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import {
  GROUPS,
  type GroupObject,
  PODS,
  type PodObject,
  SHARD_MAPS,
  type ShardMapObject,
  TESTNETS,
  type TestnetObject,
} from '@rexnet/operator/controllers/collections.ts';
import { LABEL } from '@rexnet/operator/plan/kube/labels.ts';
import { PORT } from '@rexnet/operator/plan/kube/pod.ts';
import { type GroupPlan, type Plan, planTestnet } from '@rexnet/operator/plan/plan.ts';
import { asked, type Cluster } from '../cluster/cluster.ts';
import { EVENTS, type EventObject, eventSightsOf } from '../cluster/event-sights.ts';
import { LoadMeter } from '../cluster/load-meter.ts';
import { MachineWatch } from '../cluster/machines.ts';
import { nodeSightsOf, processOf } from '../cluster/node-sights.ts';
import { testnetOf } from '../cluster/parse-testnet.ts';
import { addressOfPod, ClusterPlace } from '../cluster/place.ts';
import { type Program, programsOf } from '../cluster/programs.ts';
import { ifAllowed, unseenOf } from '../cluster/rights.ts';
import { statusSightOf } from '../cluster/status-sight.ts';
import { type Use, UseMeter } from '../cluster/use-meter.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Network, NodeAnswer } from '../network.ts';
import type { NetworkPlace } from '../network-place.ts';
import { ContractBook } from './contract-book.ts';
import { GroupMeter } from './group-meter.ts';
import { ScalingFile } from './scaling-file.ts';
import { Scraper } from './scrape.ts';
import { groupSightOf, parentSightOf } from './sights.ts';
import type { ContractSight, EventSight, GroupSight, NodeSight, Snapshot, Source } from './source.ts';
import { transitions } from './transitions.ts';

export type ClusterSourceOptions = {
  readonly cluster: Cluster;
  readonly testnet: string;
  readonly openNetwork: (place: NetworkPlace) => Promise<Network>;
  readonly nowMs: () => number;
  readonly scaling?: string;
};

const EVENTS_MAX = 200;
/** The first question opens ways of its own. */
const CONTRACTS_MAX_MS = 2_000;
const EVENTS_EVERY_MS = 2_000;
const LOG_LINES_MAX = 10_000;
/** Beyond so many nodes one of each group is asked, and of the others is shown what the operator knows. */
const NODES_ASKED_MAX = 64;
const KEY = new Uint8Array(32);

type Objects = {
  readonly object: TestnetObject;
  readonly groups: readonly GroupObject[];
  readonly shardMap: ShardMapObject | undefined;
  /** Undefined where we may not look at them. */
  readonly pods: readonly PodObject[] | undefined;
};

/** The cluster stays open: whoever opened it closes it. */
export class ClusterSource implements Source {
  readonly #options: ClusterSourceOptions;
  readonly #scraper = new Scraper();
  readonly #meter: GroupMeter;
  readonly #load: LoadMeter;
  readonly #uses: UseMeter;
  readonly #machines: MachineWatch;
  readonly #contracts: ContractBook;
  readonly #scaling: ScalingFile | undefined;
  #place: ClusterPlace | undefined;
  #network: Network | undefined;
  #networkId = '';
  #programs: readonly Program[] = [];
  #planned: { readonly key: string; readonly plan: Plan } | undefined;
  #events: { readonly atMs: number; readonly items: readonly EventObject[] | undefined } | undefined;
  #seen: readonly EventSight[] = [];
  #before: Snapshot | undefined;

  constructor(options: ClusterSourceOptions) {
    const { cluster, testnet, scaling } = options;
    this.#options = options;
    this.#meter = new GroupMeter(this.#scraper);
    this.#load = new LoadMeter(this.#scraper);
    this.#uses = new UseMeter(this.#scraper);
    this.#machines = new MachineWatch(cluster.rest, cluster.namespace, selectorOf(testnet));
    this.#contracts = new ContractBook(() => this.#network, CONTRACTS_MAX_MS);
    this.#scaling = scaling === undefined ? undefined : new ScalingFile(scaling);
  }

  async look(): Promise<Snapshot> {
    const { nowMs } = this.#options;
    const objects = await asked(this.#objects());
    const { object, pods } = objects;
    const testnet = testnetOf(object);
    const plan = this.#planOf(testnet);
    const groups = groupsOf(plan, objects.groups);
    this.#programs = programsOf(pods ?? []);
    await this.#reach();
    const answers = await this.#ask(groups);
    const atMs = nowMs();
    const measured = { groups, genesis: plan.genesis };
    const [counters, load, uses, events] = await Promise.all([
      this.#meter.look(measured, answers, (node) => this.#metricsOf(node), atMs),
      this.#loadOf(plan, object, atMs),
      this.#usesAt(atMs),
      this.#eventsAt(atMs),
    ]);
    const isSuspended = testnet.spec.suspend;
    const programs = pods === undefined ? undefined : this.#programs;
    const seen = { groups, isSuspended, programs, answers, objects: objects.groups };
    const nodes = nodeSightsOf(seen).map((node) => withUse(node, uses));
    const machines = await this.#machines.look(nodes, atMs);
    const sights = groups.map(({ group }) =>
      groupSightOf(group, nodes, answers, atMs, {
        ...told(objects.groups.find(({ spec }) => spec.index === group)),
        ...heightOf(group, nodes),
        ...counters.get(group)?.figures,
      }),
    );
    const minHeight = Math.min(...sights.map(({ height }) => height));
    const scaling = this.#scaling?.look();
    const startedAtMs = Date.parse(object.metadata.creationTimestamp ?? '');
    const unseen = unseenOf({
      pods: pods === undefined,
      events: events === undefined,
      'ports of pods': this.#options.cluster.forwards.isForbidden,
    });
    const snapshot: Snapshot = {
      atMs,
      origin: 'cluster',
      name: testnet.name,
      networkId: this.#networkId === '' ? (object.status?.networkId ?? '') : this.#networkId,
      ...(Number.isNaN(startedAtMs) ? {} : { startedAtMs }),
      blockIntervalMs: plan.genesis.chain.blockIntervalMs,
      isLookedAfter: true,
      epoch: Math.max(0, objects.shardMap?.status?.epoch ?? 0, ...answers.map(({ epoch }) => epoch)),
      status: statusSightOf({ object, isSuspended, groups: groups.length, nodes, minHeight }),
      groups: sights,
      nodes,
      lag: groups.map(({ group }) => counters.get(group)?.lag ?? groups.map(() => null)),
      machines,
      parent: parentSightOf(plan.bitcoin.kind, answers),
      ...(load === undefined ? {} : { load }),
      contracts: await this.#contracts.look(contractsOf(plan, object), answers.length > 0),
      events: [],
      ...(scaling === undefined ? {} : { scaling }),
      ...(unseen === undefined ? {} : { unseen }),
    };
    return { ...snapshot, events: this.#story(snapshot, events ?? []) };
  }

  async log(object: string, lines: number): Promise<readonly string[]> {
    const { cluster } = this.#options;
    const program = this.#programs.find((each) => each.object === object);
    if (program === undefined) return [];
    const pod = { name: program.pod.metadata.name, namespace: cluster.namespace };
    return asked(cluster.logs.read(pod, { lines: Math.min(lines, LOG_LINES_MAX) }));
  }

  async close(): Promise<void> {
    this.#scraper.close();
    await this.#network?.close();
  }

  async #objects(): Promise<Objects> {
    const { cluster, testnet } = this.#options;
    const { rest, namespace } = cluster;
    const own = { namespace, labelSelector: selectorOf(testnet) };
    const [object, groups, shardMap, pods] = await Promise.all([
      rest.get<TestnetObject>(TESTNETS.resource, { name: testnet, namespace }),
      rest.list<GroupObject>(GROUPS.resource, { namespace, fieldSelector: `spec.testnet=${testnet}` }),
      rest.get<ShardMapObject>(SHARD_MAPS.resource, { name: testnet, namespace }),
      ifAllowed(rest.list<PodObject>(PODS.resource, own)),
    ]);
    if (object === undefined)
      throw new CliError(
        EXIT.notReachable,
        `Testnet ${testnet} is not there any more`,
        'make it again: kubectl apply -f testnet.yaml',
      );
    return { object, groups: groups.items, shardMap, pods };
  }

  /** Made once for each spec: it derives the keys of all load accounts. */
  #planOf(testnet: Testnet): Plan {
    const key = JSON.stringify(testnet);
    if (this.#planned?.key !== key) {
      // Keys and compiler matter only to genesis, which exists.
      const facts = { bitcoind: { kind: 'found' }, governance: KEY, compilerHash: KEY } as const;
      const planned = planTestnet(testnet, facts);
      if ('refusal' in planned) throw new CliError(EXIT.error, planned.refusal.message, planned.refusal.cure);
      this.#planned = { key, plan: planned.plan };
    }
    return this.#planned.plan;
  }

  /** Opens the way to the nodes as soon as there are any; without one there are still the objects. */
  async #reach(): Promise<void> {
    const { cluster, testnet, openNetwork } = this.#options;
    if (this.#place !== undefined) {
      await this.#place.refresh().catch(() => false);
      return;
    }
    this.#place = await ClusterPlace.find(cluster, testnet).catch(() => undefined);
    if (this.#place === undefined) return;
    this.#networkId = toHex(readGenesis(this.#place.genesis()).id);
    this.#network = await openNetwork(this.#place);
  }

  async #ask(groups: readonly GroupPlan[]): Promise<readonly NodeAnswer[]> {
    const running = this.#runningNodes();
    const isMany = running.length > NODES_ASKED_MAX;
    const chosen = isMany
      ? groups.flatMap(({ group }) => running.find((program) => program.group === group) ?? [])
      : running;
    const answers = await Promise.all(chosen.map(({ object }) => this.#network?.ask(object)));
    return answers.filter((answer) => answer !== undefined);
  }

  #runningNodes(): readonly Program[] {
    return this.#programs.filter(({ component, pod }) => component === 'node' && processOf(pod, false) === 'Running');
  }

  async #metricsOf(node: string): Promise<string> {
    const program = this.#programs.find(({ object }) => object === node);
    return program === undefined ? 'nowhere:1' : addressOfPod(this.#options.cluster, program.pod, PORT.metrics);
  }

  async #loadOf(plan: Plan, { status }: TestnetObject, atMs: number): Promise<Snapshot['load']> {
    if (plan.load === undefined) return undefined;
    const running = this.#programs.filter(
      ({ component, pod }) => component === 'load' && processOf(pod, false) === 'Running',
    );
    const addresses = running.map(({ pod }) => addressOfPod(this.#options.cluster, pod, PORT.loadMetrics));
    return this.#load.look(await Promise.all(addresses), plan.load.workload, atMs, Number(status?.tps ?? 0));
  }

  /** Of pods; where a metrics server runs it knows, else they say so themselves. */
  async #usesAt(atMs: number): Promise<ReadonlyMap<string, Use>> {
    const measured = await this.#machines.podUses(atMs);
    if (measured.size > 0) return measured;
    const running = this.#runningNodes().slice(0, NODES_ASKED_MAX);
    const addresses = running.map(
      async ({ pod }) => [pod.metadata.name, await addressOfPod(this.#options.cluster, pod, PORT.metrics)] as const,
    );
    return this.#uses.look(new Map(await Promise.all(addresses)), atMs);
  }

  /** Whoever may not read events still sees the rest; what fails otherwise is asked again. */
  async #eventsAt(atMs: number): Promise<readonly EventObject[] | undefined> {
    if (this.#events !== undefined && atMs < this.#events.atMs + EVENTS_EVERY_MS) return this.#events.items;
    const { rest, namespace } = this.#options.cluster;
    const items = await ifAllowed(rest.list<EventObject>(EVENTS, { namespace })).catch(() => []);
    this.#events = { atMs, items };
    return items;
  }

  /** What the cluster tells, and what only looking shows: reorganisations, nodes that fell silent or caught up. */
  #story(snapshot: Snapshot, events: readonly EventObject[]): readonly EventSight[] {
    const fresh = this.#before === undefined ? [] : transitions(this.#before, snapshot);
    this.#before = snapshot;
    this.#seen = [...this.#seen, ...fresh.filter(({ object }) => object !== snapshot.name)].slice(-EVENTS_MAX);
    return [...eventSightsOf(events, snapshot.name, this.#programs), ...this.#seen]
      .sort((left, right) => left.atMs - right.atMs)
      .slice(-EVENTS_MAX);
  }
}

function selectorOf(testnet: string): string {
  return `${LABEL.testnet}=${testnet}`;
}

/** Those of the spec, and those that still hand over what they own. */
function groupsOf({ groups }: Plan, objects: readonly GroupObject[]): readonly GroupPlan[] {
  const known = new Set(groups.map(({ group }) => group));
  const retiring = objects
    .filter(({ spec }) => !known.has(spec.index))
    .map(
      ({ spec }): GroupPlan => ({
        group: spec.index,
        nodes: Array.from({ length: spec.replicas }, (_, ordinal) => ({
          name: `g${spec.index}-n${ordinal}`,
          group: spec.index,
          ordinal,
        })),
        partitions: { first: 0, count: 0 },
      }),
    );
  return [...groups, ...retiring.sort((left, right) => left.group - right.group)];
}

/** What the operator knows of a group, for who cannot ask it himself. */
function told(object: GroupObject | undefined): Partial<GroupSight> {
  const { partitions, tps } = object?.status ?? {};
  return {
    ...(partitions === undefined ? {} : { partitions }),
    ...(tps === undefined ? {} : { tps: Number(tps) }),
  };
}

function heightOf(group: number, nodes: readonly NodeSight[]): Pick<GroupSight, 'height'> {
  return { height: Math.max(0, ...nodes.flatMap((node) => (node.group === group ? [node.height ?? 0] : []))) };
}

function withUse(node: NodeSight, uses: ReadonlyMap<string, Use>): NodeSight {
  const use = node.pod === undefined ? undefined : uses.get(node.pod);
  if (use === undefined) return node;
  return { ...node, ...(use.cores === undefined ? {} : { cpuShare: use.cores }), rssBytes: use.bytes };
}

/** The operator knows whether all are there; which one failed stands in its sentence. */
function contractsOf({ contracts }: Plan, { status }: TestnetObject): readonly ContractSight[] {
  const ready = status?.conditions?.find(({ type }) => type === 'ContractsReady');
  return contracts.map(({ name }): ContractSight => {
    if (ready?.status === 'True') return { name, state: 'Deployed' };
    const isBlamed = ready?.reason === 'DeploymentFailed' && ready.message.startsWith(`${name} `);
    return isBlamed ? { name, state: 'Failed', detail: ready.message } : { name, state: 'Waiting' };
  });
}
