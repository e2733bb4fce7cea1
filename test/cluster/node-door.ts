// How a test asks single nodes of a Testnet on a real cluster: their figures through the API server, which reaches pods also while their
// machine's kubelet is dead, and their blocks over forwarded ports. It changes nothing.
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { NodeRpc } from '@rexnet/node/rpc/node-client.ts';
import { type Access, accessOf, loadKubeConfig } from '@rexnet/operator/kube/access.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { PortForwards, tunnelThrough } from '@rexnet/operator/kube/port-forward.ts';
import { RestClient } from '@rexnet/operator/kube/rest.ts';
import { PORT } from '@rexnet/operator/plan/kube/pod.ts';
import { type Figures, parseMetrics } from '../../rxctl/src/sources/metrics-text.ts';
import type { Cluster } from './cluster-type.ts';

const ANSWER_MAX_MS = 3_000;
/** The first question to a pod opens the way to it. */
const BLOCK_MAX_MS = 15_000;

export class NodeDoor {
  readonly rest: RestClient;
  readonly #namespace: string;
  readonly #access: Access;
  readonly #forwards: PortForwards;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(namespace: string, access: Access, forwards: PortForwards) {
    this.#namespace = namespace;
    this.#access = access;
    this.#forwards = forwards;
    this.rest = new RestClient({ access, clock: systemClock, random: Math.random, userAgent: 'rexnet-tests' });
  }

  static async open({ kubeconfig }: Cluster, namespace: string): Promise<NodeDoor> {
    const config = await loadKubeConfig({ kubeconfig });
    return new NodeDoor(namespace, accessOf(config, systemClock.now), new PortForwards(tunnelThrough(config)));
  }

  /** Of series with these names; undefined when the pod does not answer. */
  async figures(pod: string, names: ReadonlySet<string>, port: number = PORT.metrics): Promise<Figures | undefined> {
    try {
      const path = `/api/v1/namespaces/${this.#namespace}/pods/${pod}:${port}/proxy/metrics`;
      const answer = await this.#get(path);
      return answer === undefined ? undefined : parseMetrics(answer, names);
    } catch {
      return undefined;
    }
  }

  /** Hex id of the block a node has on its chain at a height. */
  async blockId(pod: string, height: number): Promise<string> {
    const node = new NodeRpc(await this.#forwards.address({ namespace: this.#namespace, pod, port: PORT.grpc }));
    try {
      return toHex((await node.getBlock({ height }, { deadlineMs: BLOCK_MAX_MS })).id);
    } finally {
      node.close();
    }
  }

  async close(): Promise<void> {
    this.rest.close();
    this.#agent.destroy();
    await this.#forwards.close();
  }

  async #get(path: string): Promise<string | undefined> {
    const { tls, headers } = await this.#access.credentials();
    const signal = AbortSignal.timeout(ANSWER_MAX_MS);
    return new Promise((resolve, reject) => {
      const asking = request(
        new URL(path, this.#access.server),
        { ...tls, headers: { ...headers }, agent: this.#agent, signal },
        (response) => {
          text(response).then((body) => resolve(response.statusCode === 200 ? body : undefined), reject);
        },
      );
      asking.once('error', reject);
      asking.end();
    });
  }
}
