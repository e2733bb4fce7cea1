// rxctl load: the load of a running network: start it, end it, change its rate, see how it does. The testnet.yaml stays as
// it is; what was said here holds until that file says something else.
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import { basisOf, isAbout, type LoadWish, planLoad } from '@rexnet/operator/plan/load.ts';
import type { Command } from 'commander';
import { localFolders, verbOf, withCommon } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { type LoadOptions, OFFERED, rateOf, shareOf, textOf, type Workload, workloadOf } from '../load-words.ts';
import { findLeftover } from '../local/child.ts';
import type { Folders } from '../local/folders.ts';
import { contractOf, readLoadReport, readLoadWish, writeLoadWish } from '../local/load.ts';
import { lockOwner } from '../local/lock.ts';
import { readProgress, readState } from '../local/state.ts';
import type { Format, Printable } from '../print.ts';

const DEFAULT_WORKLOAD: Workload = 'Token';

export function addLoad(program: Command, io: Io): void {
  const load = program.command('load').description('the load of a running network');
  withRate(withCommon(load.command('start').description('offer load, as the file says or as said here')))
    .option('--workload <name>', OFFERED.join(', '))
    .option('--cross-group-percent <share>', 'of payments that leave their group, 0 to 100')
    .addHelpText(
      'after',
      '\nExamples:\n  rxctl load start --tps 400\n  rxctl load start --workload Poll --tps-per-group 50',
    )
    .action((options: LoadOptions) => loadVerb(io, options, 'start'));
  withRate(withCommon(load.command('set').description('another rate, from now on')))
    .addHelpText('after', '\nExamples:\n  rxctl load set --tps 800\n  rxctl load set --tps-per-group 200')
    .action((options: LoadOptions) => loadVerb(io, options, 'set'));
  withCommon(load.command('stop').description('offer nothing more; what is under way is waited for'))
    .addHelpText('after', '\nExamples:\n  rxctl load stop')
    .action((options: LoadOptions) => loadVerb(io, options, 'stop'));
  withCommon(load.command('status').description('what is offered, and what becomes of it'))
    .addHelpText('after', '\nExamples:\n  rxctl load status\n  rxctl load status -o json')
    .action((options: LoadOptions) => loadVerb(io, options, 'status'));
}

const HERE = { start, set, stop, status } as const;
type LoadVerb = keyof typeof HERE;

/** In a cluster the Testnet says what is offered, and its generators what becomes of it. */
function loadVerb(io: Io, options: LoadOptions, verb: LoadVerb): Promise<void> {
  if (options.kube !== true) return verbOf(io, options, (format) => HERE[verb](io, options, format));
  return verbOf(io, options, async (format) => {
    const { loadInCluster } = await import('../cluster/load.ts');
    return loadInCluster(io, options, verb, format);
  });
}

function withRate(command: Command): Command {
  return command
    .option('--tps <rate>', 'transactions a second for the whole network')
    .option('--tps-per-group <rate>', 'transactions a second for each group');
}

async function start(io: Io, options: LoadOptions, format: Format): Promise<ExitCode> {
  const { folders, testnet, wish } = running(io, options);
  const now = wish ?? { ...planLoad(testnet), isWanted: false };
  const workload = workloadOf(options.workload) ?? now.workload ?? DEFAULT_WORKLOAD;
  const tps = rateOf(options, testnet) ?? now.tps;
  if (tps === undefined)
    throw new CliError(EXIT.usage, 'nothing says how much to offer', 'say it: rxctl load start --tps 400');
  const crossGroupPercent = shareOf(options.crossGroupPercent) ?? now.crossGroupPercent;
  needsContract(folders, workload);
  const wished: LoadWish = {
    ...{ isWanted: true, workload, tps, over: basisOf(testnet) },
    ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
  };
  return say(io, folders, wished, format);
}

async function set(io: Io, options: LoadOptions, format: Format): Promise<ExitCode> {
  const { folders, testnet, wish } = running(io, options);
  const tps = rateOf(options, testnet);
  if (tps === undefined) throw new CliError(EXIT.usage, 'nothing says which rate', 'say it: rxctl load set --tps 800');
  const now = wish ?? planLoad(testnet);
  if (now === undefined || wish?.isWanted === false)
    throw new CliError(EXIT.error, 'nothing is offered now', `begin: rxctl load start --tps ${tps}`);
  const { workload, crossGroupPercent } = now;
  const wished: LoadWish = {
    ...{ isWanted: true, workload, tps, over: basisOf(testnet) },
    ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
  };
  return say(io, folders, wished, format);
}

async function stop(io: Io, options: LoadOptions, format: Format): Promise<ExitCode> {
  const { folders, testnet, wish } = running(io, options);
  const { workload = DEFAULT_WORKLOAD, tps = 0 } = wish ?? planLoad(testnet) ?? {};
  return say(io, folders, { ...wish, isWanted: false, workload, tps, over: basisOf(testnet) }, format);
}

async function status(io: Io, options: LoadOptions, format: Format): Promise<ExitCode> {
  const folders = localFolders(io, options);
  const { testnet, wish } = wishedOf(folders);
  const planned = wish ?? planLoad(testnet);
  const isWanted = wish?.isWanted ?? planned !== undefined;
  const isRunning = findLeftover(folders, 'load') !== undefined;
  const report = readLoadReport(folders);
  const isOffering = isRunning && report !== undefined && !report.done;
  const state = isOffering ? (isWanted ? 'Offering' : 'Ending') : isRunning && isWanted ? 'Starting' : 'Stopped';
  const figures = {
    state,
    workload: report?.workload ?? planned?.workload ?? null,
    wantedTps: isWanted ? (planned?.tps ?? 0) : 0,
    offeredTps: isOffering ? (report.offeredTps ?? 0) : 0,
    tps: isOffering ? (report.recentTps ?? 0) : 0,
    offered: report?.offered ?? 0,
    completed: report?.completed ?? 0,
    failed: report?.failed ?? 0,
    pending: report?.pending ?? 0,
    crossGroupShare: report?.crossGroupShare ?? 0,
    p50Ms: report?.p50Ms ?? 0,
    p95Ms: report?.p95Ms ?? 0,
    p99Ms: report?.p99Ms ?? 0,
    balances: report?.balances ?? null,
    invalid: report?.invalid ?? null,
  } as const satisfies Printable;
  print(io, format, figures, () => textOf(figures));
  return EXIT.ok;
}

type Wished = { readonly testnet: Pick<Testnet, 'spec'>; readonly wish: LoadWish | undefined };

function wishedOf(folders: Folders): Wished {
  const testnet = readState(folders);
  if (testnet === undefined)
    throw new CliError(EXIT.notReachable, 'the network has no state yet', 'start it: rxctl up');
  const wish = readLoadWish(folders);
  return { testnet, wish: wish !== undefined && isAbout(wish, testnet) ? wish : undefined };
}

/** For verbs that change something: somebody must be there to do it. */
function running(io: Io, options: LoadOptions): Wished & { readonly folders: Folders } {
  const folders = localFolders(io, options);
  if (lockOwner(folders.lock) === undefined)
    throw new CliError(EXIT.notReachable, 'nobody looks after the network', 'start it: rxctl up');
  if (readProgress(folders)?.isTimed === true)
    throw new CliError(
      EXIT.error,
      'this run ends by itself: its load is part of what it measures',
      'run rxctl up without --for',
    );
  return { folders, ...wishedOf(folders) };
}

function say(io: Io, folders: Folders, wish: LoadWish, format: Format): ExitCode {
  writeLoadWish(folders, wish);
  const { isWanted, workload, tps, crossGroupPercent } = wish;
  const value = { isWanted, workload, tps: isWanted ? tps : 0, crossGroupPercent: crossGroupPercent ?? null };
  const text = isWanted
    ? `${workload}: ${tps} transactions a second; rxctl load status shows how it does`
    : 'no further load; what is under way is waited for';
  print(io, format, value, () => text);
  return EXIT.ok;
}

function needsContract(folders: Folders, workload: Workload): void {
  const contract = contractOf(workload);
  if (contract === undefined) return;
  const name = contract.split('.')[0] ?? '';
  const known = readProgress(folders)?.contracts ?? [];
  if (known.some((one) => one.name === name && one.state === 'Deployed')) return;
  throw new CliError(
    EXIT.error,
    `${workload} calls the contract ${name}, and the testnet has deployed no such contract`,
    `add contracts: [{name: ${name}}] to the testnet.yaml and start it again`,
  );
}
