// The generators of spec.load: one Deployment and one spec each, because each has its own accounts and its own payments. They wait
// for the contracts they call.
import { createHash } from 'node:crypto';
import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import type { LoadPlan } from '../load.ts';
import { CONTRACT_OF, DEPLOYER_KEY, SHIPPED } from '../shipped.ts';
import type { KubeInput } from './input.ts';
import { LABEL, type Labels, selectorOf } from './labels.ts';
import { generatorName, partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { loadPlacement } from './placement.ts';
import { EVERY_ADDRESS, FILES, networkVolumes, ourContainer, PORT, PROGRAM, podFrame, podMeta } from './pod.ts';
import { generatorAmount } from './resources.ts';

const SPEC_DIR = '/etc/rexnet/load';
const RUN_DIR = '/run/load';
const RUN_SIZE = '64Mi';
const SPEC_HASH = 'rexnet.dev/spec-hash';
/** What a generator takes by itself, and what a group has for all of them. */
const ACCOUNTS = 100;
const ACCOUNTS_PER_GROUP_MAX = 1_000;
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
    data: Object.fromEntries(specs.map((text, index) => [keyOf(index), text])),
  };
  return [configMap, ...specs.map((text, index) => generator(input, load, index, text))];
}

/** As load's own LoadSpecFile. */
function specOf({ testnet }: KubeInput, load: LoadPlan, index: number): string {
  const { workload, tps, generators, crossGroupPercent } = load;
  const contract = contractOf(workload);
  const accounts = Math.min(ACCOUNTS, Math.floor(ACCOUNTS_PER_GROUP_MAX / generators));
  const spec = {
    genesis: FILES.genesis,
    peers: FILES.peers,
    workload,
    ...(contract === undefined ? {} : { contract }),
    owner: DEPLOYER_KEY,
    tps: tps / generators,
    ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
    accountsPerGroup: accounts,
    skipAccountsPerGroup: accounts * index,
    seed: testnet.spec.seed + index,
    drainSeconds: DRAIN_SECONDS,
    verifyBalances: false,
    report: `${RUN_DIR}/report.json`,
  };
  return `${JSON.stringify(spec, undefined, 2)}\n`;
}

function contractOf(workload: LoadPlan['workload']): string | undefined {
  const name = CONTRACT_OF[workload];
  return name === undefined ? undefined : `${name}.${SHIPPED[name]?.contract}`;
}

function generator(input: KubeInput, load: LoadPlan, index: number, text: string): V1Deployment {
  const { testnet, plan, facts } = input;
  const isWaiting = load.workload !== 'Transfer' && !facts.contractsDeployed;
  const own: Labels = { [LABEL.generator]: String(index) };
  const meta = testnetMeta(input, generatorName(testnet.name, index), 'load');
  const annotations = { [SPEC_HASH]: createHash('sha256').update(text).digest('hex') };
  const pod = podMeta(testnet.name, 'load', { metrics: PORT.loadMetrics, annotations });
  const container = ourContainer(input, {
    name: 'load',
    image: facts.image,
    args: [PROGRAM.load, '--spec', `${SPEC_DIR}/${keyOf(index)}`, '--metrics', `${EVERY_ADDRESS}:${PORT.loadMetrics}`],
    amount: generatorAmount(load.tps / load.generators),
    metrics: PORT.loadMetrics,
    mounts: [
      { name: 'spec', mountPath: SPEC_DIR, readOnly: true },
      { name: 'run', mountPath: RUN_DIR },
    ],
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...meta, labels: { ...meta.labels, ...own } },
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
          containers: [container],
          volumes: [
            ...networkVolumes(testnet.name),
            { name: 'spec', configMap: { name: partName(testnet.name, 'load') } },
            { name: 'run', emptyDir: { sizeLimit: RUN_SIZE } },
          ],
        },
      },
    },
  };
}

function keyOf(index: number): string {
  return `load-${index}.json`;
}
