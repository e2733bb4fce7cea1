// rxctl tx: shows a transaction and its whole relay tree over all groups.
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { awaitTransaction, describeTransaction, exitOf, toPrintable } from '../transact.ts';
import { followTransaction } from '../tx-follow.ts';

type TxOptions = CommonOptions & { readonly wait?: true; readonly follow?: true };

const EXAMPLES = `
Examples:
  rxctl tx 3f2a…
  rxctl tx 3f2a… --wait -o json
  rxctl tx 3f2a… --follow        where each relay runs, as it happens

Exit code 1 when it failed, 3 when it has not ended in time (2m when --timeout is absent).`;

export function addTx(program: Command, io: Io): void {
  withCommon(program.command('tx').description('show a transaction and its relays'))
    .argument('<id>', '64 hex digits')
    .option('--wait', 'return when its whole relay tree has ended')
    .option('--follow', 'draw the tree as it grows, until it has ended')
    .addHelpText('after', EXAMPLES)
    .action((text: string, options: TxOptions) =>
      withNetwork(io, options, async ({ network, format }) => {
        const id = text.toLowerCase();
        if (!/^[0-9a-f]{64}$/.test(id))
          throw new CliError(EXIT.usage, `${text} is no transaction id`, 'an id is 64 hex digits');
        if (options.follow === true) return exitOf(await followTransaction(io, network, id, format));
        const report = options.wait === true ? await awaitTransaction(io, network, id) : await network.transaction(id);
        if (report === undefined)
          throw new CliError(
            EXIT.error,
            `no node knows transaction ${id}`,
            'it may have expired, or belong to another network',
          );
        print(io, format, toPrintable(report), (isWide) => describeTransaction(report, isWide), [`transaction/${id}`]);
        return exitOf(report);
      }),
    );
}
