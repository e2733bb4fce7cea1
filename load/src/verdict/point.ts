// One point of a curve: the readings of one number of groups put together, with what their spread allows to say. Pure; it
// judges no curve.
import type { Profile, Reading } from './reading.ts';
import { type Interval, mean, meanInterval, median } from './statistics.ts';
import { invalidities, invalidReason } from './validity.ts';

export interface Point {
  readonly groups: number;
  /** Transactions of all counted readings. */
  readonly offered: number;
  readonly completed: number;
  /** Means over the counted readings, per second. */
  readonly tps: number;
  readonly tps95: Interval | null;
  readonly utps: number;
  /** TPS(n) / (n · TPS(1)), round by round, then the mean; null without a baseline. */
  readonly efficiency: number | null;
  readonly efficiency95: Interval | null;
  /** Completed of what the protocol allows; null where nothing is capped. */
  readonly ofCapacity: number | null;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly crossGroupShare: number;
  readonly cpuSecondsPerTx: Readonly<Record<string, number>>;
  /** Readings that count. */
  readonly repeats: number;
  /** Readings that were thrown away, by their first reason. */
  readonly discarded: Readonly<Record<string, number>>;
  readonly valid: boolean;
  readonly invalidReason: string | null;
}

export interface PointInput {
  readonly groups: number;
  /** All readings of this point, those to be thrown away included. */
  readonly readings: readonly Reading[];
  /** Those of the smallest point that count. */
  readonly baseline: readonly Reading[];
  readonly profile: Profile;
  /** How many must count. */
  readonly repeats: number;
}

export function isSound(reading: Reading, profile: Profile): boolean {
  return invalidities(reading, profile).length === 0;
}

export function pointOf({ groups, readings, baseline, profile, repeats }: PointInput): Point {
  const sound = readings.filter((reading) => isSound(reading, profile));
  const reason = readings.map((reading) => invalidReason(reading, profile)).find((said) => said !== undefined);
  // A point without a sound reading still shows what was seen; that it does not count stands beside it.
  const shown = sound.length > 0 ? sound : readings.filter(({ broken }) => broken === undefined);
  const of = (pick: (reading: Reading) => number): number => (shown.length === 0 ? 0 : mean(shown.map(pick)));
  const ratios = efficiencies(sound, baseline);
  const isValid = sound.length >= repeats;
  const capacities = shown.flatMap(({ capacityTps, tps }) => (capacityTps === undefined ? [] : [tps / capacityTps]));
  return {
    groups,
    offered: sum(shown.map(({ offered }) => offered)),
    completed: sum(shown.map(({ completed }) => completed)),
    tps: of(({ tps }) => tps),
    tps95: interval(shown.map(({ tps }) => tps)),
    utps: of(({ utps }) => utps),
    efficiency: ratios.length === 0 ? null : mean(ratios),
    efficiency95: interval(ratios),
    ofCapacity: capacities.length === 0 ? null : mean(capacities),
    p50Ms: middle(shown.map(({ p50Ms }) => p50Ms)),
    p95Ms: middle(shown.map(({ p95Ms }) => p95Ms)),
    p99Ms: middle(shown.map(({ p99Ms }) => p99Ms)),
    crossGroupShare: of(({ crossGroupShare }) => crossGroupShare),
    cpuSecondsPerTx: meansByRole(shown),
    repeats: sound.length,
    discarded: countReasons(readings, profile),
    valid: isValid,
    invalidReason: isValid ? null : (reason ?? `${sound.length} of ${repeats} runs were made`),
  };
}

/** Rounds share the mood of the machine: each reading is divided by the baseline of its own round where there is one. */
function efficiencies(sound: readonly Reading[], baseline: readonly Reading[]): readonly number[] {
  if (baseline.length === 0) return [];
  const all = mean(baseline.map(({ tps }) => tps));
  return sound.flatMap(({ groups, repeat, tps }) => {
    const [first] = baseline;
    if (first === undefined) return [];
    const own = baseline.find((reading) => reading.repeat === repeat)?.tps ?? all;
    return own > 0 ? [(tps * first.groups) / (groups * own)] : [];
  });
}

function countReasons(readings: readonly Reading[], profile: Profile): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reading of readings) {
    const [first] = invalidities(reading, profile);
    if (first !== undefined) counts[first.reason] = (counts[first.reason] ?? 0) + 1;
  }
  return counts;
}

function meansByRole(readings: readonly Reading[]): Record<string, number> {
  const roles = [...new Set(readings.flatMap(({ cpuSecondsPerTx }) => Object.keys(cpuSecondsPerTx)))].sort();
  return Object.fromEntries(
    roles.map((role) => [role, mean(readings.map(({ cpuSecondsPerTx }) => cpuSecondsPerTx[role] ?? 0))]),
  );
}

function interval(values: readonly number[]): Interval | null {
  return (values.length === 0 ? undefined : meanInterval(values)) ?? null;
}

function middle(values: readonly number[]): number {
  return values.length === 0 ? 0 : median(values);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
