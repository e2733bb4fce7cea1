// The machines the pods of a Testnet run on. How large and how busy they are is known only to who may read Nodes and where a
// metrics server runs; whoever may not sees their names.
import type { V1Node } from '@kubernetes/client-node';
import { parseQuantity } from '@rexnet/operator/api/quantity.ts';
import type { KubeObject, Resource } from '@rexnet/operator/kube/resources.ts';
import type { RestClient } from '@rexnet/operator/kube/rest.ts';
import type { MachineSight, NodeSight } from '../sources/source.ts';
import { UNKNOWN } from '../views/units.ts';

const NODES: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
const NODE_USES: Resource = { ...NODES, group: 'metrics.k8s.io', version: 'v1beta1', kind: 'NodeMetrics' };
const POD_USES: Resource = { ...NODE_USES, plural: 'pods', kind: 'PodMetrics', namespaced: true };
/** Machines change rarely, and who has said no will say it again. */
const NODES_EVERY_MS = 60_000;
const USES_EVERY_MS = 10_000;
const NANO = 1e9;

type Amounts = { readonly cpu?: string; readonly memory?: string };
type NodeObject = KubeObject & Pick<V1Node, 'status'>;
type NodeUse = KubeObject & { readonly usage?: Amounts };
type PodUse = KubeObject & { readonly containers?: readonly { readonly usage?: Amounts }[] };
type Use = { readonly cores: number; readonly bytes: number };

export class MachineWatch {
  readonly #rest: RestClient;
  readonly #namespace: string;
  readonly #selector: string;
  readonly #nodes = new Remembered<NodeObject>(NODES_EVERY_MS);
  readonly #nodeUses = new Remembered<NodeUse>(USES_EVERY_MS);
  readonly #podUses = new Remembered<PodUse>(USES_EVERY_MS);

  /** `selector` names the pods whose use is wanted. */
  constructor(rest: RestClient, namespace: string, selector: string) {
    this.#rest = rest;
    this.#namespace = namespace;
    this.#selector = selector;
  }

  async look(nodes: readonly NodeSight[], atMs: number): Promise<readonly MachineSight[]> {
    const names = [...new Set(nodes.map(({ machine }) => machine))].filter((name) => name !== UNKNOWN).sort();
    const rest = this.#rest;
    const [known, uses] = await Promise.all([
      this.#nodes.look(atMs, () => rest.list<NodeObject>(NODES)),
      this.#nodeUses.look(atMs, () => rest.list<NodeUse>(NODE_USES)),
    ]);
    return names.map((name): MachineSight => {
      const size = known.get(name)?.status?.capacity;
      const cores = amountOf(size?.['cpu']);
      const memoryBytes = amountOf(size?.['memory']);
      const use = useOf(uses.get(name)?.usage);
      const groups = [...new Set(nodes.filter(({ machine }) => machine === name).map(({ group }) => group))];
      return {
        name,
        ...(cores === undefined ? {} : { cores }),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
        ...(use === undefined ? {} : { memoryUsedBytes: use.bytes }),
        ...(use === undefined || cores === undefined ? {} : { cpuShare: use.cores / cores }),
        groups: groups.sort((left, right) => left - right),
      };
    });
  }

  /** Of each pod that a metrics server has seen. */
  async podUses(atMs: number): Promise<ReadonlyMap<string, Use>> {
    const selection = { namespace: this.#namespace, labelSelector: this.#selector };
    const uses = await this.#podUses.look(atMs, () => this.#rest.list<PodUse>(POD_USES, selection));
    return new Map(
      [...uses].flatMap(([name, { containers = [] }]) => {
        const each = containers.flatMap(({ usage }) => useOf(usage) ?? []);
        return [[name, { cores: total(each, 'cores'), bytes: total(each, 'bytes') }] as const];
      }),
    );
  }
}

/** A list that is asked for now and then; empty while it is refused. */
class Remembered<T extends KubeObject> {
  readonly #everyMs: number;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #items: ReadonlyMap<string, T> = new Map();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  async look(atMs: number, ask: () => Promise<{ readonly items: readonly T[] }>): Promise<ReadonlyMap<string, T>> {
    if (atMs < this.#askedAtMs + this.#everyMs) return this.#items;
    this.#askedAtMs = atMs;
    const items = await ask().then(
      (list) => list.items,
      () => [],
    );
    this.#items = new Map(items.map((item) => [item.metadata.name, item]));
    return this.#items;
  }
}

function useOf(amounts: Amounts | undefined): Use | undefined {
  const cores = amountOf(amounts?.cpu);
  const bytes = amountOf(amounts?.memory);
  return cores === undefined || bytes === undefined ? undefined : { cores, bytes };
}

function amountOf(text: string | undefined): number | undefined {
  const parsed = text === undefined ? undefined : parseQuantity(text);
  return parsed === undefined ? undefined : Number(parsed) / NANO;
}

function total(uses: readonly Use[], what: keyof Use): number {
  return uses.reduce((sum, use) => sum + use[what], 0);
}
