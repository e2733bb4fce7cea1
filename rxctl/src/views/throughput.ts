// The pane of throughput: what the whole network did lately, against what was offered. Shown where there is room.
import { area } from './bars.ts';
import { type Line, plain, toned } from './line.ts';
import type { Model } from './model.ts';
import type { Pane } from './pane.ts';
import { rate } from './units.ts';

const AXIS_COLUMNS = 7;

export function throughputPane({ snapshot: { load }, courses }: Model, width: number, height: number): Pane {
  const offered = load?.isRunning === true ? load.offeredTps : undefined;
  const highest = Math.max(1, ...courses.total, offered ?? 0);
  const rows = area(courses.total, Math.max(1, width - AXIS_COLUMNS), height, highest);
  return {
    title: 'THROUGHPUT  tps in blocks',
    note: offered === undefined ? '' : `${rate(offered)} offered`,
    lines: rows.map((row, index): Line => [axis(index, height, highest), plain(' '), toned('accent', row)]),
  };
}

function axis(row: number, height: number, highest: number): Line[number] {
  const middle = Math.floor((height - 1) / 2);
  const value = row === 0 ? highest : row === height - 1 ? 0 : row === middle && height > 4 ? highest / 2 : undefined;
  const text = value === undefined ? '' : rate(value);
  return toned('dim', `${text.padStart(AXIS_COLUMNS - 3)} ${value === undefined ? '│' : '┤'}`);
}
