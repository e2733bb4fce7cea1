// The points of a curve as rows for eyes: rounded, with units, and with a word for what does not count. Pure.
import type { Table } from './markdown.ts';
import type { Point } from './point.ts';

export function pointTable(points: readonly Point[], title?: string): Table {
  const roles = [...new Set(points.flatMap(({ cpuSecondsPerTx }) => Object.keys(cpuSecondsPerTx)))].sort();
  const isCapped = points.some(({ ofCapacity }) => ofCapacity !== null);
  return {
    ...(title === undefined ? {} : { title }),
    head: [
      'groups',
      'TPS',
      'uTPS',
      'efficiency',
      ...(isCapped ? ['of capacity'] : []),
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'crossing',
      ...roles.map((role) => `CPU µs/tx ${role}`),
      'runs',
      'valid',
    ],
    rows: points.map((point) => [
      String(point.groups),
      point.tps.toFixed(1) + spread(point.tps, point.tps95),
      point.utps.toFixed(1),
      point.efficiency === null ? '' : point.efficiency.toFixed(3) + spread(point.efficiency, point.efficiency95, 3),
      ...(isCapped ? [point.ofCapacity?.toFixed(3) ?? ''] : []),
      point.p50Ms.toFixed(0),
      point.p95Ms.toFixed(0),
      point.p99Ms.toFixed(0),
      `${(point.crossGroupShare * 100).toFixed(1)} %`,
      ...roles.map((role) => ((point.cpuSecondsPerTx[role] ?? 0) * 1e6).toFixed(0)),
      `${point.repeats}${discardedWord(point)}`,
      point.valid ? 'yes' : `no: ${point.invalidReason}`,
    ]),
  };
}

function spread(middle: number, ends: readonly [number, number] | null, digits = 1): string {
  return ends === null ? '' : ` ± ${(ends[1] - middle).toFixed(digits)}`;
}

function discardedWord({ discarded }: Point): string {
  const count = Object.values(discarded).reduce((sum, each) => sum + each, 0);
  return count === 0 ? '' : ` (${count} thrown away)`;
}
