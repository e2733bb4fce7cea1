// Where an object belongs that a builder has made. Builders make client-node's types, whose names may be absent; those of ours never are.
import type { Collection } from '../kube/caches.ts';
import type { KubeObject } from '../kube/resources.ts';

/** The collections of what a controller makes, by kind. */
export type MadeKinds = Readonly<Record<string, Collection<never>>>;

export function asMade(
  wish: { readonly kind?: string },
  kinds: MadeKinds,
): { readonly collection: Collection<KubeObject>; readonly object: KubeObject } {
  const object = wish as unknown as KubeObject;
  const collection = kinds[object.kind];
  if (collection === undefined) throw new Error(`this controller makes no ${object.kind}`);
  return { collection: collection as unknown as Collection<KubeObject>, object };
}
