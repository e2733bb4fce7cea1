// What spec.nodeOverrides asks of single pods. A StatefulSet has one template, so these are changes of pods that exist: the kubelet
// restarts the container with the other image, and the data stays. Never to be applied to a pod that is not there.
import type { KubeInput } from './input.ts';
import { podName } from './names.ts';
import { NODE_CONTAINER } from './nodes.ts';
import type { PodSeen } from './pod-seen.ts';

/** A strategic merge patch. */
export type PodPatch = {
  readonly namespace: string;
  readonly name: string;
  readonly patch: {
    readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
  };
};

/** In the order of the spec. Groups that do not exist, and overrides that override nothing, are left out. */
export function podPatches({ testnet, facts }: KubeInput): readonly PodPatch[] {
  const { groups, nodeOverrides = [] } = testnet.spec;
  return nodeOverrides.flatMap(({ group, ordinal, image }) =>
    group >= groups || image === undefined || image === facts.image
      ? []
      : [
          {
            namespace: facts.namespace,
            name: podName(testnet.name, group, ordinal),
            patch: { spec: { containers: [{ name: NODE_CONTAINER, image }] } },
          },
        ],
  );
}

export type Misfit = {
  readonly pod: PodSeen;
  readonly container: { readonly name: string; readonly image: string };
};

/** Of node pods those that run another image than they should, those whose override is gone included. */
export function imageMisfits(input: KubeInput, pods: readonly PodSeen[]): readonly Misfit[] {
  const wanted = new Map(
    podPatches(input).flatMap(({ name, patch }) => patch.spec.containers.map(({ image }) => [name, image] as const)),
  );
  return pods.flatMap((pod) => {
    const image = wanted.get(pod.name) ?? input.facts.image;
    if (pod.image === undefined || pod.image === image) return [];
    return [{ pod, container: { name: NODE_CONTAINER, image } }];
  });
}
