// The map update that waits for the next block of group 0: at most one, kept until another takes its place, so that it comes
// back when its block is reorganised away. It signs nothing and judges by the map it is shown.
import type { MapRules, MapUpdateProblem } from '../consensus/map-rules.ts';
import type { ShardMap } from '../consensus/shard-map.ts';
import { equalBytes } from '../core/bytes.ts';

const NOTHING = new Uint8Array(0);

export class MapDesk {
  readonly #maps: Pick<MapRules, 'after'>;
  #waiting: Uint8Array = NOTHING;

  constructor(maps: Pick<MapRules, 'after'>) {
    this.#maps = maps;
  }

  /** `known`: the same update waits already, or has been taken. */
  offer(update: Uint8Array, before: ShardMap): 'added' | 'known' | MapUpdateProblem {
    if (equalBytes(update, this.#waiting)) return 'known';
    const after = this.#maps.after(before, update);
    if (typeof after === 'string') return after;
    this.#waiting = update.slice();
    return 'added';
  }

  /** For the next block, which leaves it out where it cannot follow the map before. */
  get waiting(): Uint8Array {
    return this.#waiting;
  }
}
