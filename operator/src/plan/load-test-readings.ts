// Readings of a LoadTest: put together from what its generators saw, and kept as text between two looks. Pure.
import { brokenReading } from '@rexnet/load/verdict/broken-reading.ts';
import type { Gate, GroupReading, MachineReading, Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { mean } from '@rexnet/load/verdict/statistics.ts';
import { parseSummary, printSummary, SummaryError } from '@rexnet/load/verdict/summary.ts';
import type { Slot, Taken } from './load-test-slots.ts';

/** With artefacts of the largest sweep beside them they still fit one ConfigMap. */
export const READINGS_MAX_BYTES = 600 * 1_024;

/** What one generator left behind: its summary, or why there is none. `who`: `generator 2`, where there are several. */
export type Left = { readonly who?: string } & ({ readonly summary: string } | { readonly broken: string });

/** One reading of all generators of a point. Rates are sums; of what may spoil a reading, the worst counts. */
export function readingOf({ round, groups }: Slot, profile: Profile, left: readonly Left[]): Reading {
  const place = { groups, repeat: round };
  const parts = left.map(readingLeft);
  const broken = parts.findIndex((part) => part.broken !== undefined);
  if (parts.length === 0) return brokenReading(place, 'no generator ran');
  if (broken >= 0) {
    const { who = 'the generator' } = left[broken] ?? {};
    return brokenReading(place, `${who}: ${parts[broken]?.broken}`);
  }
  const sum = (of: (part: Reading) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const most = (of: (part: Reading) => number): number => Math.max(...parts.map(of));
  const capacityTps = parts[0]?.capacityTps;
  const weighted = (of: (part: Reading) => number): number => {
    const all = sum(({ completed }) => completed);
    return all === 0 ? 0 : sum((part) => of(part) * part.completed) / all;
  };
  return {
    ...place,
    offered: sum(({ offered }) => offered),
    completed: sum(({ completed }) => completed),
    offeredTps: sum(({ offeredTps }) => offeredTps),
    tps: sum(({ tps }) => tps),
    utps: sum(({ utps }) => utps),
    ...(profile === 'open' || capacityTps === undefined ? {} : { capacityTps }),
    p50Ms: most(({ p50Ms }) => p50Ms),
    p95Ms: most(({ p95Ms }) => p95Ms),
    p99Ms: most(({ p99Ms }) => p99Ms),
    crossGroupShare: weighted(({ crossGroupShare }) => crossGroupShare),
    byGroup: groupsOf(parts),
    cpuSecondsPerTx: { generator: weighted(({ cpuSecondsPerTx }) => cpuSecondsPerTx['generator'] ?? 0) },
    generator: {
      loopLagP99Ms: most(({ generator }) => generator.loopLagP99Ms),
      cpuShare: most(({ generator }) => generator.cpuShare),
      sentOverOffered: Math.min(...parts.map(({ generator }) => generator.sentOverOffered)),
    },
    machine: machineOf(parts),
    gates: gatesOf(parts),
  };
}

export function printReadings(taken: readonly Taken[]): string {
  const print = (shorten: (reading: Reading) => Reading): string =>
    `[${taken
      .map(({ round, groups, attempt, endedMs, reading }) =>
        JSON.stringify({ round, groups, attempt, endedMs, summary: JSON.parse(printSummary(shorten(reading))) }),
      )
      .join(',\n')}]\n`;
  const whole = print((reading) => reading);
  return whole.length <= READINGS_MAX_BYTES ? whole : print((reading) => ({ ...reading, byGroup: [] }));
}

/** What cannot be read is left out, and taken again. */
export function parseReadings(text: string): readonly Taken[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(rows) ? rows.flatMap(takenOf) : [];
}

function takenOf(row: unknown): readonly Taken[] {
  if (typeof row !== 'object' || row === null) return [];
  const { round, groups, attempt, endedMs, summary } = row as Readonly<Record<string, unknown>>;
  if (typeof round !== 'number' || typeof groups !== 'number' || typeof attempt !== 'number') return [];
  try {
    const reading = { ...parseSummary(JSON.stringify(summary)), groups, repeat: round };
    return [{ round, groups, attempt, reading, endedMs: typeof endedMs === 'number' ? endedMs : 0 }];
  } catch (error) {
    if (error instanceof SummaryError) return [];
    throw error;
  }
}

function readingLeft(left: Left): Reading {
  const place = { groups: 0, repeat: 0 };
  if ('broken' in left) return brokenReading(place, left.broken);
  try {
    return parseSummary(left.summary);
  } catch (error) {
    if (error instanceof SummaryError) return brokenReading(place, error.message);
    throw error;
  }
}

function groupsOf(parts: readonly Reading[]): readonly GroupReading[] {
  const ids = [...new Set(parts.flatMap(({ byGroup }) => byGroup.map(({ group }) => group)))].sort((a, b) => a - b);
  return ids.map((group) => {
    const seen = parts.flatMap(({ byGroup }) => byGroup.filter((one) => one.group === group));
    return {
      group,
      tps: seen.reduce((sum, { tps }) => sum + tps, 0),
      blockMs: mean(seen.map(({ blockMs }) => blockMs)),
    };
  });
}

function machineOf(parts: readonly Reading[]): MachineReading {
  const most = (of: (machine: MachineReading) => number): number =>
    Math.max(...parts.map(({ machine }) => of(machine)));
  const throttledShare = most((machine) => machine.throttledShare);
  const own = parts.flatMap(({ machine }) => machine.generatorThrottledShare ?? []);
  const { throttled } = parts.map(({ machine }) => machine).find((one) => one.throttledShare === throttledShare) ?? {};
  return {
    busyShare: most(({ busyShare }) => busyShare),
    foreignShare: most(({ foreignShare }) => foreignShare),
    stealShare: most(({ stealShare }) => stealShare),
    waitShare: most(({ waitShare }) => waitShare),
    throttledShare,
    ...(throttled === undefined ? {} : { throttled }),
    ...(own.length === 0 ? {} : { generatorThrottledShare: Math.max(...own) }),
  };
}

/** A gate is met when it is met for all; what is wrong is told in the words of the first for whom it is. */
function gatesOf(parts: readonly Reading[]): readonly Gate[] {
  const all = parts.flatMap(({ gates }) => gates);
  return [...new Set(all.map(({ name }) => name))].flatMap((name) => {
    const own = all.filter((gate) => gate.name === name);
    return own.find(({ isMet }) => !isMet) ?? own[0] ?? [];
  });
}
