// The generators of one point: one Job each, with accounts and payments of its own, and what they are told. Each leaves its
// reading in its termination message. They belong to the Testnet of the point and go with it.
import type { V1ConfigMap, V1Job, V1OwnerReference, V1PodTemplateSpec } from '@kubernetes/client-node';
import { drainSecondsAfter, OFFERED_OVER_CAPACITY } from '@rexnet/load/verdict/offered.ts';
import { userGas } from '@rexnet/node/chain/gas.ts';
import { CONSTANTS } from '@rexnet/node/chain/genesis.ts';
import { parseDuration } from '@rexnet/node/core/duration.ts';
import { API_VERSION } from '../api/definition.ts';
import type { LoadTestSpec } from '../api/load-test.ts';
import type { Testnet } from '../api/testnet.ts';
import {
  GENERATOR_FILES,
  generatorAmount,
  generatorContainer,
  generatorVolumes,
  orderKey,
  orderText,
} from './kube/generator-pod.ts';
import type { KubeFacts } from './kube/input.ts';
import { LABEL, type Labels } from './kube/labels.ts';
import { loadPlacement } from './kube/placement.ts';
import { PORT, podFrame, podMeta } from './kube/pod.ts';
import { LOAD_TEST_LABEL, loadTestLabels, orderName, runName } from './load-test-names.ts';

export type PointParts = {
  readonly loadTest: { readonly name: string; readonly spec: LoadTestSpec };
  /** The Testnet of the point. */
  readonly point: Testnet & { readonly uid: string };
  readonly facts: Pick<KubeFacts, 'namespace' | 'image' | 'imagePullPolicy'>;
};

/** The kubelet reads it when the container has ended. */
const TERMINATION_MESSAGE = '/dev/termination-log';
/** In profile Open where nothing else is said: it shows something wherever it runs; what the nodes can do takes a search. */
export const OPEN_TPS_PER_GROUP = 1_000;
/** Giving the accounts what the workload needs, then comparing balances. */
const PREPARE_MAX_SECONDS = 300;
const COMPARE_MAX_SECONDS = 90;
/** Less than a transaction has ever cost: an estimate of the rate must not be too low. */
const GAS_MIN = 25_000n;
const SECOND_MS = 1_000;

/** As many as the Testnet has for its own load. */
export function generatorsOf({ spec }: Pick<Testnet, 'spec'>): number {
  return spec.load.generators;
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
    data: Object.fromEntries(indexes.map((index) => [orderKey(index), orderOf(parts, index)])),
  };
  return [order, ...indexes.map((index) => job(parts, index))];
}

function orderOf({ loadTest, point }: PointParts, generator: number): string {
  const { workload, crossGroupPercent, warmUp } = loadTest.spec;
  const generators = generatorsOf(point);
  return orderText(
    { workload, generator, generators, seed: point.spec.seed },
    {
      // What one offers while others prepare is measured by nobody.
      ...(generators > 1 ? { startTogether: true } : {}),
      ...rateOf(loadTest.spec),
      // A single group has nothing to cross to.
      ...(crossGroupPercent === undefined || point.spec.groups === 1 ? {} : { crossGroupPercent }),
      seconds: offeringSeconds(loadTest.spec),
      warmUpSeconds: seconds(warmUp),
      drainSeconds: drainSeconds(loadTest.spec),
      verifyBalances: true,
      progress: GENERATOR_FILES.progress,
      summary: TERMINATION_MESSAGE,
    },
  );
}

/** Of all generators together. */
function rateOf({
  profile,
  tpsPerGroup,
}: LoadTestSpec): { readonly tpsPerGroup: number } | { readonly overCapacity: number } {
  if (tpsPerGroup !== undefined) return { tpsPerGroup };
  return profile === 'Open' ? { tpsPerGroup: OPEN_TPS_PER_GROUP } : { overCapacity: OFFERED_OVER_CAPACITY };
}

function drainSeconds(spec: LoadTestSpec): number {
  return drainSecondsAfter(offeringSeconds(spec));
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
  const tps = tpsMax(loadTest.spec, point) / generatorsOf(point);
  return {
    metadata: { ...pod, labels: { ...pod.labels, ...own } },
    spec: {
      ...podFrame({ testnet: point }),
      ...loadPlacement(point),
      restartPolicy: 'Never',
      containers: [
        {
          ...generatorContainer(facts, index, generatorAmount('measurement', tps)),
          terminationMessagePath: TERMINATION_MESSAGE,
          // Whoever ends before he can say why has said something last.
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
      volumes: generatorVolumes(point.name, orderName(point.name)),
    },
  };
}

/** What may be offered to all groups together. */
function tpsMax({ profile, tpsPerGroup }: LoadTestSpec, { spec }: Testnet): number {
  if (tpsPerGroup !== undefined) return tpsPerGroup * spec.groups;
  if (profile === 'Open') return OPEN_TPS_PER_GROUP * spec.groups;
  const perBlock = Number(userGas({ ...CONSTANTS, blockGas: BigInt(spec.chain.blockGas) }) / GAS_MIN);
  return (OFFERED_OVER_CAPACITY * perBlock * spec.groups) / seconds(spec.chain.blockInterval);
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

/** The schema has checked the text already. */
function seconds(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new RangeError(`${text} is no duration`);
  return parsed / SECOND_MS;
}
