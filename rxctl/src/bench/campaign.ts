// Takes the readings of a curve: every round goes through all points, so that what changes over an hour changes all of them;
// what a neighbour spoilt is taken again, within a bound, and counted. It knows no workload and writes no file.
import type { Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { invalidities, invalidReason } from '@rexnet/load/verdict/validity.ts';

export interface CampaignInput {
  readonly profile: Profile;
  readonly groups: readonly number[];
  readonly repeats: number;
  /** How often one reading may be taken again. */
  readonly retries: number;
  readonly take: (groups: number, repeat: number) => Promise<Reading>;
  readonly onReading: (line: string, reading: Reading) => void;
  readonly signal: AbortSignal;
}

/** All readings, those that do not count included, in the order in which they were taken. */
export async function takeReadings(input: CampaignInput): Promise<readonly Reading[]> {
  const { profile, groups, repeats, retries, take, onReading, signal } = input;
  const readings: Reading[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const each of groups) {
      for (let attempt = 0; attempt <= retries; attempt++) {
        signal.throwIfAborted();
        const reading = await take(each, repeat);
        readings.push(reading);
        onReading(readingLine(reading, { profile, repeats }), reading);
        if (!isWorthAnother(reading, profile)) break;
      }
    }
  }
  return readings;
}

/** Books that do not add up are a finding, not bad luck. */
function isWorthAnother(reading: Reading, profile: Profile): boolean {
  const found = invalidities(reading, profile);
  return found.length > 0 && found.every(({ culprit }) => culprit !== 'gates');
}

function readingLine(
  reading: Reading,
  { profile, repeats }: { readonly profile: Profile; readonly repeats: number },
): string {
  const { groups, repeat, tps, capacityTps, p95Ms, crossGroupShare, machine, broken } = reading;
  const where = `round ${repeat + 1} of ${repeats}, ${groups} ${groups === 1 ? 'group' : 'groups'}`;
  const wrong = invalidReason(reading, profile);
  if (broken !== undefined) return `${where}: invalid: ${wrong}`;
  const figures = [
    `${tps.toFixed(1)} TPS${capacityTps === undefined ? '' : ` (${(tps / capacityTps).toFixed(3)} of ${capacityTps})`}`,
    `p95 ${(p95Ms / 1_000).toFixed(1)} s`,
    `${(crossGroupShare * 100).toFixed(0)} % crossing`,
    `machine ${(machine.busyShare * 100).toFixed(0)} % busy`,
  ];
  return `${where}: ${figures.join(', ')}${wrong === undefined ? '' : `; invalid: ${wrong}`}`;
}
