// Writes the bytes of a snapshot into memory of exactly their size. They may be a third of all a machine has: a buffer that
// grows as they are written, and a copy of what was written, would be twice that beside it.
import { SNAPSHOT, type Snapshot } from '../core/layouts.ts';

const NO_CELLS = new Uint8Array(0);

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const cellsBytes = snapshot.parts.reduce((sum, { cells }) => sum + cells.length, 0);
  const parts = snapshot.parts.map(({ partition }) => ({ partition, cells: NO_CELLS }));
  return SNAPSHOT.encode(snapshot, SNAPSHOT.encode({ ...snapshot, parts }).length + cellsBytes);
}
