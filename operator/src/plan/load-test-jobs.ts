// The generators of one point: one Job each, with an owner, accounts and payments of its own, and what they are told. Each leaves its
// reading in its termination message. They belong to the Testnet of the point and go with it.
import type { V1ConfigMap, V1Job, V1OwnerReference, V1PodTemplateSpec } from '@kubernetes/client-node';
import { userGas } from '@rexnet/node/chain/gas.ts';
import { CONSTANTS } from '@rexnet/node/chain/genesis.ts';
import { DEV_KEYS, loadAccountCount } from '@rexnet/node/chain/keys.ts';
import { parseDuration } from '@rexnet/node/core/duration.ts';
import { API_VERSION } from '../api/definition.ts';
import type { LoadTestSpec } from '../api/load-test.ts';
import type { Testnet } from '../api/testnet.ts';
import type { KubeFacts } from './kube/input.ts';
import { LABEL, type Labels } from './kube/labels.ts';
import { loadPlacement } from './kube/placement.ts';
import { EVERY_ADDRESS, FILES, networkVolumes, ourContainer, PORT, PROGRAM, podFrame, podMeta } from './kube/pod.ts';
import type { Amount } from './kube/resources.ts';
import { LOAD_TEST_LABEL, loadTestLabels, orderName, runName } from './load-test-names.ts';
import { CONTRACT_OF, SHIPPED } from './shipped.ts';

export type PointParts = {
  readonly loadTest: { readonly name: string; readonly spec: LoadTestSpec };
  /** The Testnet of the point. */
  readonly point: Testnet & { readonly uid: string };
  readonly facts: Pick<KubeFacts, 'namespace' | 'image' | 'imagePullPolicy'>;
};

const ORDER_DIR = '/etc/rexnet/load';
const RUN_DIR = '/run/load';
const RUN_SIZE = '64Mi';
/** The kubelet reads it when the container has ended. */
const TERMINATION_MESSAGE = '/dev/termination-log';
/** As `rxctl bench scale`: more than the protocol allows, so that the cap is what is measured. */
const OVER_CAPACITY = 1.2;
const OPEN_TPS_PER_GROUP = 1_000;
/** Of each group. */
const ACCOUNTS = 100;
const ACCOUNTS_MIN = 2;
/** Accounts fall on groups by their keys: some groups have fewer than their share. */
const SURE_SHARE = 0.5;
/** What is under way when the offering ends takes some beats, and what was offered above capacity as long as it did. */
const TAIL_SECONDS = 15;
/** Giving the accounts what the workload needs, then comparing balances. */
const PREPARE_MAX_SECONDS = 300;
const COMPARE_MAX_SECONDS = 90;
/** Less than a transaction has ever cost: an estimate of the rate must not be too low. */
const GAS_MIN = 25_000n;
/** Bursts of every beat, besides what a transaction costs: a generator that is stopped in between measures nothing. */
const BASE_MILLI = 500;
const MILLI_PER_TPS = 0.4;
const CPU_STEP_MILLI = 50;
const MEMORY = '384Mi';
const SECOND_MS = 1_000;

/** As many as the Testnet has for its own load, and no more than there are keys to own what they hand out. */
export function generatorsOf({ spec }: Pick<Testnet, 'spec'>): number {
  return Math.min(spec.load.generators, DEV_KEYS.length);
}

export function offeringSeconds({ warmUp, duration }: Pick<LoadTestSpec, 'warmUp' | 'duration'>): number {
  return seconds(warmUp) + seconds(duration);
}

/** Of the Testnet of a point: pulling images, first blocks of all groups, contracts. */
export const READY_MAX_SECONDS = 300;
/** Beyond what its Jobs may take. */
const SLACK_SECONDS = 60;

/** From the creation of its Testnet to the reading, whatever happens. */
export function pointMaxSeconds(spec: LoadTestSpec): number {
  return READY_MAX_SECONDS + runMaxSeconds(spec) + SLACK_SECONDS;
}

/** From the start of its pod to its end, whatever happens. */
export function runMaxSeconds(spec: LoadTestSpec): number {
  return PREPARE_MAX_SECONDS + offeringSeconds(spec) + drainSeconds(spec) + COMPARE_MAX_SECONDS;
}

export function generatorJobs(parts: PointParts): readonly (V1ConfigMap | V1Job)[] {
  const indexes = Array.from({ length: generatorsOf(parts.point) }, (_, index) => index);
  const order: V1ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metaOf(parts, orderName(parts.point.name)),
    data: Object.fromEntries(indexes.map((index) => [keyOf(index), orderOf(parts, index)])),
  };
  return [order, ...indexes.map((index) => job(parts, index))];
}

/** As load's own LoadSpecFile. */
export function orderOf({ loadTest, point }: PointParts, index: number): string {
  const { workload, crossGroupPercent, warmUp } = loadTest.spec;
  const generators = generatorsOf(point);
  const contract = CONTRACT_OF[workload];
  const accounts = accountsOf(point.spec.groups, generators);
  const others = DEV_KEYS.slice(1, generators);
  const order = {
    genesis: FILES.genesis,
    peers: FILES.peers,
    workload,
    ...(contract === undefined ? {} : { contract: `${contract}.${SHIPPED[contract]?.contract}` }),
    // The first of the keys deploys contracts, and owns what the others hand out.
    owner: DEV_KEYS[index],
    ...(index === 0 && others.length > 0 ? { funds: others } : {}),
    ...rateOf(loadTest.spec, generators),
    // A single group has nothing to cross to.
    ...(crossGroupPercent === undefined || point.spec.groups === 1 ? {} : { crossGroupPercent }),
    seconds: offeringSeconds(loadTest.spec),
    warmUpSeconds: seconds(warmUp),
    drainSeconds: drainSeconds(loadTest.spec),
    accountsPerGroup: accounts,
    skipAccountsPerGroup: accounts * index,
    seed: point.spec.seed + index,
    verifyBalances: true,
    report: `${RUN_DIR}/report.json`,
    progress: `${RUN_DIR}/progress.log`,
    summary: TERMINATION_MESSAGE,
  };
  return `${JSON.stringify(order, undefined, 2)}\n`;
}

function accountsOf(groups: number, generators: number): number {
  const sure = Math.floor((SURE_SHARE * loadAccountCount(groups)) / groups / generators);
  return Math.max(ACCOUNTS_MIN, Math.min(ACCOUNTS, sure));
}

function rateOf(
  { profile, tpsPerGroup }: LoadTestSpec,
  generators: number,
): { readonly tpsPerGroup: number } | { readonly overCapacity: number } {
  if (tpsPerGroup !== undefined) return { tpsPerGroup: tpsPerGroup / generators };
  if (profile === 'Open') return { tpsPerGroup: OPEN_TPS_PER_GROUP / generators };
  return { overCapacity: OVER_CAPACITY / generators };
}

function drainSeconds(spec: LoadTestSpec): number {
  return Math.ceil((OVER_CAPACITY - 1) * offeringSeconds(spec)) + TAIL_SECONDS;
}

function job(parts: PointParts, index: number): V1Job {
  const meta = metaOf(parts, runName(parts.point.name, index));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...meta, labels: { ...meta.labels, [LABEL.generator]: String(index) } },
    spec: {
      // A generator that begins again finds accounts that have paid: it would measure something else.
      backoffLimit: 0,
      activeDeadlineSeconds: runMaxSeconds(parts.loadTest.spec),
      template: podTemplate(parts, index),
    },
  };
}

function podTemplate({ loadTest, point, facts }: PointParts, index: number): V1PodTemplateSpec {
  const own: Labels = {
    [LABEL.generator]: String(index),
    [LOAD_TEST_LABEL.loadTest]: loadTest.name,
  };
  const pod = podMeta(point.name, 'load', { metrics: PORT.loadMetrics });
  const container = ourContainer(
    { facts },
    {
      name: 'load',
      image: facts.image,
      args: [
        PROGRAM.load,
        '--spec',
        `${ORDER_DIR}/${keyOf(index)}`,
        '--metrics',
        `${EVERY_ADDRESS}:${PORT.loadMetrics}`,
      ],
      amount: amountOf(loadTest.spec, point),
      metrics: PORT.loadMetrics,
      mounts: [
        { name: 'order', mountPath: ORDER_DIR, readOnly: true },
        { name: 'run', mountPath: RUN_DIR },
      ],
    },
  );
  return {
    metadata: { ...pod, labels: { ...pod.labels, ...own } },
    spec: {
      ...podFrame({ testnet: point }),
      ...loadPlacement(point),
      restartPolicy: 'Never',
      containers: [
        {
          ...container,
          terminationMessagePath: TERMINATION_MESSAGE,
          // Whoever ends before he can say why has said something last.
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
      volumes: [
        ...networkVolumes(point.name),
        { name: 'order', configMap: { name: orderName(point.name) } },
        { name: 'run', emptyDir: { sizeLimit: RUN_SIZE } },
      ],
    },
  };
}

function amountOf(spec: LoadTestSpec, point: Testnet): Amount {
  const milli = BASE_MILLI + (tpsMax(spec, point) / generatorsOf(point)) * MILLI_PER_TPS;
  return { cpu: `${Math.ceil(milli / CPU_STEP_MILLI) * CPU_STEP_MILLI}m`, memory: MEMORY };
}

/** What may be offered to all groups together. */
function tpsMax({ profile, tpsPerGroup }: LoadTestSpec, { spec }: Testnet): number {
  if (tpsPerGroup !== undefined) return tpsPerGroup * spec.groups;
  if (profile === 'Open') return OPEN_TPS_PER_GROUP * spec.groups;
  const perBlock = Number(userGas({ ...CONSTANTS, blockGas: BigInt(spec.chain.blockGas) }) / GAS_MIN);
  return (OVER_CAPACITY * perBlock * spec.groups) / seconds(spec.chain.blockInterval);
}

function metaOf(
  { loadTest, point, facts }: PointParts,
  name: string,
): NonNullable<V1Job['metadata']> & { labels: Record<string, string> } {
  const owner: V1OwnerReference = {
    apiVersion: API_VERSION,
    kind: 'Testnet',
    name: point.name,
    uid: point.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    name,
    namespace: facts.namespace,
    labels: loadTestLabels(loadTest.name, loadTest.spec.testnet),
    ownerReferences: [owner],
  };
}

function keyOf(index: number): string {
  return `load-${index}.json`;
}

/** The schema has checked the text already. */
function seconds(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new RangeError(`${text} is no duration`);
  return parsed / SECOND_MS;
}
