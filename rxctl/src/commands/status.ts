// rxctl status: how a network does, as it is now: asks processes and nodes, not the rxctl that looks after them. What is wrong
// stands last, where the eye ends.
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withSource } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { type Format, type Printable, table } from '../print.ts';
import { isMet } from '../sources/condition.ts';
import { looksOf } from '../sources/looks.ts';
import type { ConditionSight, Snapshot } from '../sources/source.ts';
import { type Paint, PLAIN, paintOf } from '../style.ts';
import { groupHealth } from '../views/health.ts';
import { bytes, duration, percent, rate } from '../views/units.ts';
import { nodesTable } from './nodes.ts';

type StatusOptions = CommonOptions & { readonly watch?: true };

const WATCH_MS = 2_000;
const CLEAR = '\x1b[H\x1b[2J';
const GROUP_COLUMNS = ['GROUP', 'STATE', 'READY', 'HEIGHT', 'LAG', 'TPS', 'PARTITIONS', 'POOL', 'QUEUED'] as const;
const WIDE_COLUMNS = ['UTPS', 'GAS', 'P95', 'STATE', 'CELLS', 'REORGS'] as const;
const EXAMPLES = `
Examples:
  rxctl status
  rxctl status -o wide      nodes and every condition as well
  rxctl status --watch      again and again, with rates
  rxctl status -o json

Exit code 4 when it is not Ready.`;

export function addStatus(program: Command, io: Io): void {
  withCommon(program.command('status').description('how a network does, and what it waits for'))
    .option('-w, --watch', 'go on until Ctrl-C')
    .addHelpText('after', EXAMPLES)
    .action((options: StatusOptions) =>
      withSource(io, options, async ({ site, source, format }) => {
        let code: ExitCode = EXIT.error;
        for await (const snapshot of looksOf(io, source, WATCH_MS)) {
          show(io, format, snapshot, site.supervisor() ?? null, options.watch === true);
          code = exitOf(snapshot);
          if (options.watch !== true) break;
        }
        return code;
      }),
    );
}

function exitOf({ status: { phase } }: Snapshot): ExitCode {
  return phase === 'Healthy' || phase === 'Suspended' ? EXIT.ok : EXIT.degraded;
}

function show(io: Io, format: Format, snapshot: Snapshot, supervisor: number | null, isWatched: boolean): void {
  if (isWatched && io.stdout.isTTY === true && (format === 'text' || format === 'wide')) io.stdout.write(CLEAR);
  print(
    io,
    format,
    printable(snapshot, supervisor),
    (isWide) => describeStatus(snapshot, { isWide, paint: paintOf(io) }),
    [`testnet/${snapshot.name}`],
  );
}

/** What a program reads; `observed` is what the conditions were made from. */
function printable(snapshot: Snapshot, supervisor: number | null): Printable {
  const { name, networkId, status, events: _events, ...observed } = snapshot;
  return { network: name, supervisor, networkId, ...JSON.parse(JSON.stringify({ ...status, observed })) };
}

export type StatusView = { readonly isWide: boolean; readonly paint: Paint };

export function describeStatus(
  snapshot: Snapshot,
  { isWide, paint }: StatusView = { isWide: false, paint: PLAIN },
): string {
  const { name, status, groups, nodes, isLookedAfter, unseen } = snapshot;
  const { phase, conditions } = status;
  const ready = conditions.find(({ type }) => type === 'Ready');
  const tone = phase === 'Healthy' ? 'green' : phase === 'Degraded' ? 'red' : 'yellow';
  const unmet = conditions.filter((condition) => !isMet(condition));
  return [
    `${paint('bold', name)}  ${paint(tone, phase)}: ${ready?.message ?? ''}`,
    ...factLines(snapshot),
    '',
    groupsTable(snapshot, isWide),
    ...(isWide ? ['', nodesTable(nodes, true)] : []),
    ...(groups.length === 0 ? [] : ['']),
    ...(unseen === undefined ? [] : [`${paint('yellow', 'note')}  ${unseenText(unseen)}`]),
    ...(isLookedAfter ? [] : ['no rxctl looks after it: what ends stays down; start it again with rxctl up']),
    ...(isWide ? conditions : unmet).map((condition) => conditionLine(condition, paint)),
  ]
    .join('\n')
    .trimEnd();
}

function unseenText(unseen: readonly string[]): string {
  return `you may not look at ${unseen.join(', ')}, so some figures are what the operator says or unknown; the role view has pods and events, edit has ports of pods`;
}

function factLines({ status, epoch, startedAtMs, atMs, load, parent, contracts }: Snapshot): readonly string[] {
  const { groupsText, nodesText, minHeight, firstBlockAfter, bitcoinText } = status;
  const facts = [
    `groups ${groupsText}`,
    `nodes ${nodesText}`,
    `height ${minHeight}`,
    `epoch ${epoch}`,
    ...(firstBlockAfter === undefined ? [] : [`first block ${firstBlockAfter} after start`]),
    ...(startedAtMs === undefined ? [] : [`up ${duration(atMs - startedAtMs)}`]),
  ];
  const { onChain, orphan, premature } = parent;
  const figures =
    load === undefined
      ? []
      : [
          `  load       ${load.workload} ${rate(load.tps)} of ${rate(load.offeredTps)} tps, p50 ${duration(load.p50Ms)}, p95 ${duration(load.p95Ms)}, p99 ${duration(load.p99Ms)}, ${percent(load.crossGroupShare)} cross groups${load.invalid === undefined ? '' : ` (do not use: ${load.invalid})`}`,
        ];
  const deployed = contracts.map(({ name, fullName, state }) => `${fullName ?? name} ${state}`);
  return [
    `  ${facts.join(', ')}`,
    ...figures,
    `  parent     ${bitcoinText}, blocks proven by ${onChain} on-chain, ${orphan} orphan, ${premature} premature headers`,
    ...(deployed.length === 0 ? [] : [`  contracts  ${deployed.join(', ')}`]),
  ];
}

function groupsTable(snapshot: Snapshot, isWide: boolean): string {
  return table(
    [...GROUP_COLUMNS, ...(isWide ? WIDE_COLUMNS : [])],
    snapshot.groups.map((group) => {
      const { icon, word } = groupHealth(group, snapshot);
      const { lagBlocks, tps, partitions, pool, queuedRelays } = group;
      const { utps, gasShare, p95Ms, stateBytes, stateCells, reorganisations } = group;
      return [
        ...[`g${group.group}`, `${icon} ${word}`, `${group.readyNodes}/${group.nodes}`, `${group.height}`],
        ...[lagBlocks === undefined ? '–' : `${lagBlocks}`, rate(tps), `${partitions}`, `${pool}`, `${queuedRelays}`],
        ...(isWide
          ? [
              rate(utps),
              percent(gasShare),
              duration(p95Ms),
              bytes(stateBytes),
              `${stateCells ?? '–'}`,
              `${reorganisations ?? '–'}`,
            ]
          : []),
      ];
    }),
  );
}

function conditionLine(condition: ConditionSight, paint: Paint): string {
  const { type, reason, message } = condition;
  return `${isMet(condition) ? paint('green', 'ok  ') : paint('yellow', 'wait')}  ${type} ${reason}: ${message}`;
}
