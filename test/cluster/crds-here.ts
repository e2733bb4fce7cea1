// The CRDs of this clone in a cluster, known to its API server when it returns. They stay: others of a run may have objects of theirs.
import { KINDS } from '@rexnet/operator/api/kinds.ts';
import { crdFiles } from '../../scripts/crds/files.ts';
import type { Cluster } from './cluster-type.ts';

export async function applyCrds(cluster: Cluster): Promise<void> {
  const files = [...crdFiles().values()].join('---\n');
  await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], files);
  const crds = KINDS.map(({ names: { plural } }) => `crd/${plural}.rexnet.dev`);
  await cluster.kubectl(['wait', '--for=condition=Established', ...crds, '--timeout=30s']);
}
