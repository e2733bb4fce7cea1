// A table that fits a given width: columns of least importance give way first, one elastic column takes what is left. Pure.
import { fit, type Line, plain, type Tone, toned } from './line.ts';

export type Column<Row> = {
  readonly title: string;
  readonly width: number;
  /** Grows to what is left; one column at most. */
  readonly isElastic?: true;
  readonly align: 'left' | 'right';
  /** Columns of higher numbers are left out first. */
  readonly rank: number;
  readonly cell: (row: Row, width: number) => string | { readonly text: string; readonly tone?: Tone };
};

const GAP = '  ';

/** The columns that fit, with their final widths. */
export function columnsFor<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
  const byRank = columns.toSorted((a, b) => a.rank - b.rank);
  const kept = new Set<Column<Row>>();
  let used = -GAP.length;
  for (const column of byRank) {
    if (used + GAP.length + column.width > width) break;
    used += GAP.length + column.width;
    kept.add(column);
  }
  return columns
    .filter((column) => kept.has(column))
    .map((column) => (column.isElastic ? { ...column, width: column.width + width - used } : column));
}

export function headOf<Row>(columns: readonly Column<Row>[]): Line {
  return [
    toned(
      'dim',
      columns
        .map(({ title, width, align }) => aligned(title, width, align))
        .join(GAP)
        .trimEnd(),
    ),
  ];
}

export function rowOf<Row>(columns: readonly Column<Row>[], row: Row): Line {
  return columns.flatMap((column, index) => {
    const cell = column.cell(row, column.width);
    const { text, tone } = typeof cell === 'string' ? { text: cell, tone: undefined } : cell;
    const padded = toned(tone, aligned(text, column.width, column.align));
    return index === 0 ? [padded] : [plain(GAP), padded];
  });
}

function aligned(text: string, width: number, align: 'left' | 'right'): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width);
}

export const MARK = '› ';
const NO_MARK = '  ';

/** A selectable row: the chosen one is marked by a sign, so that it is seen without colours too. */
export function choosable(line: Line, isChosen: boolean, hasFocus: boolean, width: number): Line {
  const marked: Line = [
    toned(isChosen && hasFocus ? 'accent' : undefined, isChosen && hasFocus ? MARK : NO_MARK),
    ...line,
  ];
  if (!isChosen || !hasFocus) return fit(marked, width);
  return fit(marked, width).map((span) => (span.tone === undefined ? { ...span, tone: 'strong' as const } : span));
}

/** The first of `height` rows to show so that the chosen one is among them. */
export function scrollTo(chosen: number, count: number, height: number): number {
  return Math.max(0, Math.min(chosen - Math.floor(height / 2), count - height));
}

/** `3–12 of 64`, or nothing when all are shown. */
export function scrolled(offset: number, height: number, count: number): string {
  return count <= height ? '' : `${offset + 1}–${Math.min(count, offset + height)} of ${count}`;
}
