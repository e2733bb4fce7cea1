// Where the nodes of a Testnet answer, from the files the operator made for its pods: through ports forwarded by the API server,
// or by their own addresses where rxctl itself runs in the cluster.
import { CONFIG_MAPS, type ConfigMapObject, type PodObject } from '@rexnet/operator/controllers/collections.ts';
import { partName, podName } from '@rexnet/operator/plan/kube/names.ts';
import { GENESIS_KEY, PEERS_KEY, PORT } from '@rexnet/operator/plan/kube/pod.ts';
import { CliError, EXIT } from '../exit.ts';
import { type NetworkPlace, type NodeTable, nodesOf } from '../network-place.ts';
import { asked, type Cluster } from './cluster.ts';

/** The first question opens the way: several requests through the API server to a pod with a tenth of a core. */
const ANSWER_MAX_MS = 5_000;

/** Undefined while the operator has not made it. */
export async function genesisOf(cluster: Cluster, testnet: string): Promise<Uint8Array | undefined> {
  const made = await configMap(cluster, partName(testnet, 'genesis'));
  const genesis = made?.binaryData?.[GENESIS_KEY];
  return genesis === undefined ? undefined : Buffer.from(genesis, 'base64');
}

export class ClusterPlace implements NetworkPlace {
  readonly answerMaxMs: number = ANSWER_MAX_MS;
  readonly #cluster: Cluster;
  readonly #testnet: string;
  readonly #genesis: Uint8Array;
  #text = '';
  #table: NodeTable = new Map();

  private constructor(cluster: Cluster, testnet: string, genesis: Uint8Array) {
    this.#cluster = cluster;
    this.#testnet = testnet;
    this.#genesis = genesis;
  }

  /** Undefined while the operator has not made the files. */
  static async find(cluster: Cluster, testnet: string): Promise<ClusterPlace | undefined> {
    const genesis = await genesisOf(cluster, testnet);
    if (genesis === undefined) return undefined;
    const place = new ClusterPlace(cluster, testnet, genesis);
    return (await place.refresh()) ? place : undefined;
  }

  static async open(cluster: Cluster, testnet: string): Promise<ClusterPlace> {
    const place = await ClusterPlace.find(cluster, testnet);
    if (place !== undefined) return place;
    throw new CliError(EXIT.notReachable, `Testnet ${testnet} has no genesis yet`, 'rxctl why says what it waits for');
  }

  nodes(): NodeTable {
    return this.#table;
  }

  genesis(): Uint8Array {
    return this.#genesis;
  }

  /** Looks for nodes that came or went; false when there is no list. */
  async refresh(): Promise<boolean> {
    const name = partName(this.#testnet, 'peers');
    const text = (await configMap(this.#cluster, name))?.data?.[PEERS_KEY];
    if (text === undefined) return false;
    if (text === this.#text) return true;
    const groups = [...nodesOf(text, `ConfigMap ${name}`)].map(async ([group, nodes]) => {
      const here = nodes.map(async ({ node, grpc }) => ({ node, grpc: await this.#addressOf(node, PORT.grpc, grpc) }));
      return [group, await Promise.all(here)] as const;
    });
    this.#table = new Map(await Promise.all(groups));
    this.#text = text;
    return true;
  }

  /** Of a node; `host` is its name within the namespace, with or without a port. */
  async #addressOf(node: string, port: number, host: string): Promise<string> {
    const { isInside, namespace, forwards } = this.#cluster;
    if (isInside) return `${host.split(':')[0]}.${namespace}.svc:${port}`;
    return forwards.address({ namespace, pod: podOfNode(this.#testnet, node), port });
  }
}

/** A port of any pod. */
export async function addressOfPod(
  { isInside, namespace, forwards }: Cluster,
  pod: PodObject,
  port: number,
): Promise<string> {
  const ip = pod.status?.podIP;
  if (isInside && ip !== undefined) return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
  return forwards.address({ namespace, pod: pod.metadata.name, port });
}

/** `g0-n1` runs in the pod demo-g0-1. */
export function podOfNode(testnet: string, node: string): string {
  const [, group, ordinal] = /^g([0-9]+)-n([0-9]+)$/.exec(node) ?? [];
  return podName(testnet, Number(group), Number(ordinal));
}

function configMap({ rest, namespace }: Cluster, name: string): Promise<ConfigMapObject | undefined> {
  return asked(rest.get<ConfigMapObject>(CONFIG_MAPS.resource, { name, namespace }));
}
