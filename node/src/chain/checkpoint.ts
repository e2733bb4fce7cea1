// A group's whole state at a checkpoint, as it travels: a head that two headers commit, and the cells of each partition,
// which the head commits. It trusts no byte it has not held against a header.
import { equalBytes, toHex, ZERO_HASH } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { CHECKPOINT_HEAD, type CheckpointHead, type Genesis, type Header, SNAPSHOT } from '../core/layouts.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../core/scopes.ts';
import { encodeSnapshot } from './snapshot.ts';
import { Accumulators, checkpointLeaf, checkpointOfLeaves } from './state.ts';

/** Asked for in place of a partition: the head. */
export const HEAD_PART = 0xffff_ffff;

/** A block whose state is asked for, and the header that commits the cells after it, `checkpointEvery` blocks later. */
export interface Checkpoint {
  readonly id: Uint8Array;
  readonly header: Pick<Header, 'height' | 'stateRoot'>;
  readonly committedBy: Pick<Header, 'checkpointRoot'>;
}

/** Blocks that must stand on the committing header: whoever forged it has to do their work too. */
function buriedBlocks({ checkpointEvery }: Pick<Genesis, 'checkpointEvery'>): number {
  return Math.max(1, checkpointEvery >> 2);
}

/** Height of the newest checkpoint that is committed deep enough below a tip; 0 when there is none. */
export function newestCheckpointHeight(tipHeight: number, genesis: Pick<Genesis, 'checkpointEvery'>): number {
  const { checkpointEvery } = genesis;
  const last = tipHeight - checkpointEvery - buriedBlocks(genesis);
  return last < checkpointEvery ? 0 : last - (last % checkpointEvery);
}

/** A state cut into what is asked for one by one; `snapshot` must stand at a checkpoint. */
export class CheckpointParts {
  readonly #parts = new Map<number, Uint8Array>();

  constructor(snapshot: Uint8Array) {
    const { system, accumulators, parts } = SNAPSHOT.decode(snapshot);
    const leaves = parts.map(({ partition, cells }) => ({ partition, leaf: checkpointLeaf(cells) }));
    for (const { partition, cells } of parts) this.#parts.set(partition, cells);
    this.#parts.set(HEAD_PART, CHECKPOINT_HEAD.encode({ system, accumulators, parts: leaves }));
  }

  /** Undefined = the state has no cells there. */
  get(part: number): Uint8Array | undefined {
    return this.#parts.get(part);
  }
}

/** A head that the two headers commit; undefined when these bytes are not it. */
function readHead(
  bytes: Uint8Array,
  { header, committedBy }: Checkpoint,
  partitions: number,
): CheckpointHead | undefined {
  let head: CheckpointHead;
  try {
    head = CHECKPOINT_HEAD.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
  if (head.accumulators.length !== partitions + 1) return undefined;
  const accumulators = new Accumulators(partitions);
  for (const [slot, acc] of head.accumulators.entries()) accumulators.set(slot, acc);
  if (!equalBytes(accumulators.stateRoot(head.system), header.stateRoot)) return undefined;
  const leaves = new Map<number, Uint8Array>();
  let last = -1;
  for (const { partition, leaf } of head.parts) {
    const exists = partition < partitions || partition === GLOBAL_PARTITION || partition === REPLICA_PARTITION;
    if (!exists || partition <= last) return undefined;
    last = partition;
    leaves.set(partition, leaf);
  }
  const root = checkpointOfLeaves((partition) => leaves.get(partition) ?? ZERO_HASH, partitions);
  return equalBytes(root, committedBy.checkpointRoot) ? head : undefined;
}

const NOTHING: ReadonlyMap<string, Uint8Array> = new Map();

export type PartVerdict = 'accepted' | 'known' | 'refused';

/** Puts a state together from parts that came from anywhere, in any order after the head. */
export class CheckpointAssembly {
  readonly checkpoint: Checkpoint;
  readonly #partitions: number;
  readonly #cells = new Map<number, Uint8Array>();
  /** Cells an earlier attempt brought, by leaf in hex, until the head says which have not changed: they need not come again. */
  #spare: ReadonlyMap<string, Uint8Array>;
  #head: CheckpointHead | undefined;

  /** `before`: an attempt at another checkpoint. */
  constructor(checkpoint: Checkpoint, partitions: number, before?: CheckpointAssembly) {
    this.checkpoint = checkpoint;
    this.#partitions = partitions;
    this.#spare = new Map(before === undefined ? [] : before.#byLeaf());
  }

  /** How many there are is known from the head on. */
  get parts(): { readonly have: number; readonly of: number } | undefined {
    return this.#head === undefined ? undefined : { have: this.#cells.size, of: this.#head.parts.length };
  }

  get isWhole(): boolean {
    return this.#head !== undefined && this.#cells.size === this.#head.parts.length;
  }

  /** What to ask for now. */
  missing(): readonly number[] {
    if (this.#head === undefined) return [HEAD_PART];
    return this.#head.parts.flatMap(({ partition }) => (this.#cells.has(partition) ? [] : [partition]));
  }

  /** Keeps `bytes`. */
  take(part: number, bytes: Uint8Array): PartVerdict {
    if (part === HEAD_PART) return this.#takeHead(bytes);
    const wanted = this.#head?.parts.find(({ partition }) => partition === part);
    if (wanted === undefined || this.#cells.has(part)) return 'known';
    if (!equalBytes(checkpointLeaf(bytes), wanted.leaf)) return 'refused';
    this.#cells.set(part, bytes);
    return 'accepted';
  }

  /** Snapshot bytes; once it is whole. */
  snapshot(): Uint8Array {
    if (this.#head === undefined || !this.isWhole) throw new Error('parts of the state are missing');
    const { system, accumulators, parts } = this.#head;
    const { header, committedBy } = this.checkpoint;
    return encodeSnapshot({
      height: header.height,
      system,
      checkpoint: committedBy.checkpointRoot,
      accumulators,
      parts: parts.map(({ partition }) => ({ partition, cells: this.#cells.get(partition)! })),
    });
  }

  #takeHead(bytes: Uint8Array): PartVerdict {
    if (this.#head !== undefined) return 'known';
    this.#head = readHead(bytes, this.checkpoint, this.#partitions);
    if (this.#head === undefined) return 'refused';
    for (const { partition, leaf } of this.#head.parts) {
      const cells = this.#spare.get(toHex(leaf));
      if (cells !== undefined) this.#cells.set(partition, cells);
    }
    // The rest of them would add up, attempt after attempt.
    this.#spare = NOTHING;
    return 'accepted';
  }

  *#byLeaf(): IterableIterator<[string, Uint8Array]> {
    yield* this.#spare;
    for (const { partition, leaf } of this.#head?.parts ?? []) {
      const cells = this.#cells.get(partition);
      if (cells !== undefined) yield [toHex(leaf), cells];
    }
  }
}
