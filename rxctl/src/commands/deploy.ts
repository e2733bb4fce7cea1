// rxctl deploy: compiles a PREDA source here, so that mistakes show with their line, and sends it to the network.
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { compile, renderDiagnostic } from '@rexnet/preda/index.ts';
import type { Command } from 'commander';
import { encodeWords } from '../call-target.ts';
import { type Context, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { type SendOptions, transact, withSender } from '../transact.ts';

type DeployOptions = SendOptions & { readonly dapp?: string };

const EXAMPLES = `
Examples:
  rxctl deploy contracts/token.prd RXT 1000000 alice       arguments of on_deploy follow the file
  rxctl deploy mine.prd --dapp shop --from bob             the contract becomes shop.<its name>`;

export function addDeploy(program: Command, io: Io): void {
  withSender(withCommon(program.command('deploy').description('compile and deploy a contract')))
    .argument('<file>', 'PREDA source of one contract')
    .argument('[args...]', 'arguments of on_deploy')
    .option('--dapp <name>', 'name space; the file name when absent. Its first deployer owns it')
    .addHelpText('after', EXAMPLES)
    .action((file: string, words: readonly string[], options: DeployOptions) =>
      withNetwork(io, options, (context) => deploy(io, context, file, words, options)),
    );
}

async function deploy(
  io: Io,
  context: Context,
  file: string,
  words: readonly string[],
  options: DeployOptions,
): Promise<ExitCode> {
  const source = readFileSync(resolve(io.cwd, file), 'utf8');
  const compiled = compile(source, { file });
  if (!compiled.ok)
    throw new CliError(
      EXIT.error,
      `${file} does not compile\n${compiled.diagnostics.map(renderDiagnostic).join('\n')}`,
    );
  const { abi } = compiled;
  const onDeploy = abi.functions.find(({ op }) => op === abi.onDeploy);
  if (onDeploy === undefined && words.length > 0)
    throw new CliError(EXIT.usage, `${abi.contract} has no on_deploy that takes arguments`, 'leave them out');
  const args =
    onDeploy === undefined ? new Uint8Array() : encodeWords(abi, onDeploy, words, (text) => context.keys.address(text));
  const dapp = options.dapp ?? basename(file).replace(/\.prd$/, '');
  return transact(io, context, options, { kind: 'deploy', dapp, source, args });
}
