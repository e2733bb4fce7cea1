// The pane of machines: how busy each is and which groups run there.
import type { MachineSight, NodeSight } from '../sources/source.ts';
import { bar } from './bars.ts';
import { clean, joined, type Line, plain, type Tone, toned } from './line.ts';
import type { Model } from './model.ts';
import { atMost, type Pane } from './pane.ts';
import { bytes, percent } from './units.ts';

const BAR_COLUMNS = 10;
const NAME_COLUMNS = 16;
const NAME_COLUMNS_MIN = 4;
/** What name and groups of a line share their width with. */
const CPU_COLUMNS = 38;
const BUSY = 0.9;

export function machinesPane({ snapshot }: Model, width: number, height: number): Pane {
  const { machines, nodes } = snapshot;
  const isRoomy = machines.length * 2 <= height;
  const all = machines.flatMap((machine) => (isRoomy ? twoLines(machine, nodes, width) : [oneLine(machine, width)]));
  return { title: machines.length === 1 ? 'MACHINE' : `MACHINES ${machines.length}`, lines: atMost(all, height) };
}

/** One line for a narrow terminal. */
export function machinesLine({ snapshot: { machines } }: Model, width: number): Line {
  return joined(machines.map(oneLineShort), '  ', width);
}

function twoLines(machine: MachineSight, nodes: readonly NodeSight[], width: number): readonly Line[] {
  const own = nodes.filter((node) => node.machine === machine.name);
  const cores = own.reduce((sum, { cpuShare = 0 }) => sum + cpuShare, 0);
  const rss = own.reduce((sum, { rssBytes = 0 }) => sum + rssBytes, 0);
  const name = nameOf(machine);
  const { memoryBytes, memoryUsedBytes } = machine;
  const first = [
    plain(`${name}  `),
    toned('dim', 'cpu    '),
    ...cpu(machine),
    toned('dim', `  ${groupNames(machine.groups, Math.max(0, width - name.length - CPU_COLUMNS))}`),
  ];
  const second = joined(
    [
      [...memory(machine), toned('dim', ` ${bytes(memoryUsedBytes)} of ${bytes(memoryBytes)}`)],
      [toned('dim', `its nodes ${cores.toFixed(2)} cores, ${bytes(rss)}`)],
    ],
    '   ',
    width - name.length - 2,
  );
  return [first, [plain(' '.repeat(name.length + 2)), ...second]];
}

function oneLine(machine: MachineSight, width: number): Line {
  const line = [...oneLineShort(machine), plain('  '), ...memory(machine)];
  const left = width - line.reduce((sum, { text }) => sum + text.length, 0) - 2;
  return [...line, toned('dim', `  ${groupNames(machine.groups, Math.max(0, left))}`)];
}

function oneLineShort(machine: MachineSight): Line {
  return [plain(`${nameOf(machine).padEnd(NAME_COLUMNS_MIN)}  `), toned('dim', 'cpu '), ...cpu(machine)];
}

function nameOf({ name }: MachineSight): string {
  return clean(name).slice(0, NAME_COLUMNS);
}

function cpu({ cores, cpuShare }: MachineSight): Line {
  const used = cpuShare ?? 0;
  return [
    ...bar(used, BAR_COLUMNS, toneOf(used)),
    plain(percent(cpuShare).padStart(5)),
    toned('dim', cores === undefined ? '' : ` of ${cores} ${cores === 1 ? 'core' : 'cores'}`),
  ];
}

function memory({ memoryBytes, memoryUsedBytes }: MachineSight): Line {
  const share =
    memoryBytes === undefined || memoryUsedBytes === undefined ? undefined : memoryUsedBytes / Math.max(1, memoryBytes);
  const used = share ?? 0;
  return [toned('dim', 'memory '), ...bar(used, BAR_COLUMNS, toneOf(used)), plain(percent(share).padStart(5))];
}

function toneOf(share: number): Tone {
  return share >= BUSY ? 'warn' : 'good';
}

/** Runs of ids as ranges: g0–g3 g7 */
function groupNames(groups: readonly number[], width: number): string {
  const names: string[] = [];
  for (let start = 0; start < groups.length; ) {
    let end = start;
    while ((groups[end + 1] ?? Number.NaN) === (groups[end] ?? 0) + 1) end++;
    names.push(
      end - start < 2
        ? groups
            .slice(start, end + 1)
            .map((group) => `g${group}`)
            .join(' ')
        : `g${groups[start]}–g${groups[end]}`,
    );
    start = end + 1;
  }
  return names.join(' ').slice(0, Math.max(0, width));
}
