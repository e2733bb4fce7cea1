// From the description of a cluster to what can be done with it, in any process.
import { BuiltCluster } from './built/built-cluster.ts';
import type { Cluster, ClusterDescription } from './cluster-type.ts';
import { GivenCluster } from './given.ts';
import { KindCluster } from './kind.ts';

export function openCluster(description: ClusterDescription): Cluster {
  switch (description.kind) {
    case 'built':
      return new BuiltCluster(description);
    case 'kind':
      return new KindCluster(description);
    case 'given':
      return new GivenCluster(description);
  }
}
