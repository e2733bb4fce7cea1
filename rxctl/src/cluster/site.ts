// A Testnet of a cluster as the verbs see it.
import { homedir } from 'node:os';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import {
  CLAIMS,
  DEPLOYMENTS,
  GROUPS,
  JOBS,
  PODS,
  SERVICES,
  SHARD_MAPS,
  STATEFUL_SETS,
  TESTNETS,
  type TestnetObject,
} from '@rexnet/operator/controllers/collections.ts';
import type { Resource } from '@rexnet/operator/kube/resources.ts';
import { LABEL } from '@rexnet/operator/plan/kube/labels.ts';
import { PORT } from '@rexnet/operator/plan/kube/pod.ts';
import type { Io } from '../io.ts';
import { keystoreSecrets, seedSecrets } from '../local/secrets.ts';
import type { NetworkPlace } from '../network-place.ts';
import { fetchText, json } from '../report-bundle.ts';
import type { Obstacle, ReportPart, Site } from '../site.ts';
import { ClusterSource } from '../sources/cluster.ts';
import type { Source } from '../sources/source.ts';
import { asked, Cluster, type ClusterOptions } from './cluster.ts';
import { findTestnet } from './find-testnet.ts';
import { ClusterLogs } from './logs.ts';
import { testnetOf } from './parse-testnet.ts';
import { addressOfPod, ClusterPlace } from './place.ts';
import { type Program, programsOf } from './programs.ts';
import { isAllowed, REACHING_NODES } from './rights.ts';

/** What was made for a Testnet and says how it does; Secrets are never read. */
const REPORTED: readonly Resource[] = [
  GROUPS,
  SHARD_MAPS,
  STATEFUL_SETS,
  DEPLOYMENTS,
  JOBS,
  PODS,
  SERVICES,
  CLAIMS,
].map(({ resource }) => resource);
const METRICS_PORTS: Readonly<Record<string, number>> = {
  node: PORT.metrics,
  miner: PORT.minerMetrics,
  load: PORT.loadMetrics,
};

const NO_FORWARDING: Obstacle = {
  fact: 'you may not ask its nodes: their ports are forwarded by the API server',
  cure: 'it takes the right to create pods/portforward in this namespace, as in the role edit',
};

export class ClusterSite implements Site {
  readonly name: string;
  readonly logs: ClusterLogs;
  readonly cluster: Cluster;
  readonly #io: Io;
  /** As it was when it was found. */
  readonly #object: TestnetObject;

  private constructor(io: Io, cluster: Cluster, object: TestnetObject) {
    this.name = object.metadata.name;
    this.logs = new ClusterLogs(cluster, this.name);
    this.cluster = cluster;
    this.#io = io;
    this.#object = object;
  }

  static async open(io: Io, options: ClusterOptions & { readonly name?: string }): Promise<ClusterSite> {
    const cluster = await Cluster.open(options, io);
    try {
      return new ClusterSite(io, cluster, await findTestnet(cluster, options.name));
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  testnet(): Testnet {
    return testnetOf(this.#object);
  }

  place(): Promise<NetworkPlace> {
    return ClusterPlace.open(this.cluster, this.name);
  }

  async openSource(scaling?: string): Promise<Source> {
    return new ClusterSource({
      cluster: this.cluster,
      testnet: this.name,
      openNetwork: this.#io.openNetwork,
      nowMs: Date.now,
      ...(scaling === undefined ? {} : { scaling }),
    });
  }

  supervisor(): undefined {
    return undefined;
  }

  async obstacle(): Promise<Obstacle | undefined> {
    const { isInside, namespace } = this.cluster;
    if (this.testnet().spec.suspend)
      return {
        fact: `Testnet ${this.name} is suspended: its nodes do not run`,
        cure: `let it go on: kubectl patch tn ${this.name} -n ${namespace} --type merge -p '{"spec": {"suspend": false}}'`,
      };
    return isInside || (await isAllowed(this.cluster, REACHING_NODES)) ? undefined : NO_FORWARDING;
  }

  async reportParts(): Promise<readonly ReportPart[]> {
    const { rest, namespace } = this.cluster;
    const labelSelector = `${LABEL.testnet}=${this.name}`;
    const pods = await asked(rest.list(PODS.resource, { namespace, labelSelector }));
    return [
      {
        name: 'objects/testnet.json',
        make: async () => json(await asked(rest.get(TESTNETS.resource, { name: this.name, namespace }))),
      },
      ...REPORTED.map((resource) => ({
        name: `objects/${resource.plural}.json`,
        make: async () => json((await asked(rest.list(resource, { namespace, labelSelector }))).items),
      })),
      ...programsOf(pods.items).flatMap((program) => this.#metricsOf(program)),
    ];
  }

  /** Dev keys are public by design, and yet keys. */
  secrets(): readonly string[] {
    const home = this.#io.env['HOME'] ?? homedir();
    return [...keystoreSecrets(home), ...seedSecrets(this.testnet().spec.seed)];
  }

  close(): Promise<void> {
    return this.cluster.close();
  }

  #metricsOf({ object, component, pod }: Program): readonly ReportPart[] {
    const port = METRICS_PORTS[component];
    if (port === undefined) return [];
    const make = async (): Promise<string> =>
      fetchText(`http://${await addressOfPod(this.cluster, pod, port)}/metrics`);
    return [{ name: `metrics/${object}.txt`, make }];
  }
}
