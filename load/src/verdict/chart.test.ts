import { expect, test } from 'vitest';
import { drawChart } from './chart.ts';
import { renderPage } from './markdown.ts';
import { pointTable } from './point-table.ts';
import { LABELS, scaleChart } from './scale-chart.ts';
import { aCurve, aReading, CAP } from './testing/readings.ts';
import { judge } from './verdict.ts';

const GROUPS = [1, 2, 4, 8, 16];
const noise = (groups: number, repeat: number): number => 0.02 * Math.sin(groups * 3 + repeat * 5);
const readings = [
  ...aCurve((n) => CAP * n, { noise }).filter(({ groups }) => groups !== 8),
  ...[0, 1, 2].map((repeat) => aReading(8, { repeat, tps: CAP * 7.5, broken: 'the disk is full' })),
];
const verdict = judge({ profile: 'capped', groups: GROUPS, repeats: 3, readings });
const input = { title: 'Token transfers', profile: 'capped', verdict, footnote: '2 cores, <3 repeats>' } as const;

test('the chart of a curve is the golden one', async () => {
  const svg = drawChart(scaleChart(input));
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  await expect(svg).toMatchFileSnapshot('golden/scale.svg');
});

test('both claims are labelled in the picture and on the page', () => {
  for (const profile of ['capped', 'open'] as const) {
    expect(drawChart(scaleChart({ ...input, profile }))).toContain(LABELS[profile]);
  }
});

test('the page of a curve is the golden one', async () => {
  const page = renderPage({
    title: input.title,
    label: LABELS.capped,
    verdict: `${verdict.verdict}: ${verdict.reason}`,
    tables: [pointTable(verdict.points)],
    facts: [['machine', '2 × some | processor']],
    chart: 'scale.svg',
  });
  await expect(page).toMatchFileSnapshot('golden/scale.md');
});

test('a picture of nothing is still a picture', () => {
  const { points: _, ...empty } = judge({ profile: 'open', groups: [1], repeats: 3, readings: [] });
  const svg = drawChart(scaleChart({ ...input, verdict: { ...empty, points: [] } }));
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
