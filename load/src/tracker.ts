// Follows the relay trees of submitted transactions over the receipts of all groups, through reorganisations, and says
// when each was executed and completed. Counts what it sees; judges nothing.
import { outcomeOf } from '@rexnet/node/client/outcomes.ts';
import { viewOf } from '@rexnet/node/core/bytes.ts';
import { sha256Into } from '@rexnet/node/core/hash.ts';
import { RECEIPT_BYTES } from '@rexnet/node/core/layouts.ts';

const STATUS_OFFSET = 68;
const EXCEPTION_OFFSET = 69;
const CHILDREN_OFFSET = 70;
const GAS_OFFSET = 72;
/** Completed trees that are still watched, so that a second execution is noticed. */
const COMPLETED_KEPT_MAX = 8_192;
const U32 = 2 ** 32;

/** One invocation as a block tells it. */
export interface Leaf {
  readonly id: string;
  readonly group: number;
  readonly height: number;
  readonly children: number;
  /** 0 = success (preda.md a.15). */
  readonly status: number;
  readonly exception: number;
  readonly gas: number;
}

interface Tree<T> {
  readonly root: string;
  readonly intendedMs: number;
  readonly subject: T;
  leaves: Leaf[];
  executedMs: number | undefined;
  isCompleted: boolean;
}

/** A transaction whose whole relay tree is `confirmations` deep. */
export interface Finished<T = undefined> {
  /** What it was submitted with. */
  readonly subject: T;
  readonly intendedMs: number;
  readonly executedMs: number;
  readonly completedMs: number;
  readonly failed: boolean;
  /** Status of the first invocation, 0 = success. */
  readonly rootStatus: number;
  /** How the first invocation that failed ended. */
  readonly failure?: string;
  readonly invocations: number;
  /** Relays that ran in another group than the invocation that began the tree. */
  readonly crossed: number;
  readonly relays: number;
  /** What the first invocation burnt, without what it gave its relays. */
  readonly rootGas: number;
  /** The invocation that began the tree comes first. */
  readonly leaves: readonly Leaf[];
}

/** A submitted transaction that is not completed. */
export interface Unfinished<T> {
  readonly subject: T;
  /** Where it began; nothing when no block has it. */
  readonly leaves: readonly Leaf[];
  readonly isIncluded: boolean;
}

export interface ObservedBlock {
  readonly group: number;
  readonly height: number;
  /** RECEIPT records one after the other. */
  readonly receipts: Uint8Array;
}

export class Tracker<T = undefined> {
  readonly #confirmations: number;
  readonly #onFinished: (tree: Finished<T>) => void;
  readonly #trees = new Map<string, Tree<T>>();
  /** Executed and not deep enough: under the height of a group that each waits for next. */
  readonly #waiting = new Map<number, Map<number, Tree<T>[]>>();
  readonly #completed = new Map<string, Tree<T>>();
  /** Keys of the same, in a ring whose oldest is replaced next: a Map finds its own first slowly once many have left. */
  readonly #ring: string[] = [];
  #ringAt = 0;
  readonly #tips = new Map<number, number>();
  #doubled = 0;

  constructor(confirmations: number, onFinished: (tree: Finished<T>) => void) {
    this.#confirmations = confirmations;
    this.#onFinished = onFinished;
  }

  /** Transactions whose tree is not completed yet. */
  get pending(): number {
    return this.#trees.size;
  }

  /** Invocations seen in two blocks at once: must stay 0. */
  get doubled(): number {
    return this.#doubled;
  }

  /** What was submitted and is not completed, oldest first. */
  *unfinished(): Generator<Unfinished<T>> {
    for (const { subject, root, leaves } of this.#trees.values())
      yield { subject, leaves, isIncluded: leaves.some(({ id }) => id === root) };
  }

  /** By the key of its id. */
  submitted(root: string, intendedMs: number, subject: T): void {
    this.#trees.set(root, { root, intendedMs, subject, leaves: [], executedMs: undefined, isCompleted: false });
  }

  /** Forgets a transaction that was refused. */
  refused(root: string): void {
    this.#trees.delete(root);
  }

  /** Answers how many of its receipts belong to what was submitted. */
  block(block: ObservedBlock, nowMs: number): number {
    const { group, height, receipts } = block;
    let own = 0;
    this.#tips.set(group, height);
    const view = viewOf(receipts);
    for (let at = 0; at < receipts.length; at += RECEIPT_BYTES) {
      const root = keyAt(receipts, at + 32);
      const tree = this.#trees.get(root) ?? this.#completed.get(root);
      if (tree === undefined) continue;
      own++;
      this.#ran(tree, {
        id: isSame(receipts, at) ? tree.root : keyAt(receipts, at),
        group,
        height,
        children: view.getUint16(at + CHILDREN_OFFSET, true),
        status: view.getUint8(at + STATUS_OFFSET),
        exception: view.getUint8(at + EXCEPTION_OFFSET),
        gas: view.getUint32(at + GAS_OFFSET, true) + view.getUint32(at + GAS_OFFSET + 4, true) * U32,
      });
      if (tree.isCompleted || !isWhole(tree)) continue;
      tree.executedMs ??= nowMs;
      this.#await(tree, nowMs);
    }
    this.#reached(group, height, nowMs);
    return own;
  }

  /** The blocks of a group above `height` are no longer on its chain. */
  undone(group: number, height: number): void {
    this.#tips.set(group, height);
    for (const trees of [this.#trees, this.#completed]) {
      for (const tree of trees.values()) {
        const left = tree.leaves.filter((leaf) => leaf.group !== group || leaf.height <= height);
        if (left.length === tree.leaves.length) continue;
        tree.leaves = left;
        if (!tree.isCompleted) tree.executedMs = undefined;
      }
    }
  }

  #ran(tree: Tree<T>, leaf: Leaf): void {
    const { leaves } = tree;
    const before = leaves.findIndex(({ id }) => id === leaf.id);
    if (before < 0) {
      leaves.push(leaf);
      return;
    }
    const seen = leaves[before];
    if (seen !== undefined && (seen.group !== leaf.group || seen.height !== leaf.height)) this.#doubled++;
    leaves[before] = leaf;
  }

  /** Under the first height it still lacks; finished when it lacks none. */
  #await(tree: Tree<T>, nowMs: number): void {
    for (const { group, height } of tree.leaves) {
      const needed = height + this.#confirmations;
      if ((this.#tips.get(group) ?? 0) >= needed) continue;
      const heights = this.#waiting.get(group) ?? new Map<number, Tree<T>[]>();
      this.#waiting.set(group, heights);
      const others = heights.get(needed);
      if (others === undefined) heights.set(needed, [tree]);
      else others.push(tree);
      return;
    }
    this.#trees.delete(tree.root);
    this.#keep(tree);
    this.#onFinished(summary(tree, nowMs));
  }

  #reached(group: number, height: number, nowMs: number): void {
    const heights = this.#waiting.get(group);
    if (heights === undefined) return;
    for (const [needed, trees] of heights) {
      if (needed > height) continue;
      heights.delete(needed);
      // One that a reorganisation took apart waits again when it is whole again.
      for (const tree of trees) if (!tree.isCompleted && tree.executedMs !== undefined) this.#await(tree, nowMs);
    }
  }

  #keep(tree: Tree<T>): void {
    tree.isCompleted = true;
    this.#completed.set(tree.root, tree);
    const oldest = this.#ring[this.#ringAt];
    if (oldest !== undefined) this.#completed.delete(oldest);
    this.#ring[this.#ringAt] = tree.root;
    this.#ringAt = (this.#ringAt + 1) % COMPLETED_KEPT_MAX;
  }
}

/** The 32 bytes of an id as a text, which a Map finds faster than anything else. */
export function keyAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, ID_BYTES).toString('latin1');
}
const ID_BYTES = 32;

/** The invocation is the one that began its tree: the common case, told without making a text. */
function isSame(receipts: Uint8Array, at: number): boolean {
  for (let i = at; i < at + ID_BYTES; i++) if (receipts[i] !== receipts[i + ID_BYTES]) return false;
  return true;
}

/** Every child announced by a receipt has one of its own, from the root down. */
function isWhole({ root, leaves }: Pick<Tree<unknown>, 'root' | 'leaves'>): boolean {
  let announced = 1;
  for (const { children } of leaves) announced += children;
  // Equal numbers prove nothing where trees are deep, but unequal ones spare the hashing.
  if (announced !== leaves.length) return false;
  const byId = leaves.length <= FEW ? undefined : new Map(leaves.map((leaf) => [leaf.id, leaf]));
  const open = [root];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const leaf = byId === undefined ? leaves.find((one) => one.id === id) : byId.get(id);
    if (leaf === undefined) return false;
    for (let i = 0; i < leaf.children; i++) open.push(childKey(id, root, i));
  }
  return true;
}
/** Up to so many leaves looking through them beats an index. */
const FEW = 8;

/** Emitter ‖ child number u32, and the hash of it: scratch of one call. */
const relayName = Buffer.alloc(36);
const relayId = Buffer.alloc(32);

/** A transaction's own relays are numbered in the first four bytes of its id; deeper: SHA-256(emitter ‖ child number u32). */
function childKey(parent: string, root: string, index: number): string {
  if (parent === root) {
    relayId.write(root, 0, 'latin1');
    relayId.writeUInt32LE((relayId.readUInt32LE(0) + index + 1) >>> 0, 0);
    return relayId.toString('latin1');
  }
  relayName.write(parent, 0, 'latin1');
  relayName.writeUInt32LE(index, 32);
  sha256Into(relayName, relayId, 0);
  return relayId.toString('latin1');
}

function summary<T>({ subject, intendedMs, executedMs, root, leaves }: Tree<T>, completedMs: number): Finished<T> {
  const first = leaves.find(({ id }) => id === root);
  const ordered =
    first === undefined || first === leaves[0] ? leaves : [first, ...leaves.filter((one) => one !== first)];
  let crossed = 0;
  let failed: Leaf | undefined;
  for (const leaf of ordered) {
    if (leaf.group !== first?.group) crossed++;
    if (leaf.status !== 0) failed ??= leaf;
  }
  return {
    subject,
    intendedMs,
    executedMs: executedMs ?? completedMs,
    completedMs,
    failed: failed !== undefined,
    rootStatus: first?.status ?? 0,
    ...(failed === undefined ? {} : { failure: outcomeOf(failed.status, failed.exception) }),
    invocations: ordered.length,
    crossed,
    relays: ordered.length - 1,
    rootGas: first?.gas ?? 0,
    leaves: ordered,
  };
}
