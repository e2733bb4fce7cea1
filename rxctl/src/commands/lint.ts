// rxctl lint: checks the files of our objects and PREDA sources offline. It starts nothing and asks nobody.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { verbOf, withOutput } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print, type VerbOptions } from '../io.ts';
import { describeLint, lintContract, lintYaml } from '../lint.ts';
import type { Linted } from '../lint-finding.ts';

type LintOptions = VerbOptions & { readonly file?: string };

const FILE_BYTES_MAX = 4 * 1024 * 1024;
const DEFAULT_FILE = 'testnet.yaml';
const EXAMPLES = `
Examples:
  rxctl lint                        testnet.yaml of this folder
  rxctl lint -f net.yaml -o json
  rxctl lint loadtest.yaml
  rxctl lint contracts              every PREDA source of a folder
  rxctl lint net.yaml mine.prd

Exit code 2 when something would be refused; warnings do not count.`;

export function addLint(program: Command, io: Io): void {
  withOutput(program.command('lint').description('check testnet.yaml, loadtest.yaml and PREDA files, offline'))
    .argument('[files...]', 'testnet.yaml, loadtest.yaml, .prd files, or folders of them')
    .option('-f, --file <file.yaml>', `a testnet or a load test; ${DEFAULT_FILE} when nothing is named`)
    .addHelpText('after', EXAMPLES)
    .action((files: readonly string[], options: LintOptions) =>
      verbOf(io, options, async (format): Promise<ExitCode> => {
        const named = [...(options.file === undefined ? [] : [options.file]), ...files];
        const linted = (named.length === 0 ? [DEFAULT_FILE] : named).flatMap((path) => lint(io, path));
        print(
          io,
          format,
          linted.map(({ findings, ...rest }) => ({
            ...rest,
            ok: isAccepted(findings),
            findings: findings.map(({ cure, ...finding }) => ({ ...finding, cure: cure ?? null })),
          })),
          () => linted.map(describeLint).join('\n'),
        );
        return linted.every(({ findings }) => isAccepted(findings)) ? EXIT.ok : EXIT.usage;
      }),
    );
}

function isAccepted(findings: Linted['findings']): boolean {
  return findings.every(({ severity }) => severity !== 'error');
}

function lint(io: Io, path: string): readonly Linted[] {
  const full = resolve(io.cwd, path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new CliError(EXIT.usage, `${path} does not exist`, 'name a testnet.yaml, a .prd file, or a folder of them');
  if (stat.isDirectory()) {
    const names = readdirSync(full)
      .filter((name) => name.endsWith('.prd'))
      .sort();
    if (names.length === 0)
      throw new CliError(EXIT.usage, `${path} holds no .prd file`, 'name a testnet.yaml, or a folder of .prd files');
    return names.flatMap((name) => lint(io, join(path, name)));
  }
  if (stat.size > FILE_BYTES_MAX)
    throw new CliError(EXIT.usage, `${path} has more than ${FILE_BYTES_MAX} bytes`, 'is it the right file?');
  const text = readFileSync(full, 'utf8');
  return [path.endsWith('.prd') ? lintContract(path, text) : lintYaml(path, text)];
}
