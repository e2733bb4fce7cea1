// rxctl tx: shows a transaction and its whole relay tree over all groups.
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { awaitTransaction, describeTransaction, exitOf, toPrintable } from '../transact.ts';

type TxOptions = CommonOptions & { readonly wait?: true };

export function addTx(program: Command, io: Io): void {
  withCommon(program.command('tx').description('show a transaction and its relays'))
    .argument('<id>', '64 hex digits')
    .option('--wait', 'return when its whole relay tree has ended')
    .addHelpText('after', '\nExamples:\n  rxctl tx 3f2a…\n  rxctl tx 3f2a… --wait -o json')
    .action((text: string, options: TxOptions) =>
      withNetwork(io, options, async ({ network, format }) => {
        const id = text.toLowerCase();
        if (!/^[0-9a-f]{64}$/.test(id))
          throw new CliError(EXIT.usage, `${text} is no transaction id`, 'an id is 64 hex digits');
        const report = options.wait === true ? await awaitTransaction(io, network, id) : await network.transaction(id);
        if (report === undefined)
          throw new CliError(
            EXIT.error,
            `no node knows transaction ${id}`,
            'it may have expired, or belong to another network',
          );
        print(io, format, toPrintable(report), (isWide) => describeTransaction(report, isWide));
        return exitOf(report);
      }),
    );
}
