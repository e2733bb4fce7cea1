// The pane of events: what happened, newest first, chosen with the arrows when it has the focus.
import type { EventSight } from '../sources/source.ts';
import { clean, type Line, plain, toned } from './line.ts';
import { eventsOf } from './lists.ts';
import { type Model, placeOf } from './model.ts';
import type { Pane } from './pane.ts';
import { choosable, scrolled, scrollTo } from './table.ts';
import { clock } from './units.ts';

const OBJECT_COLUMNS = 9;
const REASON_COLUMNS = 15;

export function eventsPane(model: Model, width: number, height: number): Pane {
  const { snapshot, ui } = model;
  const place = placeOf(ui);
  const hasFocus = place.kind === 'overview' && ui.focus === 'events';
  const rows = eventsOf(snapshot, ui);
  const chosen = hasFocus ? Math.min(place.chosen, rows.length - 1) : 0;
  const offset = scrollTo(chosen, rows.length, height);
  const lines = rows
    .slice(offset, offset + height)
    .map((event, index) => choosable(eventLine(event), offset + index === chosen, hasFocus, width));
  return {
    title: `EVENTS ${rows.length}`,
    note: scrolled(offset, height, rows.length),
    hasFocus,
    lines: rows.length === 0 ? [[toned('dim', '  nothing has happened yet')]] : lines,
  };
}

export function eventLine({ atMs, object, type, reason, message }: EventSight): Line {
  return [
    toned('dim', clock(atMs)),
    plain('  '),
    toned('accent', clean(object).padEnd(OBJECT_COLUMNS)),
    plain(' '),
    toned(
      type === 'Warning' ? 'warn' : undefined,
      `${type === 'Warning' ? '⚠ ' : '  '}${clean(reason).padEnd(REASON_COLUMNS)}`,
    ),
    toned('dim', '  '),
    plain(clean(message)),
  ];
}
