// What of a verdict goes into the picture, and the words that keep its two claims apart. Pure.
import type { Chart, Series } from './chart.ts';
import type { Point } from './point.ts';
import type { Profile } from './reading.ts';
import type { Verdict } from './verdict.ts';

/** Stands on every artefact. */
export const LABELS: Readonly<Record<Profile, string>> = {
  capped: 'protocol-capped; not a hardware benchmark',
  open: 'hardware',
};

export function seriesOf(name: string, points: readonly Point[]): Series {
  return {
    name,
    points: points.map(({ groups, tps, tps95, valid }) => ({ x: groups, y: tps, ends: tps95, valid })),
  };
}

/** The smallest point decides what would be ideal. */
export function idealOf(points: readonly Point[]): Chart['ideal'] {
  const [first] = points;
  return first === undefined ? undefined : { name: 'ideal: n · TPS(1)', perX: first.tps / first.groups };
}

export interface ScaleChartInput {
  readonly title: string;
  readonly profile: Profile;
  readonly verdict: Pick<Verdict, 'verdict' | 'slope' | 'slope95' | 'points'>;
  /** Machine and workload in a few words. */
  readonly footnote: string;
}

export function scaleChart({ title, profile, verdict, footnote }: ScaleChartInput): Chart {
  const { points, slope, slope95 } = verdict;
  const ideal = idealOf(points);
  const slopeText =
    slope === null
      ? ''
      : `, slope ${slope.toFixed(3)}${slope95 === null ? '' : ` (95 %: ${slope95.map((end) => end.toFixed(3)).join(' to ')})`}`;
  return {
    title: `${title}: ${verdict.verdict}${slopeText}`,
    label: LABELS[profile],
    xTitle: 'groups',
    yTitle: 'completed transactions per second',
    series: [seriesOf('measured, with 95 % interval', points)],
    ...(ideal === undefined ? {} : { ideal }),
    footnote,
  };
}
