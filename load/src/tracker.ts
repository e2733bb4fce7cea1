// Follows the relay trees of submitted transactions over the receipts of all groups, through reorganisations, and says
// when each was executed and completed. Counts what it sees; judges nothing.
import { concatBytes, viewOf } from '@rexnet/node/core/bytes.ts';
import { sha256d } from '@rexnet/node/core/hash.ts';
import { RECEIPT_BYTES } from '@rexnet/node/core/layouts.ts';

const STATUS_OFFSET = 68;
const CHILDREN_OFFSET = 70;

interface Leaf {
  readonly group: number;
  readonly height: number;
  readonly children: number;
  readonly failed: boolean;
}

interface Tree {
  readonly intendedMs: number;
  readonly receipts: Map<string, Leaf>;
  executedMs: number | undefined;
}

/** A transaction whose whole relay tree is `confirmations` deep. */
export interface Finished {
  readonly intendedMs: number;
  readonly executedMs: number;
  readonly completedMs: number;
  readonly failed: boolean;
  readonly invocations: number;
  /** Relays that ran in another group than the invocation that began the tree. */
  readonly crossed: number;
  readonly relays: number;
}

export interface ObservedBlock {
  readonly group: number;
  readonly height: number;
  /** RECEIPT records one after the other. */
  readonly receipts: Uint8Array;
}

export class Tracker {
  readonly #confirmations: number;
  readonly #onFinished: (tree: Finished) => void;
  readonly #trees = new Map<string, Tree>();
  /** Per group: executed trees by the height their last receipt there must see confirmed. */
  readonly #waiting = new Map<string, Tree>();
  readonly #tips = new Map<number, number>();
  readonly #placed = new Map<number, Map<number, string[]>>();
  #doubled = 0;

  constructor(confirmations: number, onFinished: (tree: Finished) => void) {
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

  submitted(id: Uint8Array, intendedMs: number): void {
    this.#trees.set(keyOf(id), { intendedMs, receipts: new Map(), executedMs: undefined });
  }

  /** Forgets a transaction that was refused. */
  refused(id: Uint8Array): void {
    this.#trees.delete(keyOf(id));
  }

  block(block: ObservedBlock, nowMs: number): void {
    const { group, height, receipts } = block;
    this.#tips.set(group, height);
    const touched: string[] = [];
    const view = viewOf(receipts);
    for (let at = 0; at < receipts.length; at += RECEIPT_BYTES) {
      const root = keyOf(receipts.subarray(at + 32, at + 64));
      const tree = this.#trees.get(root);
      if (tree === undefined) continue;
      const id = keyOf(receipts.subarray(at, at + 32));
      const failed = receipts[at + STATUS_OFFSET] !== 0;
      const children = view.getUint16(at + CHILDREN_OFFSET, true);
      const before = tree.receipts.get(id);
      if (before !== undefined && (before.group !== group || before.height !== height)) this.#doubled++;
      tree.receipts.set(id, { group, height, children, failed });
      touched.push(root);
      if (isWhole(root, tree)) {
        tree.executedMs = nowMs;
        this.#waiting.set(root, tree);
      }
    }
    const heights = this.#placed.get(group) ?? new Map<number, string[]>();
    this.#placed.set(group, heights.set(height, touched));
    heights.delete(height - KEPT_HEIGHTS);
    this.#finish(nowMs);
  }

  /** The blocks of a group above `height` are no longer on its chain. */
  undone(group: number, height: number): void {
    const tip = this.#tips.get(group) ?? height;
    for (let h = tip; h > height; h--) {
      for (const root of this.#placed.get(group)?.get(h) ?? []) {
        const tree = this.#trees.get(root);
        if (tree === undefined) continue;
        for (const [id, leaf] of tree.receipts) if (leaf.group === group && leaf.height === h) tree.receipts.delete(id);
        tree.executedMs = undefined;
        this.#waiting.delete(root);
      }
      this.#placed.get(group)?.delete(h);
    }
    this.#tips.set(group, height);
  }

  #finish(nowMs: number): void {
    for (const [root, tree] of this.#waiting) {
      if (!this.#isConfirmed(tree)) continue;
      this.#waiting.delete(root);
      this.#trees.delete(root);
      this.#onFinished(summary(root, tree, nowMs));
    }
  }

  #isConfirmed(tree: Tree): boolean {
    for (const { group, height } of tree.receipts.values()) {
      if ((this.#tips.get(group) ?? 0) < height + this.#confirmations) return false;
    }
    return true;
  }
}

/** Heights per group whose receipts can still be undone here; deeper reorganisations are reported as lost transactions. */
const KEPT_HEIGHTS = 1_024;

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1');
}

/** Every child announced by a receipt has one of its own, from the root down. */
function isWhole(root: string, tree: Tree): boolean {
  const open = [root];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const leaf = tree.receipts.get(id);
    if (leaf === undefined) return false;
    for (let i = 0; i < leaf.children; i++) open.push(childKey(id, i));
  }
  return true;
}

/** Relay id = SHA-256d(id of the emitter ‖ child number u32). */
function childKey(parent: string, index: number): string {
  const number = new Uint8Array(4);
  viewOf(number).setUint32(0, index, true);
  return keyOf(sha256d(concatBytes([Buffer.from(parent, 'latin1'), number])));
}

function summary(root: string, tree: Tree, completedMs: number): Finished {
  const home = tree.receipts.get(root)?.group;
  const leaves = [...tree.receipts.values()];
  return {
    intendedMs: tree.intendedMs,
    executedMs: tree.executedMs ?? completedMs,
    completedMs,
    failed: leaves.some((l) => l.failed),
    invocations: leaves.length,
    crossed: leaves.filter((l) => l.group !== home).length,
    relays: leaves.length - 1,
  };
}
