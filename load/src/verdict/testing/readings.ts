// Readings for tests: one that is sound in every respect, and curves of them.
import type { Reading } from '../reading.ts';

export const CAP = 120;

export function aReading(groups: number, change: Partial<Reading> = {}): Reading {
  const tps = change.tps ?? CAP * groups;
  return {
    groups,
    repeat: 0,
    offered: 1.2 * tps * 60,
    completed: tps * 60,
    offeredTps: 1.2 * CAP * groups,
    tps,
    utps: 2 * tps,
    capacityTps: CAP * groups,
    p50Ms: 6_000,
    p95Ms: 9_000,
    p99Ms: 9_500,
    crossGroupShare: 1 - 1 / groups,
    byGroup: Array.from({ length: groups }, (_, group) => ({ group, tps: tps / groups, blockMs: 1_000 })),
    cpuSecondsPerTx: { node: 0.0004, miner: 0.0001, generator: 0.0002 },
    generator: { loopLagP99Ms: 12, cpuShare: 0.3, sentOverOffered: 1 },
    machine: { busyShare: 0.7, foreignShare: 0.02, stealShare: 0.01, waitShare: 0.2, throttledShare: 0 },
    gates: [{ name: 'supply', isMet: true, detail: 'conserved' }],
    ...change,
  };
}

/** TPS of n groups, in every round; `noise` is added. */
export function aCurve(
  tpsOf: (groups: number) => number,
  {
    groups = [1, 2, 4, 8, 16],
    repeats = 3,
    noise = () => 0,
  }: { groups?: readonly number[]; repeats?: number; noise?: (groups: number, repeat: number) => number } = {},
): Reading[] {
  return groups.flatMap((each) =>
    Array.from({ length: repeats }, (_, repeat) =>
      aReading(each, { repeat, tps: Math.max(0, tpsOf(each) * (1 + noise(each, repeat))) }),
    ),
  );
}
