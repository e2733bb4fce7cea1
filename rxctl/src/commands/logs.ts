// rxctl logs: the end of the logs of a local network, prefixed with whose line it is; -f goes on as they grow.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type CommonOptions, localFolders, verbOf, withCommon } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { LogFollower, tail } from '../local/log-file.ts';
import type { Format } from '../print.ts';

type LogOptions = CommonOptions & { readonly lines: string; readonly follow?: true };

const LINES_MAX = 10_000;
const FOLLOW_MS = 200;

export function addLogs(program: Command, io: Io): void {
  withCommon(program.command('logs').description('logs of nodes, miners, bitcoind, load and rxctl'))
    .argument('[who...]', 'g0-n0, miner-0, bitcoind, load, rxctl; all when absent')
    .option('-n, --lines <count>', 'last lines of each', '20')
    .option('-f, --follow', 'go on until Ctrl-C')
    .addHelpText('after', '\nExamples:\n  rxctl logs g0-n0\n  rxctl logs miner-0 -n 100\n  rxctl logs -f')
    .action((who: readonly string[], options: LogOptions) =>
      verbOf(io, options, (format) => logs(io, who, options, format)),
    );
}

async function logs(io: Io, who: readonly string[], options: LogOptions, format: Format): Promise<ExitCode> {
  const folders = localFolders(io, options);
  const known = readdirSync(folders.logs)
    .flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -'.log'.length)] : []))
    .sort();
  const unknown = who.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new CliError(EXIT.usage, `there is no log of ${unknown}`, `there are ${known.join(', ')}`);
  const count = Math.min(Number(options.lines), LINES_MAX);
  if (!Number.isInteger(count) || count < 0)
    throw new CliError(EXIT.usage, `-n ${options.lines} is no count`, 'write -n 20');
  const names = who.length === 0 ? known : who;
  const found = names.flatMap((name) => tail(join(folders.logs, `${name}.log`), count).map((line) => ({ name, line })));
  const prefixed = ({ name, line }: { name: string; line: string }): string =>
    names.length === 1 ? line : `${name}  ${line}`;
  print(io, format, found, () => found.map(prefixed).join('\n'));
  if (options.follow !== true) return EXIT.ok;
  const followers = names.map((name) => ({ name, follower: new LogFollower(join(folders.logs, `${name}.log`)) }));
  while (!io.signal.aborted) {
    for (const { name, follower } of followers)
      for (const line of follower.next()) io.stdout.write(`${prefixed({ name, line })}\n`);
    await delay(FOLLOW_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
  return EXIT.ok;
}
