// The stored state a peer is being given, cut into parts and chunks: one at a time, and only while somebody takes of it.
// What it gives is a copy: blocks go on being executed and snapshots being replaced meanwhile.
import { CheckpointParts } from '../chain/checkpoint.ts';
import { equalBytes } from '../core/bytes.ts';
import { RpcError } from '../rpc/errors.ts';

/** Of one message; all nodes cut alike, so that a part begun with one peer can be ended with another. */
export const CHUNK_BYTES: number = 256 * 1024;
/** What nobody has asked for any more is let go, and another state may be asked for. */
const IDLE_MS = 5_000;
/** Who takes of one state for ever must let others have theirs now and then. */
const HOLD_MS = 30_000;

export interface ShelfModules {
  /** Snapshot bytes at a block; undefined when none is stored there. */
  snapshot(id: Uint8Array): Uint8Array | undefined;
  nowMs(): number;
}

export interface StateChunk {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

export class CheckpointShelf {
  readonly #m: ShelfModules;
  #open:
    | { readonly id: Uint8Array; readonly parts: CheckpointParts; readonly sinceMs: number; usedMs: number }
    | undefined;

  constructor(modules: ShelfModules) {
    this.#m = modules;
  }

  /** Undefined: the state of that block is not here, or has no such part or chunk. Throws BUSY while another is being given. */
  chunk(id: Uint8Array, part: number, index: number): StateChunk | undefined {
    const bytes = this.#partsOf(id)?.get(part);
    if (bytes === undefined) return undefined;
    const from = index * CHUNK_BYTES;
    if (from >= bytes.length) return undefined;
    const end = Math.min(bytes.length, from + CHUNK_BYTES);
    return { bytes: bytes.slice(from, end), last: end === bytes.length };
  }

  /** To be called now and then. */
  tick(): void {
    if (this.#open !== undefined && this.#m.nowMs() - this.#open.usedMs >= IDLE_MS) this.#open = undefined;
  }

  #partsOf(id: Uint8Array): CheckpointParts | undefined {
    this.tick();
    const nowMs = this.#m.nowMs();
    if (this.#open !== undefined && equalBytes(this.#open.id, id)) {
      this.#open.usedMs = nowMs;
      return this.#open.parts;
    }
    const isHeld = this.#open !== undefined && nowMs - this.#open.sinceMs < HOLD_MS;
    if (isHeld) throw new RpcError('BUSY', { retryAfterMs: IDLE_MS });
    const snapshot = this.#m.snapshot(id);
    if (snapshot === undefined) return undefined;
    this.#open = { id: id.slice(), parts: new CheckpointParts(snapshot), sinceMs: nowMs, usedMs: nowMs };
    return this.#open.parts;
  }
}
