// A whole frame out of panes: where each stands for a given size, and what of it fits. Pure: (model, size) → lines.
import { contractDetail } from './contract-detail.ts';
import { contractsPane } from './contracts.ts';
import { eventsPane } from './events.ts';
import { footer } from './footer.ts';
import { groupDetail } from './group-detail.ts';
import { groupsPane } from './groups.ts';
import { HEADER_LINES, headerHead, headerPane } from './header.ts';
import { helpPane } from './help.ts';
import { lagLine, lagPane } from './lag.ts';
import { type Line, plain, type Size, textOf, toned } from './line.ts';
import { logPane } from './log.ts';
import { machinesLine, machinesPane } from './machines.ts';
import { type Model, placeOf } from './model.ts';
import { nodeDetail } from './node-detail.ts';
import { beside, type Head, type Joints, type Pane, rule, SIDES, sided } from './pane.ts';
import { parentLine, parentPane } from './parent.ts';
import { scalingLine, scalingPane } from './scaling.ts';
import { throughputPane } from './throughput.ts';

/** Rows that are drawn again only when they change. */
export type Band = { readonly key: string; readonly lines: readonly Line[] };

const MIN_COLUMNS = 60;
const MIN_ROWS = 18;
const WIDE_COLUMNS = 100;
/** Of a wide frame, what the right side takes. */
const RIGHT_SHARE = 0.36;
const RIGHT_COLUMNS_MIN = 38;
const LABEL_COLUMNS = 10;

/** The last row of the terminal stays empty: who fills it makes it scroll. */
export function frameOf(model: Model, { columns, rows }: Size): readonly Band[] {
  const height = rows - 1;
  if (columns < MIN_COLUMNS || height < MIN_ROWS - 1) return [{ key: 'small', lines: tooSmall(columns, height) }];
  const { ui } = model;
  if (ui.isHelp) return screen(model, helpPane(), columns, height);
  const place = placeOf(ui);
  const room = { width: columns - SIDES, height: height - HEADER_LINES - 3 };
  switch (place.kind) {
    case 'group':
      return screen(model, groupDetail(model, place.group, place.chosen, room.width, room.height), columns, height);
    case 'node':
      return screen(model, nodeDetail(model, place.name, room.width, room.height), columns, height);
    case 'contract':
      return screen(model, contractDetail(model, place.name, room.width), columns, height);
    case 'log':
      return screen(model, logPane(model, place.object, room.height), columns, height);
    case 'overview':
      return columns < WIDE_COLUMNS ? narrow(model, columns, height) : wide(model, columns, height);
  }
}

function tooSmall(columns: number, height: number): readonly Line[] {
  const text = `${columns}×${height + 1} is too small, ${MIN_COLUMNS}×${MIN_ROWS} is needed`;
  return Array.from(
    { length: Math.max(0, height) },
    (_, row): Line => [plain(row === 0 ? text.slice(0, columns) : '')],
  );
}

function header(model: Model, columns: number): Band {
  const lines = [
    rule([headerHead(model)], columns, ['╭', '╮']),
    ...sided(headerPane(model, columns - SIDES), columns, HEADER_LINES),
  ];
  return { key: 'header', lines };
}

/** One pane that takes everything between header and footer. */
function screen(model: Model, pane: Pane, columns: number, height: number): readonly Band[] {
  const room = height - HEADER_LINES - 3;
  return [
    header(model, columns),
    { key: 'screen', lines: [between([pane], columns), ...sided(pane.lines, columns, room)] },
    { key: 'footer', lines: [footer(model, columns, undefined)] },
  ];
}

function between(heads: readonly Head[], columns: number, joints: Joints = {}): Line {
  return rule(heads, columns, ['├', '┤'], joints);
}

function narrow(model: Model, columns: number, height: number): readonly Band[] {
  const width = columns - SIDES;
  const events = height >= 30 ? 6 : 3;
  const network = networkLines(model, width);
  const contracts = contractsPane(model, width);
  const groups = height - (1 + HEADER_LINES) - 1 - (1 + network.length) - 2 - (1 + events) - 1;
  const groupPane = groupsPane(model, width, groups);
  const eventPane = eventsPane(model, width, events);
  return [
    header(model, columns),
    { key: 'groups', lines: [between([groupPane], columns), ...sided(groupPane.lines, columns, groups)] },
    {
      key: 'network',
      lines: [between([{ title: 'NETWORK' }], columns), ...sided(network, columns, network.length)],
    },
    { key: 'contracts', lines: [between([contracts], columns), ...sided(contracts.lines, columns, 1)] },
    { key: 'events', lines: [between([eventPane], columns), ...sided(eventPane.lines, columns, events)] },
    { key: 'footer', lines: [footer(model, columns, undefined)] },
  ];
}

function networkLines(model: Model, width: number): readonly Line[] {
  const labelled = (label: string, line: Line): Line => [toned('dim', label.padEnd(LABEL_COLUMNS)), ...line];
  return [
    labelled('scaling', scalingLine(model)),
    labelled('machines', machinesLine(model, width - LABEL_COLUMNS)),
    labelled('parent', parentLine(model)),
    labelled('lag', lagLine(model)),
  ];
}

const MACHINE_LINES = 4;
const COURSE_LINES_MIN = 6;

function wide(model: Model, columns: number, height: number): readonly Band[] {
  const right = Math.max(RIGHT_COLUMNS_MIN, Math.floor(columns * RIGHT_SHARE));
  const split = columns - right;
  const leftWidth = split - 3;
  const rightWidth = right - SIDES;
  const events = height >= 50 ? 10 : height >= 35 ? 7 : 4;
  const machines = height >= 35 ? MACHINE_LINES : 3;
  const main = height - (1 + HEADER_LINES) - 1 - (1 + machines) - 2 - (1 + events) - 1;
  const scaling = Math.min(main - 4, Math.max(7, Math.floor(main * 0.55)));
  const lag = main - scaling - 1;
  // Few groups leave room: the course of the whole network takes it.
  const course = main - model.snapshot.groups.length - 2;
  const hasCourse = course >= COURSE_LINES_MIN;
  const upper = hasCourse ? main - course - 1 : main;
  const panes = {
    groups: groupsPane(model, leftWidth, upper),
    throughput: throughputPane(model, leftWidth, course),
    scaling: scalingPane(model, rightWidth, scaling),
    lag: lagPane(model, rightWidth, lag),
    machines: machinesPane(model, leftWidth, machines),
    parent: parentPane(model, rightWidth),
    contracts: contractsPane(model, columns - SIDES),
    events: eventsPane(model, columns - SIDES, events),
  };
  const left = hasCourse ? stacked(panes.groups, upper, panes.throughput, course) : panes.groups.lines;
  const side = stacked(panes.scaling, scaling, panes.lag, lag);
  return [
    header(model, columns),
    {
      key: 'groups',
      lines: [
        between([panes.groups, panes.scaling], columns, { below: split }),
        ...beside(left, side, columns, split, main).map((line, row) => {
          const ruled = hasCourse && row === upper ? withLeftRule(line, panes.throughput, split) : line;
          return row === scaling ? withRightRule(ruled, panes.lag, columns, split) : ruled;
        }),
      ],
    },
    {
      key: 'machines',
      lines: [
        between([panes.machines, panes.parent], columns, { above: split, below: split }),
        ...beside(panes.machines.lines, panes.parent.lines, columns, split, machines),
      ],
    },
    {
      key: 'contracts',
      lines: [between([panes.contracts], columns, { above: split }), ...sided(panes.contracts.lines, columns, 1)],
    },
    { key: 'events', lines: [between([panes.events], columns), ...sided(panes.events.lines, columns, events)] },
    { key: 'footer', lines: [footer(model, columns, undefined)] },
  ];
}

/** Two panes of one side below each other, with a row between for the rule. */
function stacked(upper: Pane, upperHeight: number, lower: Pane, lowerHeight: number): readonly Line[] {
  return [
    ...Array.from({ length: upperHeight }, (_, row) => upper.lines[row] ?? []),
    [],
    ...lower.lines.slice(0, lowerHeight),
  ];
}

/** The right half of a row becomes the rule above the lower pane of that side. */
function withRightRule(line: Line, head: Head, columns: number, split: number): Line {
  const left = sliced(line, 0, split);
  const joint = textOf(left).endsWith('─') ? '┼' : '├';
  return [...left, ...rule([head], columns - split, [joint, '┤'])];
}

function withLeftRule(line: Line, head: Head, split: number): Line {
  return [...rule([head], split + 1, ['├', '┤']), ...sliced(line, split + 1, Number.POSITIVE_INFINITY)];
}

function sliced(line: Line, from: number, to: number): Line {
  let at = 0;
  return line.flatMap((span): Line => {
    const start = Math.max(0, from - at);
    const end = Math.min(span.text.length, to - at);
    at += span.text.length;
    return start >= end ? [] : [{ ...span, text: span.text.slice(start, end) }];
  });
}
