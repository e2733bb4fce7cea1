// The pane of scaling: throughput against groups as the last bench found it, beside the ideal line, and where the network is now.
import type { ScalingSight, Snapshot } from '../sources/source.ts';
import { type Line, plain, type Span, type Tone, toned } from './line.ts';
import { type Model, networkTps } from './model.ts';
import type { Pane } from './pane.ts';
import { count, rate } from './units.ts';

const AXIS_COLUMNS = 7;
const POINT = '●';
const INVALID_POINT = '○';
const IDEAL = '·';
const NOW = '◆';

export function scalingPane({ snapshot }: Model, width: number, height: number): Pane {
  const { scaling } = snapshot;
  if (scaling === undefined || scaling.points.length === 0)
    return { title: 'SCALING', lines: without(snapshot, width) };
  return { title: 'SCALING  tps by groups', note: verdict(scaling), lines: chart(snapshot, scaling, width, height) };
}

/** One line for a narrow terminal. */
export function scalingLine({ snapshot }: Model): Line {
  const { scaling } = snapshot;
  const last = scaling?.points.findLast(({ isValid }) => isValid);
  if (scaling === undefined || last === undefined) return perGroup(snapshot);
  return [plain(`${verdict(scaling)}, efficiency ${last.efficiency.toFixed(2)} at ${last.groups} groups`)];
}

function verdict({ verdict: word, slope }: ScalingSight): string {
  return `${word ?? 'no verdict'}${slope === undefined ? '' : ` ${slope.toFixed(2)}`}`;
}

function perGroup(snapshot: Snapshot): Line {
  const rates = snapshot.groups.flatMap(({ tps }) => (tps === undefined ? [] : [tps]));
  if (rates.length === 0) return [toned('dim', 'no rates yet')];
  const mean = rates.reduce((sum, tps) => sum + tps, 0) / rates.length;
  const most = Math.max(...rates);
  const least = Math.min(...rates);
  return [plain(`${rate(mean)} tps a group`), toned('dim', `, least ${rate(least)}, most ${rate(most)}`)];
}

function without(snapshot: Snapshot, width: number): readonly Line[] {
  const total = networkTps(snapshot);
  const measure = width < 50 ? 'rxctl bench scale --out bench' : 'rxctl bench scale --groups 1,2,4,8 --out bench';
  const isHere = snapshot.origin === 'laptop';
  return [
    [
      toned('strong', `${rate(total)} tps`),
      plain(` on ${snapshot.groups.length} ${snapshot.groups.length === 1 ? 'group' : 'groups'} now`),
    ],
    perGroup(snapshot),
    [],
    [toned('dim', 'No curve yet. To measure one:')],
    ...(isHere ? [measure] : ['kubectl apply -f loadtest.yaml', 'rxctl --kube bench --out bench']).map((text) => [
      toned('dim', text),
    ]),
    [toned('dim', `rxctl ${isHere ? '' : '--kube '}top --scaling bench`)],
  ];
}

/** Both axes begin at zero, so that linear is a straight line. */
function chart(snapshot: Snapshot, { points }: ScalingSight, width: number, height: number): readonly Line[] {
  const rows = Math.max(2, height - 2);
  const columns = Math.max(2, width - AXIS_COLUMNS - 1);
  const [first] = points;
  const perGroup1 = first === undefined ? 0 : first.tps / Math.max(1, first.groups);
  const most = Math.max(1, ...points.map(({ groups }) => groups));
  const top = Math.max(1, perGroup1 * most, ...points.map(({ tps }) => tps));
  const cells: Span[][] = Array.from({ length: rows }, () => Array.from({ length: columns }, () => plain(' ')));
  const columnOf = (groups: number): number => Math.round((groups / most) * (columns - 1));
  const set = (column: number, value: number, glyph: string, tone: Tone): void => {
    const row = rows - 1 - Math.round((Math.min(top, Math.max(0, value)) / top) * (rows - 1));
    const line = cells[row];
    if (line !== undefined && column < columns) line[column] = toned(tone, glyph);
  };
  for (let column = 0; column < columns; column++)
    set(column, (perGroup1 * most * column) / (columns - 1), IDEAL, 'dim');
  for (const { tps, groups, isValid } of points)
    set(columnOf(groups), tps, isValid ? POINT : INVALID_POINT, isValid ? 'good' : 'warn');
  const live = networkTps(snapshot) ?? 0;
  const isOnChart = live > 0 && snapshot.groups.length <= most;
  if (isOnChart) set(columnOf(snapshot.groups.length), live, NOW, 'accent');
  const labels = new Map([
    [0, top],
    [rows - 1, 0],
  ]);
  return [
    ...cells.map((line, row): Line => {
      const label = labels.get(row);
      const text = label === undefined ? '' : rate(label);
      return [toned('dim', `${text.padStart(AXIS_COLUMNS - 2)} ${label === undefined ? '│' : '┤'}`), ...line];
    }),
    [toned('dim', `${' '.repeat(AXIS_COLUMNS - 1)}└${axis(points, columnOf, columns)}`)],
    [plain(' '.repeat(AXIS_COLUMNS)), ...legend(points, isOnChart)],
  ];
}

function legend(points: ScalingSight['points'], isOnChart: boolean): Line {
  return [
    toned('good', POINT),
    toned('dim', ` measured ${IDEAL} ideal`),
    ...(points.every(({ isValid }) => isValid) ? [] : [toned('warn', ` ${INVALID_POINT}`), toned('dim', ' invalid')]),
    ...(isOnChart ? [toned('accent', ` ${NOW}`), toned('dim', ' now')] : []),
  ];
}

/** A number that would touch the one before it is left out. */
function axis(points: ScalingSight['points'], columnOf: (groups: number) => number, columns: number): string {
  const glyphs = Array.from({ length: columns }, () => '─');
  let free = 0;
  for (const { groups } of points) {
    const text = count(groups);
    const start = Math.min(columns - text.length, columnOf(groups) - Math.floor(text.length / 2));
    if (start < free) continue;
    for (const [at, glyph] of [...text].entries()) glyphs[start + at] = glyph;
    free = start + text.length + 1;
  }
  return glyphs.join('');
}
