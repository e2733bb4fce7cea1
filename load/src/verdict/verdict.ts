// The verdict on a curve: Linear, Sublinear, or Invalid, with the sentence that says why. Pure; it measures nothing and never
// judges by R² (a curve that has lost 30 % at 8 groups still has one of 0.997).
import { isSound, type Point, pointOf } from './point.ts';
import type { GroupReading, Profile, Reading } from './reading.ts';
import { around, fitLine, type Interval, mean, median, standardError, student95 } from './statistics.ts';
import { fitUsl, type Usl } from './usl.ts';

export type VerdictWord = 'Linear' | 'Sublinear' | 'Invalid';

export interface Verdict {
  readonly verdict: VerdictWord;
  readonly reason: string;
  readonly points: readonly Point[];
  /** Of TPS/TPS(1) over groups; null with fewer than two different numbers of groups. */
  readonly slope: number | null;
  readonly slope95: Interval | null;
  readonly usl: Usl | null;
}

export interface VerdictInput {
  readonly profile: Profile;
  /** Numbers of groups, as asked for. */
  readonly groups: readonly number[];
  /** Readings that must count at every point. */
  readonly repeats: number;
  readonly readings: readonly Reading[];
  /** What counts as linear, for points and slope alike; the project's own measure when absent. */
  readonly efficiencyMin?: number;
}

/** An interval needs a spread, and two readings have next to none. */
export const REPEATS_MIN = 3;
export const EFFICIENCY_MIN = 0.97;
export const SLOPE_MIN = 0.97;
/** A group this far below the middle of the others is the one to name. */
const LAGGING = 0.9;
const NAMED_MAX = 4;

/**
 * Per point the mean of TPS(n) / (n · TPS(1)) over the rounds, each divided by the baseline of its own round, with Student's
 * interval. The slope is that of ordinary least squares of TPS/TPS(1) over n through all counted readings, intercept free; its
 * 95 % interval is Student's with the residuals' degrees of freedom, widened by the relative standard error of TPS(1), to which
 * everything is scaled (delta method). Linear asks for every point's efficiency, in profile `capped` for every point's share of
 * the capacity as well, and for the lower end of the slope. In profile `open` a capacity is what the machine's cores could do at
 * the cost of the smallest point: points that it holds below n · TPS(1) are judged by their share of it, and stay out of the
 * slope. Fewer repeats than three can refute, never prove.
 */
export function judge(input: VerdictInput): Verdict {
  const { profile, repeats, readings } = input;
  const groups = [...new Set(input.groups)].sort((a, b) => a - b);
  const sound = readings.filter((reading) => isSound(reading, profile));
  const baseline = sound.filter((reading) => reading.groups === groups[0]);
  const points = groups.map((each) =>
    pointOf({
      groups: each,
      readings: readings.filter((reading) => reading.groups === each),
      baseline,
      profile,
      repeats,
    }),
  );
  const line = slopeOf(
    sound.filter((reading) => !isHeldByMachine(reading, baseline, profile)),
    baseline,
  );
  const usl = uslOf(points, groups[0] ?? 1);
  return {
    ...decide(input, points, sound, line),
    points,
    slope: line?.slope ?? null,
    slope95: line?.ends ?? null,
    usl,
  };
}

type Slope = { readonly slope: number; readonly ends: Interval | null };

function slopeOf(sound: readonly Reading[], baseline: readonly Reading[]): Slope | undefined {
  const [first] = baseline;
  if (first === undefined) return undefined;
  const tps = baseline.map((reading) => reading.tps);
  const unit = mean(tps) / first.groups;
  const line = unit > 0 ? fitLine(sound.map((reading) => [reading.groups, reading.tps / unit])) : undefined;
  if (line === undefined) return undefined;
  const { slope, slopeError, freedom } = line;
  const unitError = standardError(tps);
  if (slopeError === undefined || unitError === undefined) return { slope, ends: null };
  const error = Math.hypot(slopeError, (slope * unitError) / mean(tps));
  return { slope, ends: around(slope, student95(freedom) * error) };
}

function uslOf(points: readonly Point[], first: number): Usl | null {
  const known = points.flatMap(({ groups, efficiency }) =>
    efficiency === null ? [] : [{ groups: groups / first, speedup: (efficiency * groups) / first }],
  );
  return fitUsl(known) ?? null;
}

function decide(
  { profile, repeats, efficiencyMin = EFFICIENCY_MIN }: VerdictInput,
  points: readonly Point[],
  sound: readonly Reading[],
  line: Slope | undefined,
): Pick<Verdict, 'verdict' | 'reason'> {
  const invalid = points.find(({ valid }) => !valid);
  if (invalid !== undefined) {
    const { groups, invalidReason } = invalid;
    return { verdict: 'Invalid', reason: `${count(groups)}: ${invalidReason}` };
  }
  if (points.length < 2) return { verdict: 'Invalid', reason: 'a curve needs two different numbers of groups' };
  const shortfall = shortfallOf({ profile, efficiencyMin }, points, baselineOf(points));
  if (shortfall !== undefined) {
    const named = laggards(sound.filter(({ groups }) => groups === shortfall.groups));
    return { verdict: 'Sublinear', reason: named === undefined ? shortfall.reason : `${shortfall.reason}; ${named}` };
  }
  if (repeats < REPEATS_MIN || line?.ends == null)
    return {
      verdict: 'Invalid',
      reason: `nothing speaks against a line, but ${repeats} of at least ${REPEATS_MIN} repeats cannot prove one`,
    };
  const [low, high] = line.ends;
  const ends = `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  const slopeMin = Math.min(SLOPE_MIN, efficiencyMin);
  if (low < slopeMin)
    return {
      verdict: 'Sublinear',
      reason: `the slope is ${line.slope.toFixed(3)}, ${ends}, which begins below ${slopeMin}`,
    };
  const last = points.at(-1);
  return {
    verdict: 'Linear',
    reason: `efficiency ${last?.efficiency?.toFixed(3)} at ${count(last?.groups ?? 0)}, slope ${line.slope.toFixed(3)}, ${ends}`,
  };
}

/** TPS of one group, by the smallest point. */
function baselineOf([first]: readonly Point[]): number {
  return first === undefined ? 0 : first.tps / first.groups;
}

/** In profile `open`: the cores, not the groups, decide what can be done here. */
function isHeldByMachine(reading: Reading, baseline: readonly Reading[], profile: Profile): boolean {
  const [first] = baseline;
  if (profile !== 'open' || first === undefined || reading.capacityTps === undefined) return false;
  return reading.capacityTps < (reading.groups / first.groups) * mean(baseline.map(({ tps }) => tps));
}

function shortfallOf(
  { profile, efficiencyMin }: { readonly profile: Profile; readonly efficiencyMin: number },
  points: readonly Point[],
  oneGroupTps: number,
): { readonly groups: number; readonly reason: string } | undefined {
  for (const { groups, efficiency, ofCapacity, tps } of points) {
    const isHeld = profile === 'open' && ofCapacity !== null && tps / ofCapacity < groups * oneGroupTps;
    if (!isHeld && efficiency !== null && efficiency < efficiencyMin)
      return {
        groups,
        reason: `efficiency ${efficiency.toFixed(3)} at ${count(groups)} (${tps.toFixed(1)} TPS), below ${efficiencyMin}`,
      };
    if ((isHeld || profile === 'capped') && ofCapacity !== null && ofCapacity < efficiencyMin)
      return {
        groups,
        reason: `${count(groups)} completed ${ofCapacity.toFixed(3)} of the capacity${isHeld ? ' of the cores' : ''} (${tps.toFixed(1)} TPS), below ${efficiencyMin}`,
      };
  }
  return undefined;
}

/** The groups that hold the others up, named with what is wrong with them. */
function laggards(readings: readonly Reading[]): string | undefined {
  const ids = [...new Set(readings.flatMap(({ byGroup }) => byGroup.map(({ group }) => group)))].sort((a, b) => a - b);
  const of = (id: number, pick: (group: GroupReading) => number): number =>
    mean(readings.flatMap(({ byGroup }) => byGroup.filter(({ group }) => group === id).map(pick)));
  const all = ids.map((id) => ({ id, tps: of(id, ({ tps }) => tps), blockMs: of(id, ({ blockMs }) => blockMs) }));
  if (all.length < 2) return undefined;
  const usual = { tps: median(all.map(({ tps }) => tps)), blockMs: median(all.map(({ blockMs }) => blockMs)) };
  const slow = all.filter(({ tps, blockMs }) => tps < LAGGING * usual.tps || LAGGING * blockMs > usual.blockMs);
  if (slow.length === 0 || slow.length > all.length / 2) return undefined;
  const words = slow
    .slice(0, NAMED_MAX)
    .map(
      ({ id, tps, blockMs }) =>
        `group ${id} completed ${tps.toFixed(1)} TPS where the others do ${usual.tps.toFixed(1)}, with a block every ${seconds(blockMs)} instead of ${seconds(usual.blockMs)}`,
    );
  const rest = slow.length - words.length;
  return `${words.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function count(groups: number): string {
  return groups === 1 ? '1 group' : `${groups} groups`;
}
