// rxctl scale in a cluster: how many groups there shall be stands in spec.groups of the Testnet, so it is a patch of that; the
// operator does the rest. It takes no group away.
import { TESTNETS } from '@rexnet/operator/controllers/collections.ts';
import type { CommonOptions } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, inWordsOf, print } from '../io.ts';
import type { Format } from '../print.ts';
import { readCount } from '../scale-words.ts';
import { FIELD_MANAGER } from './apply.ts';
import { asked } from './cluster.ts';
import { ClusterSite } from './site.ts';

type ScaleOptions = CommonOptions & { readonly groups: string };

export async function scaleInCluster(io: Io, options: ScaleOptions, format: Format): Promise<ExitCode> {
  const site = await ClusterSite.open(io, options);
  try {
    const { cluster, name } = site;
    const { groups, chain } = site.testnet().spec;
    const wanted = readCount(options.groups, chain.partitions);
    if (wanted < groups)
      throw new CliError(
        EXIT.usage,
        `Testnet ${name} has ${groups} groups, and no group can leave yet`,
        `ask for more; groups that the shard map does not name yet go with kubectl scale testnet/${name} --replicas=${wanted}`,
      );
    const place = { name, namespace: cluster.namespace };
    if (wanted > groups)
      await asked(
        cluster.rest.merge(TESTNETS.resource, place, { spec: { groups: wanted } }, { fieldManager: FIELD_MANAGER }),
      );
    print(io, format, { network: name, groups: wanted, had: groups }, () =>
      inWordsOf(
        io,
        wanted === groups
          ? `network ${name} has ${groups} groups`
          : `network ${name} goes from ${groups} to ${wanted} groups; rxctl wait Ready ends when they have joined`,
      ),
    );
    return EXIT.ok;
  } finally {
    await site.close();
  }
}
