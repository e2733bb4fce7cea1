// rxctl estimate: what a transaction would cost, by a trial run where it begins. Signs nothing, sends nothing, costs nothing.
import { formatAmount } from '@rexnet/node/core/amount.ts';
import { type Command, Option } from 'commander';
import { actionOf, deploymentOf } from '../action.ts';
import { type CommonOptions, type Context, withCommon, withNetwork } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';
import type { Action, FeeReport } from '../network.ts';

type EstimateOptions = CommonOptions & { readonly from: string; readonly target?: string; readonly dapp?: string };

const EXAMPLES = `
Examples:
  rxctl estimate transfer bob 0.5
  rxctl estimate token.Token transfer bob 1000 --from carol -o json
  rxctl estimate deploy contracts/poll.prd "Tea?" '["yes","no"]' alice

The whole budget is charged when it is sent; there are no refunds. Exit code 1 when the trial run fails.`;

export function addEstimate(program: Command, io: Io): void {
  withCommon(program.command('estimate').description('what a transaction would cost'))
    .argument('<what>', 'the word transfer, the word deploy, or DApp.Contract')
    .argument('<to>', 'receiver, file, or function')
    .argument('[args...]', 'amount, or arguments of the function')
    .addOption(
      new Option('--from <key>', 'who would sign: a key of the keystore or a dev key')
        .env('REXNET_FROM')
        .default('alice'),
    )
    .option('--target <instance>', 'address or number of the scope instance the function runs on')
    .option('--dapp <name>', 'name space of a deployment; the file name when absent')
    .addHelpText('after', EXAMPLES)
    .action((what: string, to: string, words: readonly string[], options: EstimateOptions) =>
      withNetwork(io, options, async (context) => {
        const action = await toAction(io, context, { what, to, words, options });
        const fee = await context.network.estimate(action, context.keys.signer(options.from));
        print(io, context.format, { ...fee }, () => describe(fee), [`${fee.gas}`]);
        return fee.status === 0 ? EXIT.ok : EXIT.error;
      }),
    );
}

type Words = {
  readonly what: string;
  readonly to: string;
  readonly words: readonly string[];
  readonly options: EstimateOptions;
};

async function toAction(io: Io, context: Context, { what, to, words, options }: Words): Promise<Action> {
  const { from, target, dapp } = options;
  if (what === 'deploy') return deploymentOf(context, { cwd: io.cwd, file: to, words, dapp });
  return actionOf(context, { what, to, words, from, target });
}

function describe({ gas, gasPriceMsat, feeMsat, status, outcome }: FeeReport): string {
  const cost = `${gas} gas at ${gasPriceMsat} msat: ${formatAmount(feeMsat)}`;
  return status === 0 ? cost : `${cost}\nthe trial run failed: ${outcome}`;
}
