// rxctl verify-chain: derives everything in a node's data folder a second time and names what is off. Needs no network.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { verbOf, withOutput } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { type Printable, table } from '../print.ts';
import { ProgressLine } from '../progress.ts';
import { FolderError } from '../verify/folder.ts';
import type { CheckCount, Problem, Report } from '../verify/report.ts';
import { verifyChain } from '../verify/verify-chain.ts';

type VerifyChainOptions = { readonly output: string; readonly genesis?: string };

const SHOWN_MAX = 50;
const EXAMPLES = `
Examples:
  rxctl verify-chain .rexnet/demo/nodes/g0-n0
  rxctl verify-chain ./copy-of-g1 --genesis .rexnet/demo/genesis.bin -o json

Nothing is written. A running node's folder is read between two of its commits; a copy is better made while it is stopped.
Exit code 0: clean, 1: something is damaged, 2: this is no data folder of that genesis.`;

export function addVerifyChain(program: Command, io: Io): void {
  withOutput(program.command('verify-chain').description("verify a node's data folder by a second reader"))
    .argument('<dir>', "a node's data folder")
    .option('--genesis <file>', 'genesis.bin of its network; looked for in and above the folder when absent')
    .addHelpText('after', EXAMPLES)
    .action((dir: string, options: VerifyChainOptions) =>
      verbOf(io, options, async (format) => {
        const line = new ProgressLine(io);
        line.showNow({ text: `reading ${dir} a second time` });
        const report = await verify(io, dir, options.genesis).finally(() => line.end());
        print(io, format, shown(report), (isWide) => textOf(report, isWide));
        return report.clean ? EXIT.ok : EXIT.error;
      }),
    );
}

async function verify(io: Io, dir: string, genesis: string | undefined): Promise<Report> {
  const path = resolve(io.cwd, dir);
  if (!existsSync(path)) throw new CliError(EXIT.usage, `${dir} does not exist`, "name a node's data folder");
  try {
    return await verifyChain(path, genesis === undefined ? {} : { genesis: resolve(io.cwd, genesis) });
  } catch (error) {
    if (!(error instanceof FolderError)) throw error;
    throw new CliError(EXIT.usage, error.message, error.cure, { cause: error });
  }
}

function shown(report: Report): Printable {
  const { checks, problems, tip, ...rest } = report;
  return {
    ...rest,
    tip: tip === undefined ? null : { ...tip },
    checks: checks.map((check: CheckCount) => ({ ...check })),
    problems: problems.map((problem: Problem) => ({ ...problem })),
  };
}

function textOf(report: Report, isWide: boolean): string {
  const { group, network, tip, blocks, headers, transactions, problems, problemsLeftOut, notes } = report;
  const max = isWide ? problems.length : SHOWN_MAX;
  const rows = report.checks.map(({ name, right, wrong, undecided, what }) => [
    name,
    `${right}`,
    wrong === 0 ? '-' : `${wrong}`,
    undecided === 0 ? '-' : `${undecided}`,
    what,
  ]);
  const more = problems.length - Math.min(max, problems.length) + problemsLeftOut;
  return [
    `group ${group} of network ${network}: ${blocks} blocks up to ${tip?.height ?? 'none'}, ${transactions} transactions, ${headers} headers of all groups`,
    table(['check', 'right', 'wrong', 'undecided', 'what'], rows),
    ...problems.slice(0, max).map(({ check, message }) => `WRONG  ${check}: ${message}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...notes.slice(0, isWide ? notes.length : SHOWN_MAX).map((note) => `undecided  ${note}`),
    report.clean ? 'clean' : `DAMAGED: ${problems.length + problemsLeftOut} problems`,
  ].join('\n');
}
