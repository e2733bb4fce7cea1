// The reading of a run that came to no end: nothing in it counts but the reason. It judges nothing.
import type { Reading } from './reading.ts';

export function brokenReading(
  { groups, repeat }: { readonly groups: number; readonly repeat: number },
  broken: string,
): Reading {
  return {
    groups,
    repeat,
    offered: 0,
    completed: 0,
    offeredTps: 0,
    tps: 0,
    utps: 0,
    p50Ms: 0,
    p95Ms: 0,
    p99Ms: 0,
    crossGroupShare: 0,
    byGroup: [],
    cpuSecondsPerTx: {},
    generator: { loopLagP99Ms: 0, cpuShare: 0, sentOverOffered: 1 },
    machine: { busyShare: 0, foreignShare: 0, stealShare: 0, waitShare: 0, throttledShare: 0 },
    gates: [],
    broken,
  };
}
