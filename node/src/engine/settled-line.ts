// The part of a group's chosen chain that memory has let go of, found again on disk: whoever comes late needs its headers
// from the first on. It grows with the tree's base and never changes below it.
import type { HeaderTree } from '../consensus/header-tree.ts';
import { equalBytes, viewOf } from '../core/bytes.ts';
import { HASH_BYTES } from '../core/hash.ts';
import { parentIdOf } from '../core/header-bytes.ts';
import type { HeaderRecord } from '../rpc/backend.ts';

/** Stored headers by place; undefined what is not on disk. */
export type StoredHeaders = (group: number, height: number, id: Uint8Array) => HeaderRecord | undefined;

export class SettledLine {
  readonly #tree: Pick<HeaderTree, 'baseHeight' | 'chosenAt'>;
  readonly #group: number;
  readonly #stored: StoredHeaders;
  /** Ids from height 1 on, one after the other. */
  #ids = new Uint8Array(0);
  #top = 0;

  constructor(tree: Pick<HeaderTree, 'baseHeight' | 'chosenAt'>, group: number, stored: StoredHeaders) {
    this.#tree = tree;
    this.#group = group;
    this.#stored = stored;
  }

  /** The header at a height below the tree's base. */
  at(height: number): HeaderRecord | undefined {
    this.#grow();
    return height < 1 || height > this.#top ? undefined : this.#stored(this.#group, height, this.#idAt(height));
  }

  has(height: number, id: Uint8Array): boolean {
    const settled = this.idAt(height);
    return settled !== undefined && equalBytes(settled, id);
  }

  idAt(height: number): Uint8Array | undefined {
    this.#grow();
    return height < 1 || height > this.#top ? undefined : this.#idAt(height);
  }

  /** The height of the first of these ids that lies on the line; 0 when none does. */
  heightOf(ids: readonly Uint8Array[]): number {
    this.#grow();
    // First words first: there may be a hundred thousand heights.
    const wanted = new Map(ids.map((id, i) => [viewOf(id).getUint32(0), i]));
    const view = viewOf(this.#ids);
    let best = ids.length;
    let found = 0;
    for (let height = 1; height <= this.#top && best > 0; height++) {
      const i = wanted.get(view.getUint32((height - 1) * HASH_BYTES));
      if (i === undefined || i >= best || !equalBytes(ids[i]!, this.#idAt(height))) continue;
      best = i;
      found = height;
    }
    return found;
  }

  #idAt(height: number): Uint8Array {
    return this.#ids.subarray((height - 1) * HASH_BYTES, height * HASH_BYTES);
  }

  /** Walks down from the tree's base to what is known already. */
  #grow(): void {
    const base = this.#tree.chosenAt(this.#group, this.#tree.baseHeight(this.#group));
    if (base === undefined || base.height - 1 <= this.#top) return;
    const ids = new Uint8Array((base.height - 1) * HASH_BYTES);
    let id: Uint8Array = base.header.parent;
    let height = base.height - 1;
    for (; height > this.#top || (height > 0 && !equalBytes(id, this.#idAt(height))); height--) {
      ids.set(id, (height - 1) * HASH_BYTES);
      const header = this.#stored(this.#group, height, id);
      // Without it nothing below can be served, and nothing above stands on it for anybody.
      if (header === undefined) return;
      id = parentIdOf(header.header);
    }
    ids.set(this.#ids.subarray(0, height * HASH_BYTES));
    this.#ids = ids;
    this.#top = base.height - 1;
  }
}
