// rxd audit: from flags to a report on a data folder. Everything else is engine/audit-folder.ts.
import { deepReportText } from '../chain/deep-report.ts';
import { auditFolder } from '../engine/audit-folder.ts';
import { EXIT, type Exit } from '../exit.ts';
import { type Flags, textFlag } from '../flags.ts';
import type { World } from '../lifetime.ts';
import { readGenesisFile, refuseOtherCompiler } from './genesis-file.ts';

export async function audit(flags: Flags, world: Pick<World, 'out' | 'err' | 'signal'>): Promise<Exit> {
  const genesisPath = textFlag(flags, 'genesis');
  const network = readGenesisFile(genesisPath);
  refuseOtherCompiler(genesisPath, network);
  try {
    const report = await auditFolder({
      network,
      dataDir: textFlag(flags, 'data'),
      fromSnapshot: flags['from-snapshot'] === true,
      copy: flags['copy'] === true,
      signal: world.signal,
    });
    world.out(flags['output'] === 'json' ? JSON.stringify(report) : deepReportText(report));
    return report.clean ? EXIT.ok : EXIT.verdictNotMet;
  } catch (error) {
    if (!world.signal.aborted) throw error;
    world.err('rxd audit: interrupted');
    return EXIT.error;
  }
}
