// rxctl nodes: one line for each node: what it does and what it takes.
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withSource } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { table } from '../print.ts';
import type { NodeSight } from '../sources/source.ts';
import { nodeHealth } from '../views/health.ts';
import { bytes, percent, UNKNOWN } from '../views/units.ts';

const ID_CHARS = 12;
const COLUMNS = ['NODE', 'GROUP', 'STATE', 'HEIGHT', 'POOL', 'QUEUED', 'PEERS', 'CPU', 'MEMORY', 'RESTARTS'] as const;
const WIDE_COLUMNS = ['MACHINE', 'PID', 'TIP', 'STATE ROOT', 'VERSION'] as const;

export function addNodes(program: Command, io: Io): void {
  withCommon(program.command('nodes').description('the nodes of a network'))
    .addHelpText(
      'after',
      '\nExamples:\n  rxctl nodes\n  rxctl nodes -o wide\n  rxctl nodes -o name\n\nExit code 4 when one is not in sync.',
    )
    .action((options: CommonOptions) =>
      withSource(io, options, async ({ source, format }) => {
        const { nodes } = await source.look();
        print(
          io,
          format,
          nodes.map((node) => ({ ...node, conditions: node.conditions.map((each) => ({ ...each })) })),
          (isWide) => nodesTable(nodes, isWide),
          nodes.map(({ name }) => `node/${name}`),
        );
        return nodes.every(({ process, isInSync }) => process === 'Running' && isInSync === true)
          ? EXIT.ok
          : EXIT.degraded;
      }),
    );
}

export function nodesTable(nodes: readonly NodeSight[], isWide: boolean): string {
  return table(
    [...COLUMNS, ...(isWide ? WIDE_COLUMNS : [])],
    nodes.map((node) => {
      const { name, group, height, pool, queuedRelays, peers, cpuShare, rssBytes, restarts } = node;
      const { icon, word } = nodeHealth(node);
      const { machine, pid, tipId, stateRoot, version } = node;
      return [
        ...[name, `${group}`, `${icon} ${word}`, known(height), known(pool), known(queuedRelays), known(peers)],
        ...[percent(cpuShare), bytes(rssBytes), `${restarts}`],
        ...(isWide ? [machine, known(pid), known(short(tipId)), known(short(stateRoot)), known(version)] : []),
      ];
    }),
  );
}

function known(value: string | number | undefined): string {
  return value === undefined ? UNKNOWN : `${value}`;
}

function short(id: string | undefined): string | undefined {
  return id?.slice(0, ID_CHARS);
}
