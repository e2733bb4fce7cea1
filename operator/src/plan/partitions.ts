// Which group owns which partition at genesis: contiguous ranges whose sizes differ by at most one. Pure.

export type PartitionRange = { readonly group: number; readonly first: number; readonly count: number };

/** Even contiguous ranges; groups never outnumber partitions (a rule of the Testnet). */
export function evenRanges(partitions: number, groups: number): readonly PartitionRange[] {
  if (groups < 1 || groups > partitions) throw new RangeError(`${groups} groups cannot share ${partitions} partitions`);
  return Array.from({ length: groups }, (_, group) => {
    const first = Math.floor((group * partitions) / groups);
    return { group, first, count: Math.floor(((group + 1) * partitions) / groups) - first };
  });
}

/** The owner of every partition. */
export function ownersOf(ranges: readonly PartitionRange[]): readonly number[] {
  return ranges.flatMap(({ group, count }) => Array.from({ length: count }, () => group));
}

/** '0-63:0,64-127:1' */
export function formatRanges(ranges: readonly PartitionRange[]): string {
  return ranges
    .map(({ group, first, count }) => `${count === 1 ? first : `${first}-${first + count - 1}`}:${group}`)
    .join(',');
}
