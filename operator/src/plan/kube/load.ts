// The generators of spec.load: one Deployment and one spec each, because each has its own accounts and its own payments. They wait
// for the contracts they call.
import { createHash } from 'node:crypto';
import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import type { LoadPlan } from '../load.ts';
import { askedOfGenerators } from './asked.ts';
import { generatorAmount, generatorContainer, generatorVolumes, orderKey, orderText } from './generator-pod.ts';
import type { KubeInput } from './input.ts';
import { remembering } from './kept-pods.ts';
import { LABEL, type Labels, selectorOf } from './labels.ts';
import { generatorName, partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { loadPlacement } from './placement.ts';
import { PORT, podFrame, podMeta, restartMark } from './pod.ts';

const SPEC_HASH = 'rexnet.dev/spec-hash';
/** What it offers: a contract more in the list is no reason to stop one whose contract is there. */
export const WORKLOAD = 'rexnet.dev/workload';
/** A pod must be gone before its grace is over. */
const DRAIN_SECONDS = 2;
const REVISIONS_KEPT = 3;

/** None without load. */
export function loadObjects(input: KubeInput): readonly (V1ConfigMap | V1Deployment)[] {
  const { load } = input.plan;
  if (load === undefined) return [];
  const specs = Array.from({ length: load.generators }, (_, index) => specOf(input, load, index));
  const configMap: V1ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: testnetMeta(input, partName(input.testnet.name, 'load'), 'load'),
    data: Object.fromEntries(specs.map((text, index) => [orderKey(index), text])),
  };
  return [configMap, ...specs.map((text, index) => generator(input, load, index, text))];
}

function specOf({ testnet }: KubeInput, load: LoadPlan, generator: number): string {
  const { workload, tps, generators, crossGroupPercent } = load;
  return orderText(
    { workload, generator, generators, seed: testnet.spec.seed },
    {
      tps,
      ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
      drainSeconds: DRAIN_SECONDS,
      verifyBalances: false,
    },
  );
}

function generator(input: KubeInput, load: LoadPlan, index: number, text: string): V1Deployment {
  const { testnet, plan, facts } = input;
  const isWaiting = load.workload !== 'Transfer' && !facts.contractsDeployed;
  const own: Labels = { [LABEL.generator]: String(index) };
  const meta = testnetMeta(input, generatorName(testnet.name, index), 'load');
  const annotations = { ...restartMark(facts), [SPEC_HASH]: createHash('sha256').update(text).digest('hex') };
  const pod = podMeta(testnet.name, 'load', { metrics: PORT.loadMetrics, annotations });
  const deployment: V1Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...meta, labels: { ...meta.labels, ...own }, annotations: { [WORKLOAD]: load.workload } },
    spec: {
      replicas: plan.suspended || isWaiting ? 0 : 1,
      selector: { matchLabels: { ...selectorOf(testnet.name, 'load'), ...own } },
      // Two with the same accounts would spend each other's nonces.
      strategy: { type: 'Recreate' },
      revisionHistoryLimit: REVISIONS_KEPT,
      template: {
        metadata: { ...pod, labels: { ...pod.labels, ...own } },
        spec: {
          ...podFrame(input),
          ...loadPlacement(testnet),
          containers: [generatorContainer(facts, index, generatorAmount('load', load.tps / load.generators))],
          volumes: generatorVolumes(testnet.name, partName(testnet.name, 'load')),
        },
      },
    },
  };
  return remembering(deployment, askedOfGenerators(input, load));
}
