// bench scale: does throughput grow with groups? Networks of 1, 2, 4, … groups, each offered the same per group, one after the
// other. What it says, the verdict says.

import { drainSecondsAfter, OFFERED_OVER_CAPACITY } from '@rexnet/load/verdict/offered.ts';
import { isSound } from '@rexnet/load/verdict/point.ts';
import type { Gate, Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { mean } from '@rexnet/load/verdict/statistics.ts';
import { judge, type Verdict } from '@rexnet/load/verdict/verdict.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import { countedGroups, takeReadings } from './campaign.ts';
import { GeneratorProcess, type LoadWish } from './generator.ts';
import type { BenchNetwork } from './network.ts';
import { type ReadingWish, takeReading, WARM_UP_SECONDS } from './take-reading.ts';
import type { Tools } from './tools.ts';
import type { Workload } from './workloads.ts';

export interface ScaleInput {
  readonly profile: Profile;
  readonly groups: readonly number[];
  readonly repeats: number;
  readonly retries: number;
  /** Measured seconds of a reading, after the warm-up. */
  readonly seconds: number;
  /** Absent: what random pairs give. */
  readonly crossGroupPercent?: number;
  /** Offered to each group in profile `open`. */
  readonly openTpsPerGroup: number;
  /** Test flags: a generator that is too slow, a miner that is unfair. */
  readonly slowdownMs?: number;
  readonly minerArgs: readonly string[];
  readonly workload: Workload;
}

export interface ScaleResult {
  readonly verdict: Verdict;
  readonly readings: readonly Reading[];
  /** Of the machine, in profile `open`. */
  readonly calibration?: Calibration;
}

/** Where the same payments must leave the same balances, whatever the groups. */
const COMPARED_GROUPS: readonly number[] = [1, 2, 4];
const COMPARED: Partial<LoadWish> = {
  accounts: 100,
  transactions: 300,
  tps: 60,
  warmUpSeconds: 0,
  drainSeconds: 30,
};
const COMPARED_MAX_MS = 180_000;

export async function scale(input: ScaleInput, tools: Tools): Promise<ScaleResult> {
  const { profile, groups, repeats, retries } = input;
  const digests = new Map<number, string>();
  const taken = await takeReadings({
    profile,
    repeats,
    retries,
    signal: tools.signal,
    onNote: tools.onNote,
    points: groups.map((each) => ({
      name: countedGroups(each),
      take: (repeat) => {
        const wish = pointWish(input, each, repeat);
        if (digests.has(each) || !COMPARED_GROUPS.includes(each)) return takeReading(wish, tools);
        const afterwards = async (net: BenchNetwork): Promise<void> => {
          const digest = await balancesDigest(net, input.workload, tools);
          if (digest !== undefined) digests.set(each, digest);
        };
        return takeReading({ ...wish, afterwards }, tools);
      },
    })),
  });
  const all = taken.flatMap((point) => point.map(({ reading }) => withDigest(reading, digests)));
  if (profile === 'capped') return { verdict: judge({ profile, groups, repeats, readings: all }), readings: all };
  const calibration = await calibrate(tools.signal);
  const readings = withCeiling(all, calibration);
  return { verdict: judge({ profile, groups, repeats, readings }), readings, calibration };
}

/** What all cores could do at what a transaction costs the smallest network, its generator and miner included. */
export function withCeiling(readings: readonly Reading[], { speedup }: Calibration): readonly Reading[] {
  const least = Math.min(...readings.map(({ groups }) => groups));
  const sound = readings.filter((reading) => reading.groups === least && isSound(reading, 'open'));
  if (sound.length === 0) return readings;
  const cost = mean(
    sound.map(({ cpuSecondsPerTx }) => Object.values(cpuSecondsPerTx).reduce((sum, each) => sum + each, 0)),
  );
  const oneTps = mean(sound.map(({ tps }) => tps)) / least;
  return readings.map((reading) => ({ ...reading, capacityTps: Math.min(reading.groups * oneTps, speedup / cost) }));
}

/** One point: the same for every group, however many there are. */
export function pointWish(input: ScaleInput, groups: number, repeat: number): ReadingWish {
  const { profile, workload, seconds, crossGroupPercent, slowdownMs, minerArgs, openTpsPerGroup } = input;
  return {
    profile,
    groups,
    repeat,
    workload,
    seconds,
    minerArgs,
    rate: (capacity) => ({
      tpsPerGroup: profile === 'capped' ? OFFERED_OVER_CAPACITY * capacity : openTpsPerGroup,
    }),
    drainSeconds: drainOf(seconds),
    load: {
      ...(crossGroupPercent === undefined || groups === 1 ? {} : { crossGroupPercent }),
      ...(slowdownMs === undefined ? {} : { slowdownMs }),
    },
  };
}

/** After a window of so many seconds. */
export function drainOf(seconds: number): number {
  return drainSecondsAfter(WARM_UP_SECONDS + seconds);
}

/** The same accounts make the same payments on every network. Undefined when it did not come off: the next round tries again. */
async function balancesDigest(
  net: BenchNetwork,
  { load }: Workload,
  { signal, onNote }: Tools,
): Promise<string | undefined> {
  await using generator = await GeneratorProcess.start(net.folders, 'same', { ...load, ...COMPARED });
  try {
    const { gates } = await generator.finished(COMPARED_MAX_MS, signal);
    return gates?.balancesDigest;
  } catch (error) {
    signal.throwIfAborted();
    onNote(`balances were not compared: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** A reading answers for the networks of its size; what was never compared is no sound reading. */
function withDigest(reading: Reading, digests: ReadonlyMap<number, string>): Reading {
  if (!COMPARED_GROUPS.includes(reading.groups) || reading.broken !== undefined) return reading;
  const own = digests.get(reading.groups);
  const [first] = digests;
  if (own === undefined || first === undefined) return withGate(reading, 'the same payments were not compared');
  const [groups, digest] = first;
  return withGate(
    reading,
    own === digest ? undefined : `the same payments left others than with ${countedGroups(groups)}`,
  );
}

function withGate(reading: Reading, wrong: string | undefined): Reading {
  const gate: Gate = { name: 'same balances', isMet: wrong === undefined, detail: wrong ?? 'as with other groups' };
  return { ...reading, gates: [...reading.gates, gate] };
}
