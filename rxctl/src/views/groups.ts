// The pane of groups: one row each, as many figures as the width allows, chosen with the arrows.
import type { GroupSight, Snapshot } from '../sources/source.ts';
import { spark } from './bars.ts';
import { groupHealth, lagTone } from './health.ts';
import type { Line } from './line.ts';
import { toned } from './line.ts';
import { groupsOf } from './lists.ts';
import { type Courses, type Model, placeOf } from './model.ts';
import type { Pane } from './pane.ts';
import { type Column, choosable, columnsFor, headOf, MARK, rowOf, scrolled, scrollTo } from './table.ts';
import { bytes, count, duration, percent, rate, UNKNOWN } from './units.ts';

export function groupsPane(model: Model, width: number, height: number): Pane {
  const { snapshot, courses, ui } = model;
  const rows = groupsOf(snapshot, ui);
  const place = placeOf(ui);
  const hasFocus = place.kind === 'overview' && ui.focus === 'groups';
  const columns = columnsFor(columnsOf(snapshot, courses), width - MARK.length);
  const room = height - 1;
  const chosen = hasFocus ? Math.min(place.chosen, rows.length - 1) : 0;
  const offset = scrollTo(chosen, rows.length, room);
  const shown = rows.slice(offset, offset + room);
  const lines = shown.map((group, index) =>
    choosable(rowOf(columns, group), offset + index === chosen, hasFocus, width),
  );
  const empty: readonly Line[] = rows.length === 0 ? [[toned('dim', '  no group matches; esc shows all')]] : [];
  return {
    title:
      rows.length === snapshot.groups.length
        ? `GROUPS ${rows.length}`
        : `GROUPS ${rows.length} of ${snapshot.groups.length}`,
    note: scrolled(offset, room, rows.length),
    hasFocus,
    lines: [[...'  '].map((text) => ({ text })).concat(headOf(columns)), ...lines, ...empty],
  };
}

function columnsOf(snapshot: Snapshot, courses: Courses): readonly Column<GroupSight>[] {
  const { groups } = snapshot;
  const highest = Math.max(0, ...[...courses.groups.values()].flat());
  const hasLatency = groups.some(({ p95Ms }) => p95Ms !== undefined);
  const all: readonly Column<GroupSight>[] = [
    {
      title: 'GROUP',
      width: 6,
      align: 'left',
      rank: 0,
      cell: (group) => {
        const { icon, tone } = groupHealth(group, snapshot);
        return { text: `${icon} g${group.group}`, tone };
      },
    },
    {
      title: 'STATE',
      width: 11,
      align: 'left',
      rank: 1,
      cell: (group) => {
        const { word, tone } = groupHealth(group, snapshot);
        return { text: word, ...(tone === 'good' ? {} : { tone }) };
      },
    },
    { title: 'NODES', width: 5, align: 'right', rank: 8, cell: ({ nodes, readyNodes }) => `${readyNodes}/${nodes}` },
    {
      title: 'HEIGHT',
      width: 6,
      align: 'right',
      rank: 2,
      cell: ({ height, tipAgeMs }) => (tipAgeMs === undefined ? UNKNOWN : `${height}`),
    },
    { title: 'TPS', width: 5, align: 'right', rank: 3, cell: ({ tps }) => ({ text: rate(tps), tone: 'strong' }) },
    {
      title: 'COURSE',
      width: 8,
      isElastic: true,
      align: 'left',
      rank: 4,
      cell: ({ group }, width) => ({ text: spark(courses.groups.get(group) ?? [], width, highest), tone: 'accent' }),
    },
    {
      title: 'LAG',
      width: 4,
      align: 'right',
      rank: 5,
      cell: ({ lagBlocks }) =>
        lagBlocks === undefined ? UNKNOWN : { text: count(lagBlocks), tone: lagTone(lagBlocks) },
    },
    ...(hasLatency
      ? [{ title: 'P95', width: 6, align: 'right', rank: 6, cell: ({ p95Ms }: GroupSight) => duration(p95Ms) } as const]
      : []),
    { title: 'GAS', width: 4, align: 'right', rank: 7, cell: ({ gasShare }) => percent(gasShare) },
    { title: 'POOL', width: 5, align: 'right', rank: 9, cell: ({ pool }) => count(pool) },
    { title: 'QUEUE', width: 5, align: 'right', rank: 10, cell: ({ queuedRelays }) => count(queuedRelays) },
    { title: 'PARTS', width: 5, align: 'right', rank: 11, cell: ({ partitions }) => `${partitions}` },
    { title: 'UTPS', width: 5, align: 'right', rank: 12, cell: ({ utps }) => rate(utps) },
    { title: 'TIP', width: 6, align: 'right', rank: 13, cell: ({ tipAgeMs }) => duration(tipAgeMs) },
    { title: 'STATE SIZE', width: 10, align: 'right', rank: 14, cell: ({ stateBytes }) => bytes(stateBytes) },
  ];
  return all;
}
