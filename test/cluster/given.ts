// A cluster somebody else looks after, named by REXNET_KUBECONFIG and used as it is. What needs its machines is refused.
import { builtHere } from './built/record.ts';
import type { Cluster, ClusterDescription } from './cluster-type.ts';
import { ClusterError } from './errors.ts';
import { run } from './program.ts';

export class GivenCluster implements Cluster {
  readonly kind = 'given';
  readonly kubeconfig: string;
  readonly machines: readonly string[];

  constructor({ kubeconfig, machines }: Omit<ClusterDescription, 'kind'>) {
    this.kubeconfig = kubeconfig;
    this.machines = machines;
  }

  kubectl(args: readonly string[], input = ''): Promise<string> {
    return run('kubectl', ['--kubeconfig', this.kubeconfig, ...args], { input });
  }

  importImage(): Promise<void> {
    return refuse('put the image where its machines pull it from');
  }

  stopKubelet(): Promise<void> {
    return refuse('only a cluster of npm run cluster up lets a test stop a kubelet');
  }

  switchOff(): Promise<void> {
    return this.stopKubelet();
  }

  startKubelet(): Promise<void> {
    return this.stopKubelet();
  }

  startFakeNodes(): Promise<void> {
    return refuse('start kwok in it yourself');
  }

  async down(): Promise<void> {
    // It stays as it was found.
  }
}

async function refuse(instead: string): Promise<never> {
  throw new ClusterError('NOT_HERE', `the cluster of REXNET_KUBECONFIG is not ours to change: ${instead}`);
}

/** What a kubeconfig leads to; one of ours is recognised, and can do more. */
export async function describeGiven(kubeconfig: string): Promise<ClusterDescription> {
  const ours = builtHere();
  if (ours?.kubeconfig === kubeconfig) return ours;
  const nodes = await new GivenCluster({ kubeconfig, machines: [] }).kubectl(['get', 'nodes', '-o', 'json']);
  return { kind: 'given', kubeconfig, machines: schedulable(JSON.parse(nodes)) };
}

type Nodes = {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly taints?: unknown; readonly unschedulable?: boolean };
  }[];
};

/** Pods of tests tolerate nothing. */
export function schedulable({ items }: Nodes): readonly string[] {
  const free = items.filter(({ spec }) => spec.taints === undefined && spec.unschedulable !== true);
  return free.map(({ metadata }) => metadata.name);
}
