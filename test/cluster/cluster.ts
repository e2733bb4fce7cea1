// How a test file asks for the Kubernetes that all tests of a run share: setup.ts has it, or makes it now. A file asks while it is
// loaded, where no test's deadline runs.
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { IS_FULL } from '../local/counts.ts';
import type { Cluster, ClusterDescription, Skip } from './cluster-type.ts';
import { openCluster } from './open.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where setup.ts answers. */
    readonly clusterSocket: string;
  }
}

/** The cluster, if it has at least so many machines; else the reason to skip. The first call may take minutes. */
export async function requireCluster({ machines }: { readonly machines: number }): Promise<Cluster | Skip> {
  const answer = await text(createConnection(inject('clusterSocket')));
  const found = JSON.parse(answer) as ClusterDescription | Skip;
  if ('reason' in found) return found;
  if (found.machines.length >= machines) return openCluster(found);
  return { reason: `cluster: ${machines} machines are needed and this one has ${found.machines.length}` };
}

/** The same for what takes minutes: only a full run asks at all. */
export async function requireClusterWhenFull(wanted: { readonly machines: number }): Promise<Cluster | Skip> {
  return IS_FULL ? requireCluster(wanted) : { reason: 'it takes minutes: REXNET_FULL=1 runs it' };
}
