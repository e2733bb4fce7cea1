// rxctl deploy: compiles a PREDA source here, so that mistakes show with their line, and sends it to the network.
import type { Command } from 'commander';
import { deploymentOf } from '../action.ts';
import { withCommon, withNetwork } from '../context.ts';
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
    .action((file: string, words: readonly string[], { dapp, ...options }: DeployOptions) =>
      withNetwork(io, options, async (context) =>
        transact(io, context, options, deploymentOf(context, { cwd: io.cwd, file, words, dapp })),
      ),
    );
}
