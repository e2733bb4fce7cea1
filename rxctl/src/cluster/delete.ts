// rxctl down in a cluster: deletes a Testnet, and with it all that it owns, chains and keys too; so that has to be said.
import { setTimeout as delay } from 'node:timers/promises';
import { PODS, TESTNETS } from '@rexnet/operator/controllers/collections.ts';
import { LABEL } from '@rexnet/operator/plan/kube/labels.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import type { Format } from '../print.ts';
import { withProgress } from '../progress.ts';
import { nameOf } from './apply.ts';
import { asked, Cluster, type ClusterOptions } from './cluster.ts';
import { findTestnet } from './find-testnet.ts';

type DeleteOptions = ClusterOptions & { readonly name?: string; readonly purge?: true };

const GONE_MAX_MS = 120_000;
const LOOK_MS = 500;

export async function deleteTestnet(io: Io, options: DeleteOptions, format: Format): Promise<ExitCode> {
  const cluster = await Cluster.open(options, io);
  try {
    const { metadata } = await findTestnet(cluster, options.name);
    const { name, uid = '' } = metadata;
    if (options.purge !== true)
      throw new CliError(
        EXIT.usage,
        `a Testnet is deleted with its chains and keys`,
        `say so: rxctl down --name ${name} --purge; to stop it and keep them: kubectl patch tn ${name} --type merge -p '{"spec": {"suspend": true}}'`,
      );
    const outcome = await asked(cluster.rest.delete(TESTNETS.resource, { name, namespace: cluster.namespace, uid }));
    const left = await withProgress(io, 'waiting for its pods to end', () => untilGone(io, cluster, name));
    if (left > 0)
      throw new CliError(EXIT.timeout, `${left} pods of ${name} are still there`, 'wait longer: --timeout 5m');
    const isDeleted = outcome === 'deleted';
    print(
      io,
      format,
      { network: name, namespace: cluster.namespace, deleted: isDeleted },
      () => `${nameOf(TESTNETS.resource, name)} ${isDeleted ? 'deleted' : 'was gone already'}`,
      [`testnet/${name}`],
    );
    return EXIT.ok;
  } finally {
    await cluster.close();
  }
}

/** How many pods are left when the time is over. */
async function untilGone(io: Io, { rest, namespace }: Cluster, name: string): Promise<number> {
  const deadlineMs = performance.now() + (io.timeoutMs ?? GONE_MAX_MS);
  const selection = { namespace, labelSelector: `${LABEL.testnet}=${name}` };
  for (;;) {
    const { items } = await asked(rest.list(PODS.resource, selection));
    if (items.length === 0 || io.signal.aborted || performance.now() >= deadlineMs) return items.length;
    await delay(LOOK_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
}
