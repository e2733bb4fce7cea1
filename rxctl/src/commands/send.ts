// rxctl send: a signed transaction: an amount to an address, or a call of a contract's exported function.

import { parseAmount } from '@rexnet/node/core/amount.ts';
import type { Command } from 'commander';
import { chooseFunction, encodeWords, targetOf } from '../call-target.ts';
import { type Context, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { type SendOptions, transact, withSender } from '../transact.ts';
import { findContract } from './call.ts';

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
    .action((what: string, to: string, words: readonly string[], options: Options) =>
      withNetwork(io, options, (context) =>
        what === 'transfer'
          ? transfer(io, context, to, words, options)
          : invoke(io, context, { reference: what, name: to, words, options }),
      ),
    );
}

function transfer(io: Io, context: Context, to: string, words: readonly string[], options: Options): Promise<ExitCode> {
  const [amount, ...rest] = words;
  const amountMsat = amount === undefined ? undefined : parseAmount(amount);
  if (amountMsat === undefined || rest.length > 0)
    throw new CliError(
      EXIT.usage,
      `${words.join(' ') || 'nothing'} is no amount`,
      'write 0.5 (rxBTC), 1200sat or 5000msat',
    );
  return transact(io, context, options, { kind: 'transfer', to: context.keys.address(to), amountMsat });
}

type Invocation = {
  readonly reference: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly options: Options;
};

async function invoke(io: Io, context: Context, { reference, name, words, options }: Invocation): Promise<ExitCode> {
  const { id, abi } = await findContract(context.network, reference);
  const fn = chooseFunction(abi, name, words.length, (each) => each.isExport);
  const addressOf = (text: string): Uint8Array => context.keys.address(text);
  const target = targetOf(fn, options.target, addressOf(options.from), addressOf);
  return transact(io, context, options, {
    kind: 'call',
    contract: id,
    op: fn.op,
    target,
    args: encodeWords(abi, fn, words, addressOf),
  });
}
