// The table of nodes that details of a group show, with what each process uses.
import type { NodeSight } from '../sources/source.ts';
import { nodeHealth } from './health.ts';
import { clean, type Line, plain } from './line.ts';
import { type Column, choosable, columnsFor, headOf, MARK, rowOf, scrollTo } from './table.ts';
import { bytes, count, percent, UNKNOWN } from './units.ts';

export function nodesTable(
  nodes: readonly NodeSight[],
  chosen: number,
  width: number,
  height: number,
): readonly Line[] {
  const columns = columnsFor(COLUMNS, width - MARK.length);
  const room = Math.max(1, height - 1);
  const row = Math.max(0, Math.min(chosen, nodes.length - 1));
  const offset = scrollTo(row, nodes.length, room);
  return [
    [plain('  '), ...headOf(columns)],
    ...nodes
      .slice(offset, offset + room)
      .map((node, index) => choosable(rowOf(columns, node), offset + index === row, true, width)),
  ];
}

const COLUMNS: readonly Column<NodeSight>[] = [
  {
    title: 'NODE',
    width: 10,
    isElastic: true,
    align: 'left',
    rank: 0,
    cell: (node) => {
      const { icon, tone } = nodeHealth(node);
      return { text: `${icon} ${clean(node.name)}`, tone };
    },
  },
  { title: 'STATE', width: 12, align: 'left', rank: 1, cell: (node) => nodeHealth(node).word },
  {
    title: 'HEIGHT',
    width: 7,
    align: 'right',
    rank: 2,
    cell: ({ height }) => (height === undefined ? UNKNOWN : `${height}`),
  },
  { title: 'CPU', width: 5, align: 'right', rank: 3, cell: ({ cpuShare }) => percent(cpuShare) },
  { title: 'MEMORY', width: 8, align: 'right', rank: 4, cell: ({ rssBytes }) => bytes(rssBytes) },
  {
    title: 'RESTARTS',
    width: 8,
    align: 'right',
    rank: 5,
    cell: ({ restarts }) => (restarts === 0 ? '0' : { text: `${restarts}`, tone: 'warn' }),
  },
  {
    title: 'POOL',
    width: 5,
    align: 'right',
    rank: 6,
    cell: ({ pool }) => (pool === undefined ? UNKNOWN : count(pool)),
  },
  {
    title: 'PEERS',
    width: 5,
    align: 'right',
    rank: 7,
    cell: ({ peers }) => (peers === undefined ? UNKNOWN : `${peers}`),
  },
  { title: 'PID', width: 7, align: 'right', rank: 8, cell: ({ pid }) => (pid === undefined ? UNKNOWN : `${pid}`) },
  { title: 'MACHINE', width: 12, align: 'left', rank: 9, cell: ({ machine }) => clean(machine) },
];
