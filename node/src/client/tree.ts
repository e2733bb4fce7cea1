// One user transaction and the relays it caused, put together from the receipts of all groups. Pure: who fetches them is watch.ts.
import { relayId } from '../chain/relay.ts';
import { toHex, viewOf } from '../core/bytes.ts';
import { RECEIPT_BYTES } from '../core/layouts.ts';
import type { Refusal } from '../rpc/errors.ts';

const STATES = [
  'Pending',
  'Included',
  'Running',
  'Executed',
  'Completed',
  'CompletedWithFailures',
  'Failed',
  'Expired',
  'Refused',
] as const;
export type TransactionState = (typeof STATES)[number];

/** Nothing changes any more, short of a reorganisation deeper than `confirmations`. */
export function isFinal(state: TransactionState): boolean {
  return STATES.indexOf(state) >= STATES.indexOf('Completed');
}

/** A receipt as a tree keeps it. */
export interface Ran {
  readonly id: string;
  readonly group: number;
  readonly height: number;
  /** 0 = success. */
  readonly status: number;
  readonly exception: number;
  readonly children: number;
  readonly gas: bigint;
  readonly contract: bigint;
  readonly op: number;
  /** Of its block, when known. */
  readonly timestampMs?: number;
}

/** An invocation in its tree: who caused it, and what became of it so far. */
export interface Branch {
  readonly id: string;
  /** Absent for the root. */
  readonly parent?: string;
  readonly ran: Ran | undefined;
}

/** What a user sees of his transaction. */
export interface TreeView {
  readonly state: TransactionState;
  /** Invocations that ran, and invocations known: `Running n/m`. */
  readonly ran: number;
  readonly known: number;
  readonly gas: bigint;
  /** The first that failed, parents before children, in child order. */
  readonly firstFailure?: { readonly id: string; readonly status: number; readonly exception: number };
  readonly refusal?: Refusal;
}

const AT = { status: 68, exception: 69, children: 70, gas: 72, op: 82, contract: 88 } as const;

/** Reads RECEIPT bytes at `at` of a row of them. */
export function ranOf(receipts: Uint8Array, at: number, group: number, height: number): Ran {
  if (at + RECEIPT_BYTES > receipts.length) throw new RangeError('a receipt is cut off');
  const view = viewOf(receipts);
  return {
    id: toHex(receipts.subarray(at, at + 32)),
    group,
    height,
    status: view.getUint8(at + AT.status),
    exception: view.getUint8(at + AT.exception),
    children: view.getUint16(at + AT.children, true),
    gas: view.getBigUint64(at + AT.gas, true),
    contract: view.getBigUint64(at + AT.contract, true),
    op: view.getUint16(at + AT.op, true),
  };
}

export class RelayTree {
  readonly root: string;
  readonly #ran = new Map<string, Ran>();
  #known = 1;

  constructor(root: Uint8Array) {
    this.root = toHex(root);
  }

  get ran(): number {
    return this.#ran.size;
  }

  /** Everything the tree is known to have, parents before children, siblings in the order in which they were sent. */
  get branches(): Branch[] {
    return [...this.#walk()];
  }

  /** A receipt with this root; one seen before changes nothing. */
  add(receipt: Ran): void {
    const before = this.#ran.get(receipt.id);
    if (before !== undefined) this.#known -= before.children;
    this.#ran.set(receipt.id, receipt);
    this.#known += receipt.children;
  }

  /** A reorganisation of `group`: what ran above `height` did not. */
  undo(group: number, height: number): void {
    for (const receipt of [...this.#ran.values()]) {
      if (receipt.group !== group || receipt.height <= height) continue;
      this.#ran.delete(receipt.id);
      this.#known -= receipt.children;
    }
  }

  /** `tipHeight`: newest height known of a group, to count confirmations. */
  view(confirmations: number, tipHeight: (group: number) => number): TreeView {
    let gas = 0n;
    for (const receipt of this.#ran.values()) gas += receipt.gas;
    const facts = { ran: this.#ran.size, known: this.#known, gas };
    const root = this.#ran.get(this.root);
    if (root === undefined) return { ...facts, state: 'Pending' };
    const failure = this.#firstFailure();
    const view = failure === undefined ? facts : { ...facts, firstFailure: failure };
    if (!this.#isWhole()) return { ...view, state: facts.ran === 1 ? 'Included' : 'Running' };
    for (const { group, height } of this.#ran.values()) {
      if (tipHeight(group) < height + confirmations) return { ...view, state: 'Executed' };
    }
    if (root.status !== 0) return { ...view, state: 'Failed' };
    return { ...view, state: failure === undefined ? 'Completed' : 'CompletedWithFailures' };
  }

  /** Whether every id that the child counts promise has a receipt. */
  #isWhole(): boolean {
    if (this.#ran.size !== this.#known) return false;
    return [...this.#walk()].every(({ ran }) => ran !== undefined);
  }

  #firstFailure(): TreeView['firstFailure'] {
    for (const { ran } of this.#walk()) {
      if (ran === undefined || ran.status === 0) continue;
      const { id, status, exception } = ran;
      return { id, status, exception };
    }
    return undefined;
  }

  /** Generation by generation. */
  *#walk(): Generator<Branch> {
    const root = Buffer.from(this.root, 'hex');
    let generation: { readonly id: Uint8Array; readonly parent?: string }[] = [{ id: root }];
    while (generation.length > 0) {
      const next: typeof generation = [];
      for (const { id, ...from } of generation) {
        const name = toHex(id);
        const ran = this.#ran.get(name);
        yield { id: name, ...from, ran };
        for (let i = 0; i < (ran?.children ?? 0); i++) next.push({ id: relayId(id, root, i), parent: name });
      }
      generation = next;
    }
  }
}
