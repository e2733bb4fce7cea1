// Our own outbox leaves of other groups' blocks: in memory from before they may be read until they have been, after that
// on disk. Proven before they are kept; what comes ahead of its header waits in a bounded place.
import type { HeaderEntry } from '../consensus/header-entry.ts';
import { toHex } from '../core/bytes.ts';
import type { ProvenLeaf } from '../core/layouts.ts';
import type { BlockArchive } from './ports.ts';

/** Leaves that came before their header; the oldest gives way. */
const PENDING_LEAVES_MAX = 4_096;
const PENDING_LEAF_BYTES_MAX = 32 * 1024 * 1024;

export type LeafVerdict = 'accepted' | 'known' | 'pending' | 'refused';

/** Whether `proven` is our leaf of the block. */
export type LeafCheck = (source: HeaderEntry, proven: ProvenLeaf) => boolean;

export class Inbox {
  readonly #check: LeafCheck;
  readonly #archive: Pick<BlockArchive, 'leaf'>;
  readonly #leaves = new Map<string, ProvenLeaf>();
  readonly #pending = new Map<string, ProvenLeaf>();
  #pendingBytes = 0;

  constructor(check: LeafCheck, archive: Pick<BlockArchive, 'leaf'>) {
    this.#check = check;
    this.#archive = archive;
  }

  get size(): number {
    return this.#leaves.size;
  }

  get(source: HeaderEntry): ProvenLeaf | undefined {
    const held = this.#leaves.get(source.key);
    if (held !== undefined) return held;
    const stored = this.#archive.leaf(source.id);
    if (stored === undefined || !this.#check(source, stored)) return undefined;
    this.#leaves.set(source.key, stored);
    return stored;
  }

  add(source: HeaderEntry, proven: ProvenLeaf): LeafVerdict {
    if (this.#leaves.has(source.key)) return 'known';
    if (!this.#check(source, proven)) return 'refused';
    this.#leaves.set(source.key, proven);
    return 'accepted';
  }

  addPending(sourceId: Uint8Array, proven: ProvenLeaf): LeafVerdict {
    const key = toHex(sourceId);
    this.#dropPending(key);
    this.#pending.set(key, proven);
    this.#pendingBytes += sizeOf(proven);
    while (this.#pending.size > PENDING_LEAVES_MAX || this.#pendingBytes > PENDING_LEAF_BYTES_MAX) {
      const oldest = this.#pending.keys().next();
      if (oldest.done === true) break;
      this.#dropPending(oldest.value);
    }
    return 'pending';
  }

  /** The header came: its leaf, when one waited and is right. */
  settlePending(source: HeaderEntry): ProvenLeaf | undefined {
    const proven = this.#pending.get(source.key);
    if (proven === undefined) return undefined;
    this.#dropPending(source.key);
    return this.add(source, proven) === 'accepted' ? proven : undefined;
  }

  /** Lets go of what memory holds; the archive keeps what it has. */
  drop(key: string): void {
    this.#leaves.delete(key);
  }

  #dropPending(key: string): void {
    const proven = this.#pending.get(key);
    if (proven === undefined) return;
    this.#pendingBytes -= sizeOf(proven);
    this.#pending.delete(key);
  }
}

function sizeOf(proven: ProvenLeaf): number {
  return proven.leaf.length + 32 * proven.path.length;
}
