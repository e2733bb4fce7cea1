// The shard map as headers know it: which groups are live, and who owns what, in one epoch. Data alone; how a map is made
// and changed is the chain's.

/** One version of the map. */
export interface ShardMap {
  readonly epoch: number;
  /** Group of every partition. */
  readonly owners: Uint32Array;
  /** Epoch in which each partition came to its owner. */
  readonly since: Float64Array;
  /** Live groups, ascending; some may own nothing. */
  readonly groups: readonly number[];
  /** Commits epoch, owners, tenures and groups. */
  readonly hash: Uint8Array;
}
