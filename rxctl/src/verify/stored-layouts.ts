// Layouts of a node's own records (docs/protocol.md, A node's data folder): diffs, snapshots, undo records. None of them travels.
import { type Cursor, decodeAll } from './bytes.ts';

export interface DiffPart {
  readonly partition: number;
  readonly cells: Uint8Array;
}

export interface BlockDiff {
  readonly height: number;
  readonly system: Uint8Array;
  readonly checkpoint: Uint8Array;
  readonly parts: readonly DiffPart[];
}

function part(c: Cursor): DiffPart {
  return { partition: c.u32(), cells: c.blob(0xffff_ffff) };
}

export function decodeBlockDiff(bytes: Uint8Array): BlockDiff {
  return decodeAll(bytes, (c) => ({
    height: c.uint(),
    system: c.blob(1 << 24),
    checkpoint: c.take(32),
    parts: c.list(c.u32(), 8_192, () => part(c)),
  }));
}

export interface Snapshot {
  readonly height: number;
  readonly system: Uint8Array;
  readonly checkpoint: Uint8Array;
  readonly accumulators: readonly Uint8Array[];
  readonly parts: readonly DiffPart[];
}

export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  return decodeAll(bytes, (c) => ({
    height: c.uint(),
    system: c.blob(1 << 24),
    checkpoint: c.take(32),
    accumulators: c.list(c.u16(), 4_097, () => c.take(32)),
    parts: c.list(c.u32(), 8_192, () => part(c)),
  }));
}

export interface Undo {
  readonly system: Uint8Array;
  readonly checkpoint: Uint8Array;
  readonly accumulators: readonly { readonly slot: number; readonly acc: Uint8Array }[];
  readonly contracts: readonly number[];
  readonly headers: number;
  readonly cells: Uint8Array;
}

export function decodeUndo(bytes: Uint8Array): Undo {
  return decodeAll(bytes, (c) => ({
    system: c.blob(1 << 24),
    checkpoint: c.take(32),
    accumulators: c.list(c.u32(), 4_097, () => ({ slot: c.u32(), acc: c.take(32) })),
    contracts: c.list(c.u32(), 1 << 20, () => c.u32()),
    headers: c.u32(),
    cells: c.blob(0xffff_ffff),
  }));
}
