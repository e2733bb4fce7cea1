// rxctl down: stops a local network, whoever started it and whether or not that one still lives; --purge removes its data too.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type CommonOptions, localFolders, verbOf, withCommon } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { lockOwner } from '../local/lock.ts';
import { signalProcess } from '../local/process-identity.ts';
import { endLeftover, leftoverNames } from '../local/supervisor.ts';
import type { Format } from '../print.ts';
import { withProgress } from '../progress.ts';

type DownOptions = CommonOptions & { readonly purge?: true };

/** A supervisor stops its children within 5 s. */
const OWNER_STOP_MAX_MS = 10_000;

export function addDown(program: Command, io: Io): void {
  withCommon(program.command('down').description('stop a network of this machine, its data stays; or delete a Testnet'))
    .option('--purge', 'remove its chains, keys and logs as well')
    .addHelpText(
      'after',
      '\nExamples:\n  rxctl down\n  rxctl down --name demo --purge\n  rxctl down --kube --name demo --purge    delete it, with all it owns',
    )
    .action((options: DownOptions) =>
      verbOf(io, options, (format) => withProgress(io, 'stopping', () => down(io, options, format))),
    );
}

async function down(io: Io, options: DownOptions, format: Format): Promise<ExitCode> {
  if (options.kube === true) {
    const { deleteTestnet } = await import('../cluster/delete.ts');
    return deleteTestnet(io, options, format);
  }
  const folders = localFolders(io, options);
  const owner = lockOwner(folders.lock);
  if (owner !== undefined) {
    signalProcess(owner, 'SIGTERM');
    const deadlineMs = performance.now() + OWNER_STOP_MAX_MS;
    while (lockOwner(folders.lock) !== undefined && performance.now() < deadlineMs) await delay(50);
    if (lockOwner(folders.lock) !== undefined)
      throw new CliError(
        EXIT.timeout,
        `process ${owner.pid} does not stop`,
        `end it: kill -9 ${owner.pid}, then rxctl down again`,
      );
  }
  // What a crashed supervisor left.
  const names = leftoverNames(folders);
  const outcomes = await Promise.all(names.map(async (name) => [name, await endLeftover(folders, name)] as const));
  const ended = outcomes.flatMap(([name, outcome]) => (outcome === 'gone' ? [] : [name]));
  if (options.purge === true) rmSync(folders.root, { recursive: true, force: true });
  const result = {
    network: folders.root.split('/').at(-1) ?? '',
    supervisor: owner?.pid ?? null,
    ended,
    purged: options.purge === true,
  };
  print(
    io,
    format,
    result,
    () =>
      `${result.network} is down${ended.length === 0 ? '' : ` (ended ${ended.join(', ')})`}; ${result.purged ? 'its data is removed' : `its data stays in ${folders.root}`}`,
  );
  return EXIT.ok;
}
