// What a pane gives and how panes are framed: rules with titles, sides, joints where rules meet. Pure.
import { block, fit, type Line, plain, type Span, toned } from './line.ts';

export type Pane = {
  readonly title: string;
  /** At the right end of the rule above it. */
  readonly note?: string;
  readonly hasFocus?: boolean;
  readonly lines: readonly Line[];
};

export type Head = Pick<Pane, 'title' | 'note' | 'hasFocus'>;

/** Where vertical lines meet a rule. */
export type Joints = { readonly above?: number; readonly below?: number };

const SIDE = '│';
/** Columns a frame takes on both sides of its contents: side and blank. */
export const SIDES = 4;

/** A rule over the whole width with the titles of what begins below it. */
export function rule(
  heads: readonly Head[],
  width: number,
  ends: readonly [string, string],
  { above, below }: Joints = {},
): Line {
  const glyphs = Array.from({ length: width }, (_, at) => glyphAt(at, above, below));
  glyphs[0] = ends[0];
  glyphs[width - 1] = ends[1];
  const line: Span[] = [];
  const starts = below === undefined ? [0] : [0, below];
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? width;
    line.push(...segment(glyphs.slice(start, end).join(''), heads[index]));
  }
  return line;
}

function glyphAt(at: number, above: number | undefined, below: number | undefined): string {
  if (at === above && at === below) return '┼';
  if (at === above) return '┴';
  return at === below ? '┬' : '─';
}

function segment(glyphs: string, head: Head | undefined): Line {
  if (head === undefined) return [toned('dim', glyphs)];
  const room = glyphs.length - 4;
  const title = fitted(head.title, room);
  const note = head.note === undefined || head.note.length + title.length + 4 > room ? '' : head.note;
  const fill = glyphs.slice(2 + title.length + 2, glyphs.length - (note === '' ? 0 : note.length + 4));
  return [
    toned('dim', glyphs.slice(0, 2)),
    toned(head.hasFocus === true ? 'accent' : 'strong', ` ${title} `),
    toned('dim', fill),
    ...(note === '' ? [] : [toned('dim', ` ${note} `), toned('dim', glyphs.slice(-2))]),
  ];
}

function fitted(text: string, width: number): string {
  return text.length <= width ? text : text.slice(0, Math.max(0, width));
}

/** Lines of one pane between the sides of the frame. */
export function sided(pane: readonly Line[], width: number, height: number): readonly Line[] {
  return block(pane, width - SIDES, height).map((line) => [
    toned('dim', `${SIDE} `),
    ...line,
    toned('dim', ` ${SIDE}`),
  ]);
}

/** Two panes beside each other; `split` is the column of the line between them. */
export function beside(
  left: readonly Line[],
  right: readonly Line[],
  width: number,
  split: number,
  height: number,
): readonly Line[] {
  const leftBlock = block(left, split - 3, height);
  const rightBlock = block(right, width - split - SIDES, height);
  return leftBlock.map((line, index) => [
    toned('dim', `${SIDE} `),
    ...line,
    toned('dim', ` ${SIDE} `),
    ...(rightBlock[index] ?? []),
    toned('dim', ` ${SIDE}`),
  ]);
}

export type Fact = { readonly label: string; readonly value: Line | string };

const FACT_GAP = 3;

/** Labels and values in as many columns as fit, down the columns first. */
export function facts(list: readonly Fact[], width: number, columnWidth: number): readonly Line[] {
  const columns = Math.max(1, Math.floor((width + FACT_GAP) / (columnWidth + FACT_GAP)));
  const rows = Math.ceil(list.length / columns);
  const labelWidth = Math.max(0, ...list.map(({ label }) => label.length));
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column): Line => {
      const fact = list[column * rows + row];
      if (fact === undefined) return [];
      const value = typeof fact.value === 'string' ? [plain(fact.value)] : fact.value;
      const line = [toned('dim', `${fact.label.padEnd(labelWidth)}  `), ...value];
      return [...fit(line, columnWidth), plain(' '.repeat(FACT_GAP))];
    }).flat(),
  );
}

export function heading(text: string, note = ''): Line {
  return [toned('strong', text), ...(note === '' ? [] : [toned('dim', `  ${note}`)])];
}

/** Cut to the height with a last line that says how much is missing. */
export function atMost(lines: readonly Line[], height: number): readonly Line[] {
  if (lines.length <= height) return lines;
  return [...lines.slice(0, Math.max(0, height - 1)), [toned('dim', `… ${lines.length - height + 1} more`)]];
}
