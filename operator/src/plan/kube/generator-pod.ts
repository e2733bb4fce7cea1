// What pods of generators have in common, those of a Testnet's own load and those of a LoadTest: where the order lies, how much
// processor it takes, which accounts it may use. Pure; the objects around them are their builders'.
import type { V1Container, V1Volume } from '@kubernetes/client-node';
import { CONTRACT_OF, DEPLOYER_KEY, SHIPPED } from '../shipped.ts';
import type { KubeFacts } from './input.ts';
import { EVERY_ADDRESS, FILES, networkVolumes, ourContainer, PORT, PROGRAM } from './pod.ts';
import type { Amount } from './resources.ts';

const ORDER_DIR = '/etc/rexnet/load';
const RUN_DIR = '/run/load';
const RUN_SIZE = '64Mi';
/** Of each group, for each generator; where a group has too few for all, they are shared out. */
const ACCOUNTS = 100;
const CPU_STEP_MILLI = 50;

/** Signing, sending and following one transaction a second, besides what a generator takes by itself. */
const AMOUNTS = {
  load: { baseMilli: 200, milliPerTps: 0.2, memory: '256Mi' },
  /** Bursts of every beat: a generator that is stopped in between measures nothing. */
  measurement: { baseMilli: 500, milliPerTps: 0.4, memory: '384Mi' },
} as const;

export const GENERATOR_FILES = { report: `${RUN_DIR}/report.json`, progress: `${RUN_DIR}/progress.log` } as const;

/** Of one generator. */
export function generatorAmount(purpose: keyof typeof AMOUNTS, tps: number): Amount {
  const { baseMilli, milliPerTps, memory } = AMOUNTS[purpose];
  const milli = baseMilli + tps * milliPerTps;
  return { cpu: `${Math.ceil(milli / CPU_STEP_MILLI) * CPU_STEP_MILLI}m`, memory };
}

export type GeneratorOrder = {
  readonly workload: keyof typeof CONTRACT_OF;
  readonly generator: number;
  /** They offer the rate together. */
  readonly generators: number;
  /** Of the network; who pays whom follows from it and from the generator. */
  readonly seed: number;
};

/** As load's own LoadSpecFile. */
export function orderText({ workload, generator, generators, seed }: GeneratorOrder, more: object): string {
  const contract = contractOf(workload);
  const order = {
    genesis: FILES.genesis,
    peers: FILES.peers,
    workload,
    ...(contract === undefined ? {} : { contract }),
    owner: DEPLOYER_KEY,
    generator,
    generators,
    accountsPerGroup: ACCOUNTS,
    seed: seed + generator,
    report: GENERATOR_FILES.report,
    ...more,
  };
  return `${JSON.stringify(order, undefined, 2)}\n`;
}

function contractOf(workload: GeneratorOrder['workload']): string | undefined {
  const name = CONTRACT_OF[workload];
  return name === undefined ? undefined : `${name}.${SHIPPED[name]?.contract}`;
}

/** Key of its order in the ConfigMap. */
export function orderKey(generator: number): string {
  return `load-${generator}.json`;
}

export function generatorContainer(
  facts: Pick<KubeFacts, 'image' | 'imagePullPolicy'>,
  generator: number,
  amount: Amount,
): V1Container {
  return ourContainer(
    { facts },
    {
      name: 'load',
      image: facts.image,
      args: [
        PROGRAM.load,
        '--spec',
        `${ORDER_DIR}/${orderKey(generator)}`,
        '--metrics',
        `${EVERY_ADDRESS}:${PORT.loadMetrics}`,
      ],
      amount,
      metrics: PORT.loadMetrics,
      mounts: [
        { name: 'order', mountPath: ORDER_DIR, readOnly: true },
        { name: 'run', mountPath: RUN_DIR },
      ],
    },
  );
}

/** `order`: the ConfigMap with the orders. */
export function generatorVolumes(testnet: string, order: string): V1Volume[] {
  return [
    ...networkVolumes(testnet),
    { name: 'order', configMap: { name: order } },
    { name: 'run', emptyDir: { sizeLimit: RUN_SIZE } },
  ];
}
