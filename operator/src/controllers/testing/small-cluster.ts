// The controllers over the fake API server, with nodes that answer what a test wants. It plays the part of kubelets and of
// Kubernetes' own controllers as far as tests ask for it.

import type { NodeAnswer } from '../../ask/answer.ts';
import { Asker } from '../../ask/asker.ts';
import { type Clock, systemClock } from '../../kube/clock.ts';
import { type KubeObject, keyOf, type Resource } from '../../kube/resources.ts';
import { RestClient } from '../../kube/rest.ts';
import { FakeApi } from '../../kube/testing/fake-api.ts';
import { labelsOf } from '../../plan/kube/labels.ts';
import { CONFIG_MAPS, DEPLOYMENTS, GROUPS, JOBS, PODS, SECRETS, STATEFUL_SETS, TESTNETS } from '../collections.ts';
import { groupController } from '../consensus-group.ts';
import type { Controller } from '../controller.ts';
import { type Pass, Runtime } from '../runtime.ts';
import { testnetController } from '../testnet.ts';

export const NAMESPACE = 'lab';
export const IMAGES = { image: 'rexnet:1', bitcoindImage: 'bitcoind:1', imagePullPolicy: 'IfNotPresent' } as const;

/** What a stored object of any kind shows a test. */
export type Shown = KubeObject & {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
      readonly observedGeneration?: number;
    }[];
    readonly [field: string]: unknown;
  };
};

export type Proposed = { readonly addresses: readonly string[]; readonly transaction: Uint8Array };

export type SmallCluster = {
  readonly api: FakeApi;
  /** Of every pass that failed. */
  readonly failures: readonly Pass[];
  readonly firstBlocks: readonly string[];
  /** What nodes answer, by `host:port`. */
  readonly answers: Map<string, NodeAnswer>;
  /** Map updates that nodes were told of. */
  readonly proposed: readonly Proposed[];
  /** What a node says to one; it takes them all unless a test says otherwise. Throws ProposalError. */
  onProposal: (proposed: Proposed) => void;
  show(resource: Resource, name: string): Shown | undefined;
  /** Writes a Testnet as a person does: another spec is another generation. */
  testnet(name: string, spec: unknown, createdMsAgo?: number): void;
  /** A pod of a node, ready on a machine. */
  pod(testnet: string, group: number, ordinal: number, more?: { readonly isReady?: boolean }): void;
  condition(resource: Resource, name: string, type: string): string | undefined;
  /** Ends the controllers, whatever they are doing, and leaves the server. */
  kill(): Promise<void>;
  end(): Promise<void>;
};

export const RESOURCE = {
  testnets: TESTNETS.resource,
  groups: GROUPS.resource,
  configMaps: CONFIG_MAPS.resource,
  statefulSets: STATEFUL_SETS.resource,
  deployments: DEPLOYMENTS.resource,
  jobs: JOBS.resource,
  pods: PODS.resource,
  secrets: SECRETS,
} as const;

export function answerOf(
  group: number,
  height: number,
  owners: readonly number[],
  groups: readonly number[],
): NodeAnswer {
  return {
    group,
    height,
    tipTimestampMs: Date.now(),
    inSync: true,
    epoch: 0,
    owners,
    bitcoinHeight: 5,
    networkId: '00000000',
    groups: groups.map((one) => ({ group: one, height, timestampMs: Date.now() })),
  };
}

/** `clock`: of the controllers and of who asks nodes; requests keep the real one. */
export type SmallOptions = { readonly more?: readonly Controller[]; readonly clock?: Clock };

export async function smallCluster(options: SmallOptions = {}): Promise<SmallCluster> {
  return controllersOver(await FakeApi.start(), options);
}

/** Over a server that has served others before; it ends with them. */
export function controllersOver(api: FakeApi, { more = [], clock = systemClock }: SmallOptions = {}): SmallCluster {
  const stop = new AbortController();
  const random = () => 0.5;
  const rest = new RestClient({ access: api.access, clock: systemClock, random, userAgent: 'test' });
  const failures: Pass[] = [];
  const firstBlocks: string[] = [];
  const answers = new Map<string, NodeAnswer>();
  const proposed: Proposed[] = [];
  const proposals = {
    propose: async (addresses: readonly string[], transaction: Uint8Array) => {
      const one = { addresses, transaction };
      proposed.push(one);
      small.onProposal(one);
    },
  };
  const asker = new Asker({
    source: { ask: async (address) => answers.get(address), close: () => {} },
    clock,
    random,
    onHeard: (group) => {
      runtime.enqueue('consensusgroup', group, 0);
      runtime.enqueue('testnet', group.replace(/-g\d+$/, ''), 0);
    },
  });
  const seeing = { knowledge: asker, seesMachines: true, images: IMAGES };
  const controllers = [
    testnetController({ ...seeing, proposals, onFirstBlock: (key) => firstBlocks.push(key) }),
    groupController(seeing),
    ...more,
  ];
  const runtime = new Runtime(controllers, {
    rest,
    clock,
    random,
    namespaces: [],
    instance: 'test',
    onPass: (pass) => {
      if (pass.error !== undefined) failures.push(pass);
    },
  });
  const running = Promise.all([runtime.run(stop.signal), asker.run(stop.signal)]);
  const show = (resource: Resource, name: string) => api.object(resource, name, NAMESPACE) as Shown | undefined;
  const small: SmallCluster = {
    api,
    failures,
    firstBlocks,
    answers,
    proposed,
    onProposal: () => {},
    show,
    testnet(name, spec, createdMsAgo = 0) {
      const before = show(RESOURCE.testnets, name);
      const metadata = {
        creationTimestamp: new Date(Date.now() - createdMsAgo).toISOString(),
        ...before?.metadata,
        name,
        namespace: NAMESPACE,
      };
      const object = { ...before, apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata, spec };
      api.put(RESOURCE.testnets, object as KubeObject);
    },
    pod(testnet, group, ordinal, { isReady = true } = {}) {
      const name = `${testnet}-g${group}-${ordinal}`;
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: NAMESPACE, labels: labelsOf(testnet, 'node', group) },
        spec: { nodeName: 'machine', containers: [{ name: 'rxd', image: IMAGES.image }] },
        status: { phase: 'Running', podIP: name, conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
      };
      api.put(RESOURCE.pods, pod as KubeObject);
    },
    condition(resource, name, type) {
      const found = show(resource, name)?.status?.conditions?.find((one) => one.type === type);
      return found === undefined ? undefined : `${found.status} ${found.reason}`;
    },
    async kill() {
      stop.abort();
      await running;
      rest.close();
    },
    async end() {
      await this.kill();
      await api.stop();
    },
  };
  return small;
}

export function keyIn(name: string): string {
  return keyOf({ namespace: NAMESPACE, name });
}
