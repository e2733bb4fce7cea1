// The cluster of a stack: a kind cluster made by the stack and gone with it, or one that a kubeconfig names.
import { local } from '@pulumi/command';
import { Provider } from '@pulumi/kubernetes';
import { type Input, type Output, type Resource, secret } from '@pulumi/pulumi';
import { stringify } from 'yaml';
import type { Cluster } from './settings.ts';

export type ReadyCluster = {
  readonly provider: Provider;
  /** What must be there before pods can start: images in the machines. */
  readonly ready: readonly Resource[];
  /** Its contents, where the stack made the cluster. */
  readonly kubeconfig: Output<string> | undefined;
};

export function clusterFor(cluster: Cluster): ReadyCluster {
  if (cluster.kind === 'Given') {
    const { kubeconfig: file, context } = cluster;
    return { provider: providerOf(file, context), ready: [], kubeconfig: undefined };
  }
  const { name, loadImages } = cluster;
  // What is printed is the kubeconfig and nothing else; what kind says goes to stderr.
  const made = new local.Command('kind', {
    create: `kind create cluster --name ${name} --wait 180s --config=- 1>&2 && kind get kubeconfig --name ${name}`,
    delete: `kind delete cluster --name ${name}`,
    stdin: stringify(kindConfig(cluster.machines)),
    triggers: [name, cluster.machines],
    logging: local.Logging.Stderr,
  });
  const loaded = loadImages.map(
    (image, index) =>
      new local.Command(
        `image-${index}`,
        { create: `kind load docker-image ${image} --name ${name}`, triggers: [image, made.id] },
        { dependsOn: [made] },
      ),
  );
  const kubeconfig = secret(made.stdout) as Output<string>;
  return { provider: providerOf(kubeconfig), ready: [made, ...loaded], kubeconfig };
}

function providerOf(kubeconfig: Input<string>, context?: string): Provider {
  return new Provider('cluster', {
    kubeconfig,
    enableServerSideApply: true,
    ...(context === undefined ? {} : { context }),
  });
}

function kindConfig(machines: number): object {
  return {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [{ role: 'control-plane' }, ...Array.from({ length: machines }, () => ({ role: 'worker' }))],
  };
}
