// Where a body holds the leaves it reads, so that those stored already are not stored twice. Decodes nothing itself.
import type { Body } from '../core/layouts.ts';
import type { Place } from './value-table.ts';

/** Of a ProvenLeaf: the length of the leaf, the count of the path, and one step of it. */
const LENGTH_BYTES = 4;
const COUNT_BYTES = 1;
const STEP_BYTES = 32;

export interface LeafInBody extends Place {
  /** Id of the block that sent it. */
  readonly source: Uint8Array;
}

/** `body` as decoded from `bytes`, so that it views them; `sources` in the order of its batches. */
export function leavesInBody(bytes: Uint8Array, body: Body, sources: readonly Uint8Array[]): LeafInBody[] {
  return body.batches.map(({ leaf, path }, i) => ({
    source: sources[i]!,
    at: leaf.byteOffset - bytes.byteOffset - LENGTH_BYTES,
    size: LENGTH_BYTES + leaf.length + COUNT_BYTES + path.length * STEP_BYTES,
  }));
}
