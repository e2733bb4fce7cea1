// rxctl audit: does the money of the whole network add up? Over a closed cut of all groups; it recounts no cells.

import { formatAmount } from '@rexnet/node/core/amount.ts';
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withNetwork } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';

export function addAudit(program: Command, io: Io): void {
  withCommon(program.command('audit').description('add up all money of the network'))
    .addHelpText(
      'after',
      '\nExamples:\n  rxctl audit\n  rxctl audit -o json\n\nExit code 5 when something does not add up.',
    )
    .action((options: CommonOptions) =>
      withNetwork(io, options, async ({ network, format }) => {
        const report = await network.audit();
        print(io, format, { ...report, cut: report.cut.map((each) => ({ ...each })) }, () => {
          const cut = report.cut.map(({ group, height }) => `${group}@${height}`).join(' ');
          const sums = `supply ${formatAmount(report.supplyMsat)} = held ${formatAmount(report.heldMsat)} + in flight ${formatAmount(report.inFlightMsat)} + burnt ${formatAmount(report.burntMsat)}`;
          return [report.clean ? `clean at ${cut}` : `NOT clean at ${cut}`, sums, ...report.problems].join('\n');
        });
        return report.clean ? EXIT.ok : EXIT.verdictNotMet;
      }),
    );
}
