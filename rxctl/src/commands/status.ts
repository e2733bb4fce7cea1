// rxctl status: how a local network does, as it is now: asks processes and nodes, not the rxctl that looks after them.

import { type Status, statusOf } from '@rexnet/operator/plan/status.ts';
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { readLoadReport } from '../local/load.ts';
import { lockOwner } from '../local/lock.ts';
import { observe } from '../local/observe.ts';
import { planOfState } from '../local/plan-of-state.ts';
import { readProgress, readState } from '../local/state.ts';
import type { NodeAnswer } from '../network.ts';
import { table } from '../print.ts';

const ID_CHARS = 12;

export function addStatus(program: Command, io: Io): void {
  withCommon(program.command('status').description('how a network does, and what it waits for'))
    .addHelpText(
      'after',
      '\nExamples:\n  rxctl status\n  rxctl status -o wide\n  rxctl status -o json\n\nExit code 4 when it is not Ready.',
    )
    .action((options: CommonOptions) =>
      withNetwork(io, options, async ({ folders, network, format }): Promise<ExitCode> => {
        const state = readState(folders);
        if (state === undefined)
          throw new CliError(EXIT.notReachable, 'the network has no state yet', 'start it: rxctl up');
        const tps = lockOwner(folders.lock) === undefined ? undefined : readLoadReport(folders)?.tps;
        const progress = readProgress(folders);
        const { observed, answers } = await observe({
          plan: planOfState(state, progress),
          folders,
          network,
          progress,
          nowMs: Date.now(),
          ...(tps === undefined ? {} : { tps }),
        });
        const status = statusOf(observed);
        const supervisor = lockOwner(folders.lock)?.pid ?? null;
        const shown = {
          network: state.name,
          networkId: state.networkId,
          supervisor,
          ...status,
          conditions: status.conditions,
          groupsObserved: observed.groups,
        };
        print(io, format, shown, (isWide) => describe(state.name, status, answers, supervisor, isWide));
        return status.phase === 'Healthy' || status.phase === 'Suspended' ? EXIT.ok : EXIT.degraded;
      }),
    );
}

function describe(
  name: string,
  status: Status,
  answers: readonly NodeAnswer[],
  supervisor: number | null,
  isWide: boolean,
): string {
  const { phase, groupsText, nodesText, minHeight, tps, bitcoinText, firstBlockAfter, conditions } = status;
  const head = [
    `${name}: ${phase}`,
    `groups ${groupsText}`,
    `nodes ${nodesText}`,
    `height ${minHeight}`,
    bitcoinText,
    ...(tps === undefined ? [] : [`${tps} tps`]),
    ...(firstBlockAfter === undefined ? [] : [`first block ${firstBlockAfter}`]),
  ];
  const columns = [
    'NODE',
    'GROUP',
    'HEIGHT',
    'TIP',
    'POOL',
    'QUEUED',
    'PEERS',
    ...(isWide ? ['STATE ROOT', 'VERSION'] : []),
  ];
  const rows = answers.map((answer) => [
    ...[
      answer.node,
      answer.group,
      answer.height,
      answer.tipId.slice(0, ID_CHARS),
      answer.pool,
      answer.queuedRelays,
      answer.peers,
    ].map(String),
    ...(isWide ? [answer.stateRoot.slice(0, ID_CHARS), answer.version] : []),
  ]);
  const unmet = conditions.filter((condition) => condition.status !== 'True');
  const told = isWide ? conditions : unmet;
  return [
    head.join(', '),
    ...(supervisor === null ? ['no rxctl looks after it: what crashes stays down; start it again with rxctl up'] : []),
    ...(rows.length === 0 ? [] : ['', table(columns, rows)]),
    ...(told.length === 0
      ? []
      : [
          '',
          ...told.map(
            ({ type, status: value, reason, message }) =>
              `${value === 'True' ? 'ok  ' : 'wait'}  ${type} ${reason}: ${message}`,
          ),
        ]),
  ].join('\n');
}
