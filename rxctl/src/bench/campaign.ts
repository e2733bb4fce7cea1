// Takes the readings of a bench: every round goes through all points, so that what changes over an hour changes all of them;
// what a neighbour spoilt is taken again, within a bound, and counted. It knows no workload and writes no file.
import type { Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { invalidReason, isWorthAnother } from '@rexnet/load/verdict/validity.ts';
import type { Taken } from './take-reading.ts';

/** One of the things that are measured in every round. */
export interface PointPlan {
  /** `4 groups`, `@global on 2 groups`, … */
  readonly name: string;
  readonly take: (repeat: number) => Promise<Taken>;
}

export interface CampaignInput {
  readonly profile: Profile;
  readonly points: readonly PointPlan[];
  readonly repeats: number;
  /** How often one reading may be taken again. */
  readonly retries: number;
  readonly onNote: (line: string) => void;
  readonly signal: AbortSignal;
}

/** All that was taken at each point, in its order, what does not count included. */
export async function takeReadings(input: CampaignInput): Promise<readonly (readonly Taken[])[]> {
  const { profile, points, repeats, retries, onNote, signal } = input;
  const taken = points.map((): Taken[] => []);
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [index, point] of points.entries()) {
      for (let attempt = 0; attempt <= retries; attempt++) {
        signal.throwIfAborted();
        const one = await point.take(repeat);
        taken[index]?.push(one);
        onNote(`round ${repeat + 1} of ${repeats}, ${point.name}: ${words(one.reading, profile)}`);
        if (!isWorthAnother(one.reading, profile)) break;
      }
    }
  }
  return taken;
}

export function countedGroups(groups: number): string {
  return groups === 1 ? '1 group' : `${groups} groups`;
}

function words(reading: Reading, profile: Profile): string {
  const { tps, capacityTps, p95Ms, crossGroupShare, machine, generator, broken } = reading;
  const wrong = invalidReason(reading, profile);
  if (broken !== undefined) return `invalid: ${wrong}`;
  const figures = [
    `${tps.toFixed(1)} TPS${capacityTps === undefined ? '' : ` (${(tps / capacityTps).toFixed(3)} of ${capacityTps})`}`,
    `p95 ${(p95Ms / 1_000).toFixed(1)} s`,
    `${percent(crossGroupShare)} crossing`,
    `machine ${percent(machine.busyShare)} busy, ${percent(machine.waitShare)} waiting`,
    `generator ${percent(generator.cpuShare)} of a core, ${generator.loopLagP99Ms.toFixed(0)} ms late`,
  ];
  return `${figures.join(', ')}${wrong === undefined ? '' : `; invalid: ${wrong}`}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
