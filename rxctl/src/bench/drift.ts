// How far a run ended from how it began. Pure.
import { mean } from '@rexnet/load/verdict/statistics.ts';
import type { Second } from './measure.ts';
import type { Memory } from './proc.ts';

/** Ends of a run that are compared. */
const END_SHARE = 0.2;
const SECONDS_MIN = 10;

/** Of the first fifth, by how much the last differs; NaN when there was too little to compare. */
export function memoryDrift(seconds: readonly Second[], of: keyof Memory): number {
  return driftBetween(seconds, (part) => mean(part.map(({ nodes }) => nodes[of])));
}

/** The same of completed transactions per second. */
export function tpsDrift(seconds: readonly Second[]): number {
  return driftBetween(seconds, (part) => {
    const [first, last] = [part[0], part.at(-1)];
    if (first === undefined || last === undefined) return Number.NaN;
    return (last.completed - first.completed) / (last.second - first.second);
  });
}

/** Of several runs; NaN of none. */
export function worstOf(drifts: readonly number[]): number {
  return drifts.length === 0 ? Number.NaN : Math.max(...drifts);
}

function driftBetween(seconds: readonly Second[], of: (part: readonly Second[]) => number): number {
  const length = Math.floor(seconds.length * END_SHARE);
  if (seconds.length < SECONDS_MIN || length < 2) return Number.NaN;
  return Math.abs(of(seconds.slice(-length)) / of(seconds.slice(0, length)) - 1);
}
