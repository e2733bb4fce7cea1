// How far a new template of a group's pods may roll: one node at a time, and only while all others are in sync. A StatefulSet alone looks at
// the nodes it has made anew and at no other, so it would take the one that still has the chain. Pure.
import type { V1StatefulSet } from '@kubernetes/client-node';
import type { PodSeen } from './pod-seen.ts';
import { isInVain } from './pod-trouble.ts';

/** Pods from this ordinal on follow the newest template. */
export function partitionOf(wish: V1StatefulSet, live: V1StatefulSet | undefined, pods: readonly PodSeen[]): number {
  const nodes = wish.spec?.replicas ?? 0;
  const { replicas = 0, updateStrategy } = live?.spec ?? {};
  // Those that are added begin with what is wished now.
  const rest = replicas > 0 ? Math.min(replicas, nodes) : nodes;
  // Which template a pod has to have is not known yet.
  if (!isNewestKnown(live)) return Math.min(updateStrategy?.rollingUpdate?.partition ?? rest, nodes);
  const wanted = pods.filter(({ ordinal }) => ordinal < nodes);
  const outdated = outdatedOf(live, wanted);
  if (outdated.length === 0) return rest;
  const next = Math.max(...outdated.map(({ ordinal }) => ordinal));
  const others = wanted.filter(({ ordinal }) => ordinal !== next);
  return others.length === nodes - 1 && others.every(isNotWaitedFor) ? next : next + 1;
}

/** Pods that follow an older template, as far as it is known which one is the newest. */
export function outdatedOf(live: V1StatefulSet | undefined, pods: readonly PodSeen[]): readonly PodSeen[] {
  return isNewestKnown(live) ? pods.filter(({ revision }) => revision !== live?.status?.updateRevision) : [];
}

function isNewestKnown(live: V1StatefulSet | undefined): boolean {
  const { observedGeneration, updateRevision } = live?.status ?? {};
  return observedGeneration === live?.metadata?.generation && updateRevision !== undefined;
}

export function withPartition(wish: V1StatefulSet, partition: number): V1StatefulSet {
  const { spec } = wish;
  if (spec === undefined) return wish;
  return { ...wish, spec: { ...spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } } };
}

/** In sync, or broken in a way that waiting does not mend: a template that mends it must come through. */
function isNotWaitedFor({ isReady, isTerminating, waiting }: PodSeen): boolean {
  return (isReady && !isTerminating) || (waiting !== undefined && isInVain(waiting));
}
