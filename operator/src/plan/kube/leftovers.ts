// Who an object belongs to, by its owner: what is to go because it is in the plan no more, and what still stands in the way
// of a Testnet of the same name that was deleted before. Pure; what is named here is deleted by uid.

type Head = {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
  };
};

export function isOwnedBy({ metadata }: Head, uid: string): boolean {
  return metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) === true;
}

/** Owned by `uid`, not planned, not going already. */
export function leftovers<T extends Head>(
  existing: readonly T[],
  planned: readonly { readonly kind?: string; readonly metadata?: { readonly name?: string } }[],
  uid: string,
): readonly T[] {
  const names = new Set(planned.map(({ kind, metadata }) => `${kind}/${metadata?.name}`));
  return existing.filter(
    (object) =>
      isOwnedBy(object, uid) &&
      object.metadata.deletionTimestamp === undefined &&
      !names.has(`${object.kind}/${object.metadata.name}`),
  );
}

/** Labelled with the name of a Testnet and owned by another than it: the last one of that name is still going. */
export function strangers<T extends Head>(existing: readonly T[], uid: string): readonly T[] {
  return existing.filter((object) => !isOwnedBy(object, uid));
}
