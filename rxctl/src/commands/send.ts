// rxctl send: a signed transaction: an amount to an address, or a call of a contract's exported function.
import type { Command } from 'commander';
import { actionOf } from '../action.ts';
import { withCommon, withNetwork } from '../context.ts';
import type { Io } from '../io.ts';
import { type SendOptions, transact, withSender } from '../transact.ts';

type Options = SendOptions & { readonly target?: string };

const EXAMPLES = `
Examples:
  rxctl send transfer bob 0.5                              half an rxBTC from alice to bob
  rxctl send token.Token transfer bob 1000 --from carol    call of a contract
  rxctl send poll.Poll vote 2 --wait included -o json`;

export function addSend(program: Command, io: Io): void {
  withSender(withCommon(program.command('send').description('send a transfer or call a contract')))
    .argument('<what>', 'the word transfer, or DApp.Contract')
    .argument('<to>', 'receiver, or function')
    .argument('[args...]', 'amount, or arguments of the function')
    .option('--target <instance>', 'address or number of the scope instance the function runs on')
    .addHelpText('after', EXAMPLES)
    .action((what: string, to: string, words: readonly string[], { target, ...options }: Options) =>
      withNetwork(io, options, async (context) =>
        transact(io, context, options, await actionOf(context, { what, to, words, from: options.from, target })),
      ),
    );
}
