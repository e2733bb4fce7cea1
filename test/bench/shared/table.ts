// The one table of all benches: figure, anchors, floor, goal, and whether the floor holds. It measures nothing.
import { table } from '../../../rxctl/src/print.ts';
import type { Row } from './figures.ts';

const HEAD = ['FIGURE', 'VALUE', 'UNIT', 'FLOOR', 'GOAL', '', 'ANCHORS'] as const;

/** What one bench came to. */
export interface Outcome {
  readonly bench: string;
  readonly rows: readonly Row[];
  /** Why it has no figures. */
  readonly failed?: string;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** Where the goal is below the floor, the floor is the most it may be. */
export function isMet({ value, floor, goal }: Row): boolean {
  if (floor === undefined) return true;
  return goal !== undefined && goal < floor ? value <= floor : value >= floor;
}

function mark(row: Row): string {
  if (row.floor === undefined) return '';
  return isMet(row) ? 'ok' : 'NOT MET';
}

function bound({ floor, goal }: Row): string {
  if (floor === undefined) return '';
  return goal !== undefined && goal < floor ? `<= ${number(floor)}` : `>= ${number(floor)}`;
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 2 });
}

export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ rows }) => rows);
  const lines = rows.map((row) => [
    row.name,
    number(row.value),
    row.unit,
    bound(row),
    row.goal === undefined ? '' : number(row.goal),
    mark(row),
    Object.entries(row.anchors ?? {})
      .map(([name, value]) => `${name} ${typeof value === 'number' ? number(value) : String(value)}`)
      .join(', '),
  ]);
  const notes = outcomes.flatMap(({ bench, failed, skipped }) => [
    ...(failed === undefined ? [] : [`failed: ${bench}, because ${failed}`]),
    ...skipped.map(({ name, reason }) => `skipped: ${name}, because ${reason}`),
  ]);
  return [table(HEAD, lines), ...notes].join('\n');
}
