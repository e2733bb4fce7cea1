// What is known of one group: its chain, its rates, its nodes, whom it reads late and who reads it late, what happened to it.
import type { GroupSight, Snapshot } from '../sources/source.ts';
import { area, spark } from './bars.ts';
import { eventLine } from './events.ts';
import { groupHealth, lagTone } from './health.ts';
import { type Line, plain, type Span, toned } from './line.ts';
import { nodesOf } from './lists.ts';
import type { Model } from './model.ts';
import { nodesTable } from './nodes-table.ts';
import { type Fact, facts, heading, type Pane } from './pane.ts';
import { bytes, count, duration, percent, rate } from './units.ts';

const FACT_COLUMNS = 34;
const NODES_MAX = 8;

export function groupDetail(model: Model, group: number, chosen: number, width: number, height: number): Pane {
  const { snapshot, courses } = model;
  const sight = snapshot.groups.find((each) => each.group === group);
  if (sight === undefined)
    return { title: `GROUP ${group}`, lines: [[toned('dim', 'There is no such group any more; esc goes back.')]] };
  const nodes = nodesOf(snapshot, group);
  const shown = Math.min(NODES_MAX, nodes.length);
  const happened = snapshot.events
    .filter(({ object }) => object === `group ${group}` || nodes.some(({ name }) => name === object))
    .toReversed();
  const upper: readonly Line[] = [
    ...facts(factsOf(sight, snapshot), width, FACT_COLUMNS),
    ...courseLines(courses.groups.get(group) ?? [], width, height),
    [],
    heading(`NODES ${nodes.length}`, 'enter: details, l: log'),
    ...nodesTable(nodes, chosen, width, shown + 1),
    [],
    heading('READS', 'blocks it could have read and has not'),
    ...lagLines(snapshot, group, width, (lag, row, other) => lag[row]?.[other] ?? null),
    heading('READ BY', 'blocks of it that others could have read and have not'),
    ...lagLines(snapshot, group, width, (lag, row, other) => lag[other]?.[row] ?? null),
    [],
    heading(`EVENTS ${happened.length}`),
  ];
  return {
    title: `GROUP ${group}`,
    note: groupHealth(sight, snapshot).word,
    hasFocus: true,
    lines: [...upper, ...happened.slice(0, Math.max(0, height - upper.length)).map(eventLine)],
  };
}

function factsOf(sight: GroupSight, snapshot: Snapshot): readonly Fact[] {
  const { icon, tone, word } = groupHealth(sight, snapshot);
  return [
    { label: 'state', value: [toned(tone, `${icon} ${word}`)] },
    { label: 'height', value: `${sight.height}` },
    { label: 'tip', value: `${sight.tipId?.slice(0, 16) ?? '–'}` },
    { label: 'tip age', value: duration(sight.tipAgeMs) },
    { label: 'transactions', value: `${rate(sight.tps)} per second` },
    { label: 'invocations', value: `${rate(sight.utps)} per second` },
    { label: 'gas used', value: percent(sight.gasShare) },
    { label: 'p95', value: duration(sight.p95Ms) },
    { label: 'pool', value: `${count(sight.pool)} waiting` },
    { label: 'queue', value: `${count(sight.queuedRelays)} relays` },
    { label: 'partitions', value: `${sight.partitions}` },
    { label: 'state size', value: `${bytes(sight.stateBytes)}, ${count(sight.stateCells ?? 0)} cells` },
    { label: 'reorganised', value: `${count(sight.reorganisations ?? 0)}×` },
  ];
}

const COURSE_LINES = 5;
/** Below it a course takes one line. */
const ROOMY_LINES = 26;

function courseLines(course: readonly number[], width: number, height: number): readonly Line[] {
  const highest = Math.max(0, ...course);
  if (height < ROOMY_LINES) return [[toned('dim', 'course  '), toned('accent', spark(course, width - 8, highest))]];
  return [
    [],
    heading('COURSE', `transactions per second, from 0 to ${rate(highest)}`),
    ...area(course, width, COURSE_LINES, highest).map((row): Line => [toned('accent', row)]),
  ];
}

const LAG_LINES = 3;

function lagLines(
  { groups, lag }: Snapshot,
  group: number,
  width: number,
  blocksOf: (lag: Snapshot['lag'], row: number, other: number) => number | null,
): readonly Line[] {
  const row = groups.findIndex((each) => each.group === group);
  const cells = groups.flatMap((other, index): readonly Span[] => {
    const blocks = blocksOf(lag, row, index);
    return other.group === group || blocks === null ? [] : [toned(lagTone(blocks), `g${other.group} ${count(blocks)}`)];
  });
  if (cells.length === 0) return [[toned('dim', '  nobody')]];
  const widest = Math.max(...cells.map(({ text }) => text.length)) + 2;
  const perLine = Math.max(1, Math.floor((width - 2) / widest));
  return Array.from(
    { length: Math.min(LAG_LINES, Math.ceil(cells.length / perLine)) },
    (_, line): Line => [
      plain('  '),
      ...cells.slice(line * perLine, (line + 1) * perLine).map((cell) => ({ ...cell, text: cell.text.padEnd(widest) })),
    ],
  );
}
