// What a Testnet asks of the machines: the requests of all that runs all the time, added up. Pure. Jobs, which come to an end,
// are not counted, and it knows no prices.
import type { TestnetStatus } from '../../api/testnet.ts';
import { generatorAmount } from './generator-pod.ts';
import type { KubeInput } from './input.ts';
import { type Amount, BITCOIND, minerAmount, quantity } from './resources.ts';

const NANO_PER_MILLI = 1_000_000n;
const NANO = 1_000_000_000n;
const MILLI = 1_000n;
const BYTES_PER_MIB = 2n ** 20n;
const MIB_PER_GIB = 1_024n;

type Planned = Pick<KubeInput, 'testnet' | 'plan'>;
/** So many pods, and what each of them asks. */
export type PodsAsked = readonly [count: number, each: Amount];

export function podsAsked({ testnet: { spec }, plan }: Planned): readonly PodsAsked[] {
  const { load } = plan;
  if (plan.suspended) return [];
  return [
    [plan.groups.length * spec.nodesPerGroup, spec.template.resources],
    [plan.miners.length, minerAmount(spec.mining.cpuPercent)],
    [plan.bitcoin.kind === 'regtest' ? 1 : 0, BITCOIND],
    ...(load === undefined ? [] : [[load.generators, generatorAmount('load', load.tps / load.generators)] as const]),
  ];
}

export function requestsOf(planned: Planned): Pick<TestnetStatus, 'requestedCpu' | 'requestedMemory'> {
  const asked = podsAsked(planned);
  const sum = (of: (each: Amount) => string): bigint =>
    asked.reduce((total, [count, each]) => total + BigInt(count) * quantity(of(each)), 0n);
  return {
    requestedCpu: cpuText(sum(({ cpu }) => String(cpu))),
    requestedMemory: memoryText(sum(({ memory }) => memory)),
  };
}

function cpuText(nano: bigint): string {
  const milli = (nano + NANO_PER_MILLI - 1n) / NANO_PER_MILLI;
  return milli % MILLI === 0n ? String(milli / MILLI) : `${milli}m`;
}

function memoryText(nano: bigint): string {
  const mib = (nano + NANO * BYTES_PER_MIB - 1n) / (NANO * BYTES_PER_MIB);
  if (mib === 0n) return '0';
  return mib % MIB_PER_GIB === 0n ? `${mib / MIB_PER_GIB}Gi` : `${mib}Mi`;
}
