// rxctl block: shows one block of one group.
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';
import type { BlockReport } from '../network.ts';

export function addBlock(program: Command, io: Io): void {
  withCommon(program.command('block').description('show a block'))
    .argument('<group>', 'group id')
    .argument('[which]', 'height or id; the newest when absent', 'tip')
    .addHelpText('after', '\nExamples:\n  rxctl block 0\n  rxctl block 2 17 -o json')
    .action((group: string, which: string, options: CommonOptions) =>
      withNetwork(io, options, async ({ network, format }) => {
        const id = Number(group);
        if (!Number.isInteger(id) || id < 0)
          throw new CliError(EXIT.usage, `${group} is no group id`, 'groups count up from 0');
        const wanted = which === 'tip' ? which : /^[0-9]{1,15}$/.test(which) ? Number(which) : which.toLowerCase();
        if (typeof wanted === 'string' && wanted !== 'tip' && !/^[0-9a-f]{64}$/.test(wanted))
          throw new CliError(EXIT.usage, `${which} is neither a height nor a block id`, 'an id is 64 hex digits');
        const block = await network.block(id, wanted);
        if (block === undefined)
          throw new CliError(EXIT.error, `group ${id} has no block ${which}`, `rxctl block ${id} shows the newest`);
        print(io, format, { ...block, reads: block.reads.map((read) => ({ ...read })) }, (isWide) =>
          describe(block, isWide),
        );
        return EXIT.ok;
      }),
    );
}

function describe(block: BlockReport, isWide: boolean): string {
  const reads = block.reads.map(({ group, height }) => `${group}@${height}`).join(' ');
  return [
    `block ${block.height} of group ${block.group}: ${block.id}`,
    `parent ${block.parentId}, ${new Date(block.timestampMs).toISOString()}, epoch ${block.epoch}`,
    `${block.transactions.length} transactions, ${block.receipts} receipts, ${block.gas} gas`,
    `reads ${reads || 'nothing'}, state ${block.stateRoot}`,
    ...(isWide ? block.transactions : []),
  ].join('\n');
}
