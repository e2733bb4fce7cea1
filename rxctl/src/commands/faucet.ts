// rxctl faucet: asks the network for test money.

import { formatAddress } from '@rexnet/node/core/address.ts';
import { formatAmount, parseAmount } from '@rexnet/node/core/amount.ts';
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { awaitTransaction } from '../transact.ts';

export function addFaucet(program: Command, io: Io): void {
  withCommon(program.command('faucet').description('ask for test money (TESTNET: worth nothing)'))
    .argument('<to>', 'address or key name')
    .argument('[amount]', 'such as 0.5 (rxBTC), 1200sat; the faucet\u2019s own amount when absent')
    .addHelpText('after', '\nExamples:\n  rxctl faucet bob\n  rxctl faucet bob 0.5 -o json')
    .action((to: string, amount: string | undefined, options: CommonOptions) =>
      withNetwork(io, options, async ({ network, keys, format }) => {
        const wanted = amount === undefined ? undefined : parseAmount(amount);
        if (amount !== undefined && wanted === undefined)
          throw new CliError(EXIT.usage, `${amount} is no amount`, 'write 0.5 (rxBTC), 1200sat or 5000msat');
        const address = keys.address(to);
        const { id, amountMsat } = await network.faucet(address, wanted);
        const { state } = await awaitTransaction(io, network, id);
        print(
          io,
          format,
          { id, state, to: formatAddress(address), amountMsat },
          () => `${formatAmount(amountMsat)} to ${formatAddress(address)}: ${state} (${id})`,
        );
        return state === 'Completed' ? EXIT.ok : EXIT.error;
      }),
    );
}
