// rxctl call: reads with a const function at the tip. It signs nothing, costs nothing and changes nothing.

import { decodeValue, type Json } from '@rexnet/preda/index.ts';
import type { Command } from 'commander';
import { findContract } from '../action.ts';
import { chooseFunction, encodeWords, targetOf } from '../call-target.ts';
import { type CommonOptions, type Context, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import type { Printable } from '../print.ts';

type CallOptions = CommonOptions & { readonly from: string; readonly target?: string };

const SUCCESS = 0;
const EXAMPLES = `
Examples:
  rxctl call token.Token balance_of --target bob
  rxctl call poll.Poll result -o json`;

export function addCall(program: Command, io: Io): void {
  withCommon(program.command('call').description('read from a contract at the tip'))
    .argument('<contract>', 'DApp.Contract, or its number')
    .argument('<function>', 'a public const function')
    .argument('[args...]', 'its arguments; JSON for lists and structs, key names for addresses')
    .option('--from <key>', 'whose address asks', 'alice')
    .option('--target <instance>', 'address or number of the scope instance')
    .addHelpText('after', EXAMPLES)
    .action((contract: string, name: string, words: readonly string[], options: CallOptions) =>
      withNetwork(io, options, (context) => call(io, context, { contract, name, words, options })),
    );
}

type CallInput = {
  readonly contract: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly options: CallOptions;
};

async function call(
  io: Io,
  { network, keys, format }: Context,
  { contract, name, words, options }: CallInput,
): Promise<ExitCode> {
  const { id, abi } = await findContract(network, contract);
  const fn = chooseFunction(abi, name, words.length, (each) => each.isConst && each.isPublic);
  const caller = keys.address(options.from);
  const addressOf = (text: string): Uint8Array => keys.address(text);
  const target = targetOf(fn, options.target, caller, addressOf);
  const args = encodeWords(abi, fn, words, addressOf);
  const { status, outcome, value, gas, height } = await network.read(
    { kind: 'call', contract: id, op: fn.op, target, args },
    caller,
  );
  if (status !== SUCCESS)
    throw new CliError(EXIT.error, `${name} failed: ${outcome}`, 'check the arguments and the target');
  const result = fn.returns === 'void' ? null : decodeValue(abi, fn.returns, value);
  print(io, format, { value: toPrintable(result), type: fn.returns, gas, height }, () =>
    typeof result === 'string' ? result : JSON.stringify(result),
  );
  return EXIT.ok;
}

function toPrintable(value: Json): Printable {
  return value;
}
