// Encoding layouts that end in megabytes: the head by its layout, the tail copied once instead of through a growing writer.
import { concatBytes, viewOf } from '../core/bytes.ts';
import { BLOCK_DIFF } from '../core/layouts.ts';
import type { PartitionDiff } from '../vm/types.ts';

const LENGTH_BYTES = 4;

function u32Bytes(...values: number[]): Uint8Array {
  const out = new Uint8Array(values.length * 4);
  const view = viewOf(out);
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value, true);
  return out;
}

/** `encoded` ends in an empty blob with a u32 length: the same with a blob of these parts. */
export function withTail(encoded: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return concatBytes([encoded.subarray(0, encoded.length - LENGTH_BYTES), u32Bytes(size), ...parts]);
}

export interface DiffHead {
  readonly height: number;
  readonly system: Uint8Array;
  readonly checkpoint: Uint8Array;
}

/** BlockDiff bytes. */
export function encodeBlockDiff(head: DiffHead, diffs: readonly PartitionDiff[]): Uint8Array {
  const empty = BLOCK_DIFF.encode({ ...head, parts: [] });
  const parts = diffs.flatMap(({ partition, diff }) => [u32Bytes(partition, diff.length), diff]);
  return concatBytes([empty.subarray(0, empty.length - LENGTH_BYTES), u32Bytes(diffs.length), ...parts]);
}
