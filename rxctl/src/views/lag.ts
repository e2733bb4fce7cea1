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
  const [first] = pairs(snapshot);
  if (first === undefined) return [toned('dim', 'unknown')];
  if (first.blocks <= 1) return [plain('all within one beat')];
  return [toned(lagTone(first.blocks), pairText(first)), ...late(snapshot)];
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

/** Most blocks first. */
function pairs({ groups, lag }: Snapshot): readonly Pair[] {
  const found: Pair[] = [];
  for (const [row, { group: reader }] of groups.entries())
    for (const [column, { group: source }] of groups.entries()) {
      const blocks = lag[row]?.[column];
      if (typeof blocks === 'number') found.push({ reader, source, blocks });
    }
  return found.sort((a, b) => b.blocks - a.blocks || a.reader - b.reader || a.source - b.source);
}

/** One line a reader: who is behind is mostly behind everybody. */
function worst(snapshot: Snapshot, height: number): readonly Line[] {
  const all = pairs(snapshot);
  if (all.length === 0) return [[toned('dim', 'unknown')]];
  const late = all.filter(({ blocks }) => blocks > 1);
  const readers = Map.groupBy(late, ({ reader }) => reader);
  return [
    [plain(`${count(all.length - late.length)} of ${count(all.length)} pairs within one beat`)],
    ...[...readers.values()].slice(0, height - 1).map((pairsOfReader): Line => {
      const [first] = pairsOfReader;
      if (first === undefined) return [];
      const others = pairsOfReader.length - 1;
      return [
        toned(lagTone(first.blocks), pairText(first)),
        ...(others === 0 ? [] : [toned('dim', `, ${others} more`)]),
      ];
    }),
  ];
}

function pairText({ reader, source, blocks }: Pair): string {
  return `g${reader} reads g${source} ${count(blocks)} ${blocks === 1 ? 'block' : 'blocks'} late`;
}

function late(snapshot: Snapshot): Line {
  const others = pairs(snapshot).filter(({ blocks }) => blocks > 1).length - 1;
  return others > 0 ? [toned('dim', `, ${count(others)} other pairs too`)] : [];
}
