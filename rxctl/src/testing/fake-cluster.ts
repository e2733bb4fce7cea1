// A Testnet in an API server that does not exist: the objects an operator would have made for two groups, over real HTTP, and a
// kubeconfig that leads there. For tests of the verbs with --kube.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeGenesis } from '@rexnet/node/chain/genesis.ts';
import { parseTestnet } from '@rexnet/operator/api/parse.ts';
import {
  CONFIG_MAPS,
  GROUPS,
  PODS,
  type PodObject,
  SHARD_MAPS,
  TESTNETS,
} from '@rexnet/operator/controllers/collections.ts';
import type { KubeObject, Resource } from '@rexnet/operator/kube/resources.ts';
import { answer, FakeApi } from '@rexnet/operator/kube/testing/fake-api.ts';
import { LABEL, labelsOf } from '@rexnet/operator/plan/kube/labels.ts';
import { groupName, nodeHost, partName, podName } from '@rexnet/operator/plan/kube/names.ts';
import { GENESIS_KEY, PEERS_KEY, PORT } from '@rexnet/operator/plan/kube/pod.ts';
import { planTestnet } from '@rexnet/operator/plan/plan.ts';
import { EVENTS } from '../cluster/event-sights.ts';
import type { Io } from '../io.ts';
import { runRxctl } from '../main.ts';
import type { Network } from '../network.ts';
import type { NetworkPlace } from '../network-place.ts';
import { FakeNetwork } from './fake-network.ts';
import { Sink } from './sink.ts';
import type { Ran } from './verb-runner.ts';

type RunOptions = { readonly network?: Network; readonly program?: string; readonly signal?: AbortSignal };

export const NAMESPACE = 'lab';
const NAME = 'demo';
/** Two looks of `top --once` lie some beats apart. */
const BRISK = { blockInterval: '200ms' };
const KEY = new Uint8Array(32);
export const BORN = '2026-11-21T12:00:00Z';
const API_VERSION = 'rexnet.dev/v1alpha1';

export type Condition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
};
export const WELL: readonly Condition[] = [
  { type: 'Ready', status: 'True', reason: 'BlocksGrow', message: 'All 2 groups make blocks.' },
  { type: 'FirstBlock', status: 'True', reason: 'AllGroups', message: 'Every group had its first block after 9.1s.' },
  { type: 'ContractsReady', status: 'True', reason: 'AllDeployed', message: 'token deployed.' },
  {
    type: 'DataSafe',
    status: 'False',
    reason: 'SingleCopyInMemory',
    message: 'The only copy lies in memory; set nodesPerGroup to 2.',
  },
  { type: 'Degraded', status: 'False', reason: 'AsItShouldBe', message: 'Nothing is missing.' },
];

export class FakeCluster {
  readonly api: FakeApi;
  readonly cwd: string;
  readonly kubeconfig: string;
  /** What verbs were told to talk to. */
  readonly places: NetworkPlace[] = [];
  /** Whether ports of pods are forwarded to this person. */
  mayReachNodes = true;
  /** What pods have written, by pod. */
  readonly logs = new Map<string, string>();

  private constructor(api: FakeApi) {
    this.api = api;
    this.cwd = mkdtempSync(join(tmpdir(), 'rexnet-cluster-'));
    this.kubeconfig = join(this.cwd, 'config');
    const { server } = api.access;
    const context = { cluster: 'fake', user: 'me', namespace: NAMESPACE };
    writeFileSync(
      this.kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'fake', cluster: { server: server.origin } }],
        users: [{ name: 'me', user: {} }],
        contexts: [{ name: 'here', context }],
        'current-context': 'here',
      }),
    );
    api.fault = ({ path, query }, response) => {
      if (path.endsWith('/selfsubjectaccessreviews')) {
        answer(response, 201, { metadata: {}, status: { allowed: this.mayReachNodes } });
        return true;
      }
      const pod = /\/pods\/([^/]+)\/log$/.exec(path)?.[1];
      if (pod === undefined) return false;
      const lines = (this.logs.get(pod) ?? '').split('\n').filter((line) => line !== '');
      const newest = Number(query.get('tailLines') ?? lines.length);
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(newest === 0 ? '' : lines.slice(-newest).join('\n'));
      return true;
    };
  }

  static async start(): Promise<FakeCluster> {
    return new FakeCluster(await FakeApi.start());
  }

  /** As a person has applied it, and nobody has looked at it. */
  apply(spec: Readonly<Record<string, unknown>> = {}): void {
    this.#put(TESTNETS.resource, NAME, { spec: { groups: 2, chain: BRISK, contracts: [{ name: 'token' }], ...spec } });
  }

  /** What the operator makes of it: files, groups, pods, status. */
  reconcile(conditions: readonly Condition[] = WELL): void {
    const testnet = this.api.object(TESTNETS.resource, NAME, NAMESPACE);
    if (testnet === undefined) throw new Error('nothing has been applied');
    const parsed = parseTestnet({ ...testnet, metadata: { name: NAME } });
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    const facts = { bitcoind: { kind: 'found' }, governance: KEY, compilerHash: KEY } as const;
    const planned = planTestnet(parsed.testnet, facts);
    if ('refusal' in planned) throw new Error(planned.refusal.message);
    const { plan } = planned;
    const genesis = Buffer.from(makeGenesis({ ...plan.genesis, accounts: [] })).toString('base64');
    this.#put(CONFIG_MAPS.resource, partName(NAME, 'genesis'), { binaryData: { [GENESIS_KEY]: genesis } });
    const peers = plan.groups.map(({ group, nodes }) => [
      group,
      nodes.map(({ name, ordinal }) => {
        const host = nodeHost(NAME, group, ordinal);
        return { node: name, grpc: `${host}:${PORT.grpc}`, peer: `${host}:${PORT.peer}` };
      }),
    ]);
    const text = JSON.stringify({ groups: Object.fromEntries(peers) });
    this.#put(CONFIG_MAPS.resource, partName(NAME, 'peers'), { data: { [PEERS_KEY]: text } });
    for (const { group, nodes } of plan.groups) {
      const known = nodes.map(({ ordinal }) => ({ ordinal, height: 40 + group, state: 'InSync', machine: 'w1' }));
      this.#put(GROUPS.resource, groupName(NAME, group), {
        spec: { testnet: NAME, index: group, replicas: nodes.length },
        status: { partitions: 128, tps: '12.5', nodes: known },
      });
      for (const { ordinal } of nodes)
        this.pod(podName(NAME, group, ordinal), 'node', { group, machine: `w${group + 1}` });
    }
    this.#put(SHARD_MAPS.resource, NAME, { spec: { testnet: NAME, partitions: 256 }, status: { epoch: 3 } });
    this.pod('demo-miner-7d9f-abcde', 'miner', { machine: 'w1' });
    this.status(conditions);
  }

  status(conditions: readonly Condition[]): void {
    const before = this.api.object(TESTNETS.resource, NAME, NAMESPACE) as KubeObject & { readonly spec: unknown };
    const dated = conditions.map((each) => ({ ...each, observedGeneration: 1, lastTransitionTime: BORN }));
    const status = {
      observedGeneration: 1,
      minHeight: 40,
      firstBlockAfter: '9.1s',
      bitcoinText: 'btc#312',
      conditions: dated,
    };
    this.#put(TESTNETS.resource, NAME, { spec: before.spec, status });
  }

  pod(
    name: string,
    component: 'node' | 'miner' | 'load' | 'contracts',
    {
      group,
      machine,
      status = RUNNING,
    }: { readonly group?: number; readonly machine?: string; readonly status?: PodObject['status'] },
  ): void {
    const labels = { ...labelsOf(NAME, component, group), ...(component === 'load' ? { [LABEL.generator]: '0' } : {}) };
    this.#put(PODS.resource, name, { spec: machine === undefined ? {} : { nodeName: machine }, status }, labels);
  }

  event(kind: string, name: string, reason: string, note: string, more: Readonly<Record<string, unknown>> = {}): void {
    const event = {
      involvedObject: { kind, name },
      reason,
      message: note,
      type: 'Normal',
      eventTime: '2026-11-21T12:00:05.000000Z',
      ...more,
    };
    this.#put(EVENTS, `${name}.${reason}`.toLowerCase(), event);
  }

  put(resource: Resource, name: string, rest: Readonly<Record<string, unknown>>): void {
    this.#put(resource, name, rest);
  }

  /** One verb, as a shell in a folder without networks would run it. */
  async run(
    args: readonly string[],
    { network = new FakeNetwork(), program, signal = new AbortController().signal }: RunOptions = {},
  ): Promise<Ran> {
    const stdout = new Sink(false);
    const stderr = new Sink(false);
    const io: Io = {
      ...{ stdout, stderr, stdin: process.stdin, cwd: this.cwd, exitCode: 0 },
      env: { HOME: this.cwd },
      signal,
      openNetwork: async (place) => {
        this.places.push(place);
        return network;
      },
      ...(program === undefined ? {} : { program }),
    };
    const code = await runRxctl(['--kubeconfig', this.kubeconfig, '--kube', ...args], io);
    return { code, out: stdout.text, err: stderr.text };
  }

  async stop(): Promise<void> {
    await this.api.stop();
    rmSync(this.cwd, { recursive: true, force: true });
  }

  #put(
    resource: Resource,
    name: string,
    rest: Readonly<Record<string, unknown>>,
    labels: Readonly<Record<string, string>> = { [LABEL.testnet]: NAME },
  ): void {
    const apiVersion = resource.group === 'rexnet.dev' ? API_VERSION : resource.version;
    const metadata = { name, namespace: NAMESPACE, generation: 1, creationTimestamp: BORN, labels };
    this.api.put(resource, { apiVersion, kind: resource.kind, metadata, ...rest });
  }
}

const RUNNING: PodObject['status'] = {
  phase: 'Running',
  containerStatuses: [{ name: 'rxd', image: '', imageID: '', ready: true, restartCount: 1, state: { running: {} } }],
};
