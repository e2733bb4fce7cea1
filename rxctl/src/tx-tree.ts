// A transaction and its relays as a tree of text: where each ran, what it cost, how long it took to get there. Pure.
import type { Invocation, TransactionReport } from './network.ts';
import type { Paint } from './style.ts';
import { drawTree, type TreeLine } from './tree-text.ts';

/** What a contract's number and op mean to a person. */
export type NameOf = (invocation: Invocation) => string;
export type TreeStyle = {
  readonly nameOf: NameOf;
  readonly paint: Paint;
  /** Rows of relays; what is beyond is counted. */
  readonly rowsMax: number;
};

const ID_CHARS = 12;

export function drawTransaction(report: TransactionReport, style: TreeStyle): string {
  return [headline(report, style.paint), ...treeRows(report, style), ...footRows(report, style.paint)].join('\n');
}

function headline({ id, state, done, total, invocations }: TransactionReport, paint: Paint): string {
  const gas = invocations.reduce((sum, each) => sum + each.gas, 0n);
  const tone = state === 'Completed' ? 'green' : isBad(state) ? 'red' : 'yellow';
  const times = invocations.flatMap(({ timestampMs }) => (timestampMs === undefined ? [] : [timestampMs]));
  const spanMs = times.length < 2 ? undefined : Math.max(...times) - Math.min(...times);
  const facts = [
    `${done} of ${total} invocations`,
    `${gas} gas`,
    ...(spanMs === undefined ? [] : [`${seconds(spanMs)} from first to last block`]),
  ];
  return `${paint('bold', id.slice(0, ID_CHARS))}  ${paint(tone, state)}  ${facts.join(', ')}`;
}

function treeRows(report: TransactionReport, style: TreeStyle): readonly string[] {
  const root = report.invocations.find(({ id }) => id === report.id);
  if (root === undefined) return [style.paint('dim', 'not in a block yet')];
  const byParent = Map.groupBy(report.invocations, ({ parent }) => parent);
  const rows = drawTree(lineOf(root, undefined, byParent, style)).split('\n');
  if (rows.length <= style.rowsMax) return rows;
  return [...rows.slice(0, style.rowsMax), style.paint('dim', `… and ${rows.length - style.rowsMax} more`)];
}

function lineOf(
  invocation: Invocation,
  parent: Invocation | undefined,
  byParent: ReadonlyMap<string | undefined, readonly Invocation[]>,
  style: TreeStyle,
): TreeLine {
  const children = byParent.get(invocation.id) ?? [];
  const missing = invocation.children - children.length;
  return {
    text: hopText(invocation, parent, style),
    children: [
      ...children.map((child) => lineOf(child, invocation, byParent, style)),
      ...(missing > 0
        ? [
            {
              text: style.paint('yellow', `… ${missing} ${missing === 1 ? 'relay' : 'relays'} on the way`),
              children: [],
            },
          ]
        : []),
    ],
  };
}

/** 'token.Token.credit  group 1, block 43, 8000 gas, 2.0 s later' */
export function hopText(
  invocation: Invocation,
  parent: Invocation | undefined,
  { nameOf, paint }: Pick<TreeStyle, 'nameOf' | 'paint'>,
): string {
  const { group, height, gas, status, outcome, timestampMs } = invocation;
  const waitMs =
    parent?.timestampMs === undefined || timestampMs === undefined ? undefined : timestampMs - parent.timestampMs;
  const facts = [
    `group ${group}`,
    `block ${height}`,
    `${gas} gas`,
    ...(waitMs === undefined ? [] : [`${seconds(waitMs)} later`]),
  ];
  const mark = status === 0 ? paint('green', '✔') : paint('red', '✖');
  return `${mark} ${nameOf(invocation)}  ${facts.join(', ')}${status === 0 ? '' : `, ${paint('red', outcome)}`}`;
}

function footRows({ failure, waiting }: TransactionReport, paint: Paint): readonly string[] {
  return [
    ...(failure === undefined
      ? []
      : [paint('red', `failed first: ${failure.id.slice(0, ID_CHARS)} ${failure.outcome}`)]),
    ...(waiting === undefined ? [] : [paint('yellow', `Waiting: ${waiting}`)]),
  ];
}

function isBad(state: TransactionReport['state']): boolean {
  return state === 'Failed' || state === 'CompletedWithFailures' || state === 'Expired' || state === 'Refused';
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
