// What each program may use: requests are the limits, so that pods are Guaranteed and a load test measures the same everywhere.
// It knows no machine.
import type { V1EnvVar, V1ResourceRequirements } from '@kubernetes/client-node';
import { parseQuantity } from '../../api/quantity.ts';

export type Amount = { readonly cpu: number | string; readonly memory: string };

const BYTES_PER_MIB = 2 ** 20;
const NANO = 1_000_000_000n;
/** The rest of the limit is for what V8 does not count: contract memory, database pages, buffers. */
const HEAP_SHARE_PERCENT = 50n;
/** Small processes by the hundred: young space and arenas of the defaults would take tens of MB each. */
const YOUNG_SPACE = '--max-semi-space-size=2';
const ARENAS = '2';
/** glibc raises it by itself otherwise, and holes between large buffers grow for minutes. */
const GIVE_BACK_BYTES = '131072';
/** Reading and hashing run there; threads beyond the cores only cost memory. */
const POOL_THREADS_MIN = 2n;
const POOL_THREADS_MAX = 8n;

export const BITCOIND: Amount = { cpu: '100m', memory: '256Mi' };
export const CONTRACTS: Amount = { cpu: '200m', memory: '256Mi' };
const MINER_MEMORY = '192Mi';
/** Templates, proofs and the parent, besides grinding. */
const MINER_BASE_MILLI = 100;

/** Grinding a percent of a core needs a percent of a core. */
export function minerAmount(cpuPercent: number): Amount {
  return { cpu: `${MINER_BASE_MILLI + cpuPercent * 10}m`, memory: MINER_MEMORY };
}

export function guaranteed({ cpu, memory }: Amount): V1ResourceRequirements {
  // A number of cores comes back from the server as text, and would differ for ever.
  const amount = { cpu: String(cpu), memory };
  return { requests: { ...amount }, limits: { ...amount } };
}

/** What a Node process must know of its limits; it sees those of the machine otherwise. */
export function runtimeEnvironment({ cpu, memory }: Amount): V1EnvVar[] {
  const cores = (quantity(String(cpu)) + NANO - 1n) / NANO;
  const threads = cores < POOL_THREADS_MIN ? POOL_THREADS_MIN : cores > POOL_THREADS_MAX ? POOL_THREADS_MAX : cores;
  return [
    { name: 'NODE_OPTIONS', value: `--max-old-space-size=${heapMib(memory)} ${YOUNG_SPACE}` },
    { name: 'UV_THREADPOOL_SIZE', value: String(threads) },
    { name: 'MALLOC_ARENA_MAX', value: ARENAS },
    { name: 'MALLOC_MMAP_THRESHOLD_', value: GIVE_BACK_BYTES },
    { name: 'MALLOC_TRIM_THRESHOLD_', value: GIVE_BACK_BYTES },
  ];
}

function heapMib(memory: string): bigint {
  return (quantity(memory) * HEAP_SHARE_PERCENT) / 100n / NANO / BigInt(BYTES_PER_MIB);
}

/** The schema has checked the text already. */
export function quantity(text: string): bigint {
  const parsed = parseQuantity(text);
  if (parsed === undefined) throw new RangeError(`${text} is no quantity`);
  return parsed;
}
