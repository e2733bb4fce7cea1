// The pane of lag: which group reads which other how late. A matrix while it fits, the worst pairs otherwise.
import type { Snapshot } from '../sources/source.ts';
import { lagTone } from './health.ts';
import { type Line, plain, type Span, toned } from './line.ts';
import type { Model } from './model.ts';
import type { Pane } from './pane.ts';
import { count } from './units.ts';

const CELL_COLUMNS = 4;
/** Row names and a blank. */
const NAME_COLUMNS = 5;

export function lagPane({ snapshot }: Model, width: number, height: number): Pane {
  const size = snapshot.groups.length;
  const fits = NAME_COLUMNS + size * CELL_COLUMNS <= width && size + 1 <= height;
  return {
    title: 'LAG between groups',
    note: fits ? 'rows read columns' : 'worst first',
    lines: size < 2 ? [[toned('dim', 'one group reads nobody')]] : fits ? matrix(snapshot) : worst(snapshot, height),
  };
}

/** One line for a narrow terminal. */
export function lagLine({ snapshot }: Model): Line {
  if (snapshot.groups.length < 2) return [toned('dim', 'one group reads nobody')];
  const { known, late } = lagOf(snapshot);
  const [first, ...others] = late;
  if (first === undefined) return known === 0 ? [toned('dim', 'unknown')] : [plain('all within one beat')];
  const more = others.length === 0 ? [] : [toned('dim', `, ${count(others.length)} other pairs too`)];
  return [toned(lagTone(first.blocks), pairText(first)), ...more];
}

function matrix({ groups, lag }: Snapshot): readonly Line[] {
  const head = groups.map(({ group }) => `g${group}`.padStart(CELL_COLUMNS)).join('');
  return [
    [toned('dim', `${' '.repeat(NAME_COLUMNS)}${head}`)],
    ...groups.map(
      ({ group }, row): Line => [
        toned('dim', `g${group}`.padEnd(NAME_COLUMNS)),
        ...groups.map((_, column): Span => {
          const blocks = lag[row]?.[column] ?? null;
          if (blocks === null) return toned('dim', (row === column ? '·' : '–').padStart(CELL_COLUMNS));
          return toned(lagTone(blocks), count(blocks).padStart(CELL_COLUMNS));
        }),
      ],
    ),
  ];
}

type Pair = { readonly reader: number; readonly source: number; readonly blocks: number };

/** How many pairs are known, and those beyond one beat, most blocks first. */
function lagOf({ groups, lag }: Snapshot): { readonly known: number; readonly late: readonly Pair[] } {
  const late: Pair[] = [];
  let known = 0;
  for (const [row, { group: reader }] of groups.entries())
    for (const [column, { group: source }] of groups.entries()) {
      const blocks = lag[row]?.[column];
      if (typeof blocks !== 'number') continue;
      known++;
      if (blocks > 1) late.push({ reader, source, blocks });
    }
  late.sort((a, b) => b.blocks - a.blocks || a.reader - b.reader || a.source - b.source);
  return { known, late };
}

/** One line a reader: who is behind is mostly behind everybody. */
function worst(snapshot: Snapshot, height: number): readonly Line[] {
  const { known, late } = lagOf(snapshot);
  if (known === 0) return [[toned('dim', 'unknown')]];
  const readers = Map.groupBy(late, ({ reader }) => reader);
  return [
    [plain(`${count(known - late.length)} of ${count(known)} pairs within one beat`)],
    ...[...readers.values()].slice(0, height - 1).map((pairs): Line => {
      const [first] = pairs;
      if (first === undefined) return [];
      const more = pairs.length === 1 ? [] : [toned('dim', `, ${pairs.length - 1} more`)];
      return [toned(lagTone(first.blocks), pairText(first)), ...more];
    }),
  ];
}

function pairText({ reader, source, blocks }: Pair): string {
  return `g${reader} reads g${source} ${count(blocks)} ${blocks === 1 ? 'block' : 'blocks'} late`;
}
