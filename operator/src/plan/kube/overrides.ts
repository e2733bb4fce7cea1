// What spec.nodeOverrides asks of single pods. A StatefulSet has one template, so these are changes of pods that exist: the kubelet
// restarts the container with the other image, and the data stays. Nothing is asked of a pod that is not there.
import type { KubeInput } from './input.ts';
import { podName } from './names.ts';
import type { PodSeen } from './pod-seen.ts';

export type Misfit = { readonly pod: PodSeen; readonly image: string };

/** Of node pods those that run another image than they should, those whose override is gone included, with that image. */
export function imageMisfits(input: KubeInput, pods: readonly PodSeen[]): readonly Misfit[] {
  const overridden = overriddenImages(input);
  return pods.flatMap((pod) => {
    const image = overridden.get(pod.name) ?? input.facts.image;
    return pod.image === undefined || pod.image === image ? [] : [{ pod, image }];
  });
}

/** By pod. An override without an image, or with an empty one, asks for that of the others. */
function overriddenImages({ testnet: { name, spec } }: KubeInput): ReadonlyMap<string, string> {
  const { nodeOverrides = [] } = spec;
  return new Map(
    nodeOverrides.flatMap(({ group, ordinal, image }) =>
      image === undefined || image === '' ? [] : [[podName(name, group, ordinal), image] as const],
    ),
  );
}
