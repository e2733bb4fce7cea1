// The pane of the parent chain: what kinds of Bitcoin headers carried the blocks of all groups.
import { bar } from './bars.ts';
import { type Line, plain, type Span, toned } from './line.ts';
import type { Model } from './model.ts';
import type { Pane } from './pane.ts';
import { count, percent } from './units.ts';

const KINDS = [
  { name: 'on-chain', key: 'onChain', tone: 'good' },
  { name: 'orphan', key: 'orphan', tone: 'warn' },
  { name: 'premature', key: 'premature', tone: 'accent' },
] as const;
const NAME_COLUMNS = 11;
const COUNT_COLUMNS = 6;
const PERCENT_COLUMNS = 5;
const BAR_COLUMNS_MAX = 30;

export function parentPane(model: Model, width: number): Pane {
  const { parent } = model.snapshot;
  const total = KINDS.reduce((sum, { key }) => sum + parent[key], 0);
  const room = width - NAME_COLUMNS - COUNT_COLUMNS - PERCENT_COLUMNS - 2;
  const lines = KINDS.map(({ key, name, tone }): Line => {
    const share = total === 0 ? 0 : parent[key] / total;
    return [
      plain(name.padEnd(NAME_COLUMNS)),
      toned('strong', count(parent[key]).padStart(COUNT_COLUMNS)),
      toned('dim', `${percent(share).padStart(PERCENT_COLUMNS)}  `),
      ...bar(share, Math.min(BAR_COLUMNS_MAX, room), tone),
    ];
  });
  return {
    title: 'PARENT CHAIN',
    note: name(model),
    lines: [...lines, [toned('dim', `they carried ${count(total)} blocks of groups`)]],
  };
}

/** One line for a narrow terminal. */
export function parentLine(model: Model): Line {
  const { parent } = model.snapshot;
  const kinds = KINDS.map(({ key, name: word }): Span => plain(` · ${word} ${count(parent[key])}`));
  return [plain(name(model)), ...kinds];
}

function name({ snapshot: { parent } }: Model): string {
  return parent.kind === 'toy' ? 'toy parent' : `bitcoin regtest #${parent.height ?? '?'}`;
}
