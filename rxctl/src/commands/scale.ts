// rxctl scale: asks the rxctl that looks after a network, or the operator of a cluster, for more groups. They join by an update
// of the shard map, and own no partitions while partitions cannot move.
import { type Command, Option } from 'commander';
import { baseOf, type CommonOptions, verbOf, withCommon } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { chooseNetwork, foldersOf } from '../local/folders.ts';
import { writeGroupsWish } from '../local/grow.ts';
import { lockOwner } from '../local/lock.ts';
import { readState } from '../local/state.ts';
import type { Format } from '../print.ts';
import { readCount } from '../scale-words.ts';

type ScaleOptions = CommonOptions & { readonly groups: string };

const EXAMPLES = `
Examples:
  rxctl scale --groups 6        two groups join a network of four; rxctl status shows them come
  rxctl scale --groups 6 && rxctl wait Ready
  rxctl scale --kube --groups 6                      as kubectl scale testnet/demo --replicas=6

Groups cannot leave yet, and those that join own no partitions while partitions cannot move.`;

export function addScale(program: Command, io: Io): void {
  withCommon(program.command('scale').description('add groups to a network that runs'))
    .addOption(new Option('--groups <count>', 'how many there shall be').makeOptionMandatory())
    .addHelpText('after', EXAMPLES)
    .action((options: ScaleOptions) =>
      verbOf(io, options, async (format) => {
        if (options.kube !== true) return scale(io, options, format);
        const { scaleInCluster } = await import('../cluster/scale.ts');
        return scaleInCluster(io, options, format);
      }),
    );
}

function scale(io: Io, options: ScaleOptions, format: Format): ExitCode {
  const base = baseOf(io, options);
  const name = chooseNetwork(base, options.name);
  const folders = foldersOf(base, name);
  const state = readState(folders);
  if (state === undefined) throw new CliError(EXIT.notReachable, `there is no network ${name}`, 'start one: rxctl up');
  const { groups, chain } = state.spec;
  const wanted = readCount(options.groups, chain.partitions);
  if (wanted < groups)
    throw new CliError(EXIT.usage, `network ${name} has ${groups} groups, and no group can leave yet`, 'ask for more');
  if (lockOwner(folders.lock) === undefined)
    throw new CliError(
      EXIT.notReachable,
      `nobody looks after network ${name}`,
      `write spec.groups: ${wanted} into its testnet.yaml and start it: rxctl up`,
    );
  writeGroupsWish(folders, wanted);
  print(io, format, { network: name, groups: wanted, had: groups }, () =>
    wanted === groups
      ? `network ${name} has ${groups} groups`
      : `network ${name} goes from ${groups} to ${wanted} groups; write groups: ${wanted} into its testnet.yaml for the next rxctl up`,
  );
  return EXIT.ok;
}
