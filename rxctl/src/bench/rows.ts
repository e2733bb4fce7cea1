// A bench as a table: rows that are measured in every round, bounds on what they come to, a picture. What the rows are is each
// bench's own; this one runs them and puts the report together.
import type { Chart } from '@rexnet/load/verdict/chart.ts';
import type { Table } from '@rexnet/load/verdict/markdown.ts';
import { isSound, type Point, pointOf } from '@rexnet/load/verdict/point.ts';
import type { Profile } from '@rexnet/load/verdict/reading.ts';
import { LABELS } from '@rexnet/load/verdict/scale-chart.ts';
import { takeReadings } from './campaign.ts';
import { type MachineFacts, machineWords } from './facts.ts';
import type { BenchReport } from './report.ts';
import { decide, type Requirement, requirementTable } from './requirement.ts';
import { type ReadingWish, type Taken, takeReading } from './take-reading.ts';
import type { Tools } from './tools.ts';

export interface Row {
  /** Names the point in JSON. */
  readonly key: string;
  readonly name: string;
  readonly wish: (repeat: number) => ReadingWish;
}

/** What a row came to. */
export interface Figures {
  readonly row: Row;
  /** Readings that count. */
  readonly sound: readonly Taken[];
  readonly all: readonly Taken[];
  readonly point: Point;
}

export type FiguresOf = (key: string) => Figures | undefined;

export interface RowsBench {
  readonly bench: string;
  readonly title: string;
  readonly profile: Profile;
  readonly rows: readonly Row[];
  readonly requirements: (of: FiguresOf) => readonly Requirement[];
  /** Tables of its own, between the bounds and the facts. */
  readonly tables: (of: FiguresOf) => readonly Table[];
  /** Further fields of the JSON object. */
  readonly fields?: (of: FiguresOf) => Readonly<Record<string, unknown>>;
  readonly chart?: (of: FiguresOf) => Omit<Chart, 'label' | 'footnote'>;
  readonly settings: BenchReport['settings'];
}

export interface Rounds {
  readonly repeats: number;
  readonly retries: number;
  readonly seconds: number;
}

export async function runRows(
  bench: RowsBench,
  rounds: Rounds,
  tools: Tools,
  machine: MachineFacts,
): Promise<BenchReport> {
  const { profile, rows, title } = bench;
  const { repeats, retries, seconds } = rounds;
  const taken = await takeReadings({
    profile,
    repeats,
    retries,
    signal: tools.signal,
    onNote: tools.onNote,
    points: rows.map(({ name, wish }) => ({ name, take: (repeat) => takeReading(wish(repeat), tools) })),
  });
  const figures = rows.map((row, index) => figuresOf(row, taken[index] ?? [], { profile, repeats }));
  const of: FiguresOf = (key) => figures.find(({ row }) => row.key === key);
  const requirements = bench.requirements(of);
  const named = figures.map(({ row, all }) => ({ name: row.name, readings: all.map(({ reading }) => reading) }));
  const { outcome, reason } = decide(named, { profile, repeats }, requirements);
  const chart = bench.chart?.(of);
  return {
    bench: bench.bench,
    title,
    label: LABELS[profile],
    outcome,
    reason,
    fields: {
      profile,
      points: figures.map(({ row, point }) => ({ key: row.key, name: row.name, ...point })),
      requirements,
      ...bench.fields?.(of),
    },
    tables: [...(requirements.length === 0 ? [] : [requirementTable(requirements)]), ...bench.tables(of)],
    ...(chart === undefined
      ? {}
      : {
          chart: { ...chart, label: LABELS[profile], footnote: `${machineWords(machine)}; ${repeats} × ${seconds} s` },
        }),
    settings: [
      ...bench.settings,
      ['window', `${seconds} s after the warm-up, from block to block`],
      ['repeats', `${repeats}, in rounds over all rows`],
    ],
    readings: named,
  };
}

function figuresOf(
  row: Row,
  all: readonly Taken[],
  { profile, repeats }: { readonly profile: Profile; readonly repeats: number },
): Figures {
  const sound = all.filter(({ reading }) => isSound(reading, profile));
  const readings = all.map(({ reading }) => reading);
  const groups = row.wish(0).groups;
  return { row, sound, all, point: pointOf({ groups, readings, baseline: [], profile, repeats }) };
}

/** Rows side by side, with what tells them apart in front. */
export function rowTable(figures: readonly (Figures | undefined)[], title?: string): Table {
  return {
    ...(title === undefined ? {} : { title }),
    head: ['what', 'groups', 'TPS', 'uTPS', 'of capacity', 'p50 ms', 'p95 ms', 'p99 ms', 'crossing', 'valid'],
    rows: figures
      .filter((each) => each !== undefined)
      .map(({ row, point }) => [
        row.name,
        String(point.groups),
        point.tps.toFixed(1),
        point.utps.toFixed(1),
        point.ofCapacity?.toFixed(3) ?? '',
        point.p50Ms.toFixed(0),
        point.p95Ms.toFixed(0),
        point.p99Ms.toFixed(0),
        `${(point.crossGroupShare * 100).toFixed(1)} %`,
        point.valid ? 'yes' : `no: ${point.invalidReason}`,
      ]),
  };
}
