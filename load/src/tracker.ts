// Follows the relay trees of submitted transactions over the receipts of all groups, through reorganisations, and says
// when each was executed and completed. Counts what it sees; judges nothing.
import { viewOf } from '@rexnet/node/core/bytes.ts';
import { sha256dInto } from '@rexnet/node/core/hash.ts';
import { RECEIPT_BYTES } from '@rexnet/node/core/layouts.ts';

const STATUS_OFFSET = 68;
const CHILDREN_OFFSET = 70;
const GAS_OFFSET = 72;
/** Completed trees that are still watched, so that a second execution is noticed. */
const COMPLETED_KEPT_MAX = 8_192;

interface Leaf {
  readonly group: number;
  readonly height: number;
  readonly children: number;
  readonly status: number;
  readonly gas: number;
}

interface Tree<T> {
  readonly intendedMs: number;
  readonly subject: T;
  readonly receipts: Map<string, Leaf>;
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
  /** Status of the first invocation, 0 = success (preda.md a.15). */
  readonly rootStatus: number;
  readonly invocations: number;
  /** Relays that ran in another group than the invocation that began the tree. */
  readonly crossed: number;
  readonly relays: number;
  /** What the first invocation burnt, without what it gave its relays. */
  readonly rootGas: number;
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
  /** Executed, but not deep enough yet. */
  readonly #waiting = new Map<string, Tree<T>>();
  /** The oldest completed trees first. */
  readonly #completed = new Map<string, Tree<T>>();
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
  *unfinished(): Generator<{ readonly subject: T; readonly isIncluded: boolean }> {
    for (const [root, { subject, receipts }] of this.#trees) yield { subject, isIncluded: receipts.has(root) };
  }

  submitted(id: Uint8Array, intendedMs: number, subject: T): void {
    const tree = { intendedMs, subject, receipts: new Map(), executedMs: undefined, isCompleted: false };
    this.#trees.set(keyOf(id), tree);
  }

  /** Forgets a transaction that was refused. */
  refused(id: Uint8Array): void {
    this.#trees.delete(keyOf(id));
  }

  block(block: ObservedBlock, nowMs: number): void {
    const { group, height, receipts } = block;
    this.#tips.set(group, height);
    const view = viewOf(receipts);
    for (let at = 0; at < receipts.length; at += RECEIPT_BYTES) {
      const root = keyOf(receipts.subarray(at + 32, at + 64));
      const tree = this.#trees.get(root) ?? this.#completed.get(root);
      if (tree === undefined) continue;
      const id = keyOf(receipts.subarray(at, at + 32));
      const before = tree.receipts.get(id);
      if (before !== undefined && (before.group !== group || before.height !== height)) this.#doubled++;
      const status = receipts[at + STATUS_OFFSET] ?? 0;
      const children = view.getUint16(at + CHILDREN_OFFSET, true);
      const gas = Number(view.getBigUint64(at + GAS_OFFSET, true));
      tree.receipts.set(id, { group, height, children, status, gas });
      if (tree.isCompleted || !isWhole(root, tree.receipts)) continue;
      tree.executedMs ??= nowMs;
      this.#waiting.set(root, tree);
    }
    this.#finish(nowMs);
  }

  /** The blocks of a group above `height` are no longer on its chain. */
  undone(group: number, height: number): void {
    this.#tips.set(group, height);
    for (const trees of [this.#trees, this.#completed]) {
      for (const [root, tree] of trees) {
        const count = tree.receipts.size;
        for (const [id, leaf] of tree.receipts)
          if (leaf.group === group && leaf.height > height) tree.receipts.delete(id);
        if (tree.receipts.size === count || tree.isCompleted) continue;
        tree.executedMs = undefined;
        this.#waiting.delete(root);
      }
    }
  }

  #finish(nowMs: number): void {
    for (const [root, tree] of this.#waiting) {
      if (!this.#isConfirmed(tree)) continue;
      this.#waiting.delete(root);
      this.#trees.delete(root);
      this.#keep(root, tree);
      this.#onFinished(summary(root, tree, nowMs));
    }
  }

  #keep(root: string, tree: Tree<T>): void {
    tree.isCompleted = true;
    this.#completed.set(root, tree);
    if (this.#completed.size <= COMPLETED_KEPT_MAX) return;
    const oldest = this.#completed.keys().next();
    if (!oldest.done) this.#completed.delete(oldest.value);
  }

  #isConfirmed(tree: Tree<T>): boolean {
    for (const { group, height } of tree.receipts.values()) {
      if ((this.#tips.get(group) ?? 0) < height + this.#confirmations) return false;
    }
    return true;
  }
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1');
}

/** Every child announced by a receipt has one of its own, from the root down. */
function isWhole(root: string, receipts: ReadonlyMap<string, Leaf>): boolean {
  const open = [root];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const leaf = receipts.get(id);
    if (leaf === undefined) return false;
    for (let i = 0; i < leaf.children; i++) open.push(childKey(id, i));
  }
  return true;
}

/** Emitter ‖ child number u32, and the hash of it: scratch of one call. */
const relayName = Buffer.alloc(36);
const relayId = Buffer.alloc(32);

/** Relay id = SHA-256d(id of the emitter ‖ child number u32). */
function childKey(parent: string, index: number): string {
  relayName.write(parent, 0, 'latin1');
  relayName.writeUInt32LE(index, 32);
  sha256dInto(relayName, relayId, 0);
  return relayId.toString('latin1');
}

function summary<T>(root: string, tree: Tree<T>, completedMs: number): Finished<T> {
  const first = tree.receipts.get(root);
  const leaves = [...tree.receipts.values()];
  return {
    subject: tree.subject,
    intendedMs: tree.intendedMs,
    executedMs: tree.executedMs ?? completedMs,
    completedMs,
    failed: leaves.some((leaf) => leaf.status !== 0),
    rootStatus: first?.status ?? 0,
    invocations: leaves.length,
    crossed: leaves.filter((leaf) => leaf.group !== first?.group).length,
    relays: leaves.length - 1,
    rootGas: first?.gas ?? 0,
  };
}
