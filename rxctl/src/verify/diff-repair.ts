// When a state root does not follow from a stored diff: looks for the one flipped bit in it, so that the damage is named and the
// blocks above can still be verified.
import { FormatError, same, viewOf } from './bytes.ts';
import { describeCell, encodeEntry, entriesOf, GLOBAL, REPLICA } from './cells.ts';
import { depthFor, fold, sha256, tagged, treeRoot } from './hash.ts';
import { foldAccumulator, stateRoot } from './network.ts';
import { findFlip } from './repair.ts';
import { type BlockDiff, decodeBlockDiff } from './stored-layouts.ts';

/** Accumulators after a diff, the global one last. */
export function foldDiff(before: readonly Uint8Array[], diff: BlockDiff): Uint8Array[] {
  const after = before.slice();
  for (const { partition, cells } of diff.parts) {
    if (partition === REPLICA) continue;
    const slot = slotOf(partition, before.length);
    if (slot !== undefined) after[slot] = foldAccumulator(before[slot]!, diff.height, cells);
  }
  return after;
}

export function slotOf(partition: number, slots: number): number | undefined {
  if (partition === GLOBAL) return slots - 1;
  return partition < slots - 1 ? partition : undefined;
}

/** Here a try is seldom more than a glance at the lengths. */
const SHAPE_BYTES_MAX = 64 * 1024;

export interface RepairedDiff {
  readonly diff: BlockDiff;
  readonly what: string;
}

interface Search {
  readonly height: number;
  readonly before: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** The diff whose state root is `root`, one bit away from `bytes`. */
export function repairDiff(
  bytes: Uint8Array,
  height: number,
  before: readonly Uint8Array[],
  root: Uint8Array,
): RepairedDiff | undefined {
  const search: Search = { height, before, root };
  const diff = decodedOr(bytes);
  if (diff === undefined || diff.height !== height) return repairShape(bytes, search);
  return repairSystem(diff, search) ?? repairCells(diff, search) ?? repairShape(bytes, search);
}

/** A length, a count or a number is wrong: most flips decode to nothing, so each that decodes may cost a whole state root. */
function repairShape(bytes: Uint8Array, { height, before, root }: Search): RepairedDiff | undefined {
  const flip = findFlip(
    bytes,
    (candidate) => {
      const diff = decodedOr(candidate);
      if (diff === undefined || diff.height !== height || !isOrdered(diff, before.length)) return false;
      return same(stateRoot(foldDiff(before, diff), diff.system), root);
    },
    SHAPE_BYTES_MAX,
  );
  if (flip === undefined) return undefined;
  const diff = decodeBlockDiff(flip.bytes);
  return { diff, what: `bit ${flip.bit} of byte ${flip.at} is flipped` };
}

function isOrdered({ parts, system }: BlockDiff, slots: number): boolean {
  const isKnown = parts.every(({ partition }, i) => {
    const follows = i === 0 || parts[i - 1]!.partition < partition;
    return follows && (partition === REPLICA || slotOf(partition, slots) !== undefined);
  });
  return isKnown && system.length > 0;
}

function repairSystem(diff: BlockDiff, { before, root }: Search): RepairedDiff | undefined {
  const accumulators = foldDiff(before, diff);
  const tree = treeOf(accumulators);
  const global = accumulators.at(-1)!;
  const flip = findFlip(diff.system, (system) =>
    same(tagged('rexnet/state', tree, global, tagged('rexnet/system', system)), root),
  );
  if (flip === undefined) return undefined;
  const field = systemFieldAt(flip.bytes, flip.at);
  return {
    diff: { ...diff, system: flip.bytes },
    what: `bit ${flip.bit} of byte ${flip.at} of its system is flipped (${field})`,
  };
}

/** Name of the field at an offset of System bytes. */
function systemFieldAt(system: Uint8Array, offset: number): string {
  if (offset < SYSTEM_AT.served) return 'map';
  if (offset < SYSTEM_AT.deltas) return 'served';
  if (offset < SYSTEM_AT.replica) return 'deltas';
  if (offset < SYSTEM_AT.cursors) return 'replica';
  const totalsAt = SYSTEM_AT.cursors + 4 + viewOf(system).getUint32(SYSTEM_AT.cursors, true) * CURSOR_BYTES;
  return offset < totalsAt ? 'cursors' : 'totals';
}

const SYSTEM_AT = { served: 32, deltas: 36, replica: 44, cursors: 76 };
const CURSOR_BYTES = 52;

function repairCells(diff: BlockDiff, { height, before, root }: Search): RepairedDiff | undefined {
  const accumulators = foldDiff(before, diff);
  const global = accumulators.at(-1)!;
  const systemHash = tagged('rexnet/system', diff.system);
  const tree = treeOf(accumulators);
  for (const [i, { partition, cells }] of diff.parts.entries()) {
    const slot = slotOf(partition, before.length);
    if (partition === REPLICA || slot === undefined) continue;
    const isGlobal = slot === before.length - 1;
    const path = isGlobal ? [] : pathOf(accumulators, slot);
    const flip = findFlip(cells, (candidate) => {
      const acc = foldAccumulator(before[slot]!, height, candidate);
      const treeRootNow = isGlobal ? tree : fold(acc, slot, path, sha256);
      return same(tagged('rexnet/state', treeRootNow, isGlobal ? acc : global, systemHash), root);
    });
    if (flip === undefined) continue;
    const parts = diff.parts.map((part, n) => (n === i ? { partition, cells: flip.bytes } : part));
    const where = `byte ${flip.at} of the cells of partition ${partition}`;
    return { diff: { ...diff, parts }, what: `bit ${flip.bit} of ${where} is flipped${cellAt(flip.bytes, flip.at)}` };
  }
  return undefined;
}

/** The replica's cells, one bit away, that lead to the accumulator the system holds. */
export function repairReplica(
  cells: Uint8Array,
  height: number,
  before: Uint8Array,
  after: Uint8Array,
): Uint8Array | undefined {
  return findFlip(cells, (candidate) => same(foldAccumulator(before, height, candidate), after))?.bytes;
}

function cellAt(cells: Uint8Array, offset: number): string {
  let at = 0;
  for (const entry of entriesOf(cells)) {
    at += encodeEntry(entry).length;
    if (offset < at) return ` (${describeCell(entry.id)})`;
  }
  return '';
}

function treeOf(accumulators: readonly Uint8Array[]): Uint8Array {
  const partitions = accumulators.slice(0, -1);
  return treeRoot(partitions, depthFor(partitions.length));
}

/** Siblings from a partition's accumulator up to the root. */
function pathOf(accumulators: readonly Uint8Array[], slot: number): Uint8Array[] {
  const path: Uint8Array[] = [];
  let level = accumulators.slice(0, -1);
  for (let i = slot; level.length > 1; i = i >> 1) {
    path.push(level[i ^ 1]!);
    level = Array.from({ length: level.length / 2 }, (_, n) => treeRoot(level.slice(2 * n, 2 * n + 2), 1));
  }
  return path;
}

function decodedOr(bytes: Uint8Array): BlockDiff | undefined {
  try {
    return decodeBlockDiff(bytes);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
