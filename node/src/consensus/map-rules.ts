// What the judgement of headers asks about shard maps: a port. Which update is right is for the room of the chain to say.
import type { HeaderEntry } from './header-entry.ts';
import type { ShardMap } from './shard-map.ts';

/** Why an update cannot follow a map. */
export type MapUpdateProblem =
  | 'MALFORMED'
  | 'WRONG_NETWORK'
  /** Not the epoch after that of the map. */
  | 'WRONG_EPOCH'
  /** Made for another map than the one in force. */
  | 'WRONG_PREVIOUS'
  /** Added groups are not the next ids, or there are none. */
  | 'BAD_GROUPS'
  /** It gives a partition to another group or ends one, which this version cannot carry out. */
  | 'MOVES_PARTITIONS'
  | 'BAD_SIGNATURE';

/** What the judgement of headers asks about shard maps. */
export interface MapRules {
  /** The map of epoch 0. */
  readonly first: ShardMap;
  /** The map after an update, or what is wrong with it. */
  after(before: ShardMap, update: Uint8Array): ShardMap | MapUpdateProblem;
  /**
   * The update that is shown behind the witness of a block, undefined when there is none. That it is a leaf of the block
   * was seen to when the witness was.
   */
  shownBehind(witness: Uint8Array): Uint8Array | undefined;
  /** Header bytes of block 0 of a group that a block of group 0 adopts; `read` is that block and what its chain has read. */
  birth(group: number, map: ShardMap, adopting: HeaderEntry, read: ReadonlyMap<number, HeaderEntry>): Uint8Array;
}
