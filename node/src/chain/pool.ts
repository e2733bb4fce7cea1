// Transactions that wait for a block of their sender's group, and why one may not. Bounded per sender and in total;
// it hands them out by fee, then nonce. It checks no signature: whoever adds one has.
import { addressOf, partitionOf } from '../core/address.ts';
import { equalBytes, toHex } from '../core/bytes.ts';
import { senderKeyOf } from '../core/signed-bytes.ts';
import type { Account } from '../vm/types.ts';
import { Heap } from './heap.ts';
import {
  costOf,
  gasPriceOf,
  nonceOf,
  problemOf,
  type TransactionProblem,
  type TransactionRules,
  transactionId,
  validUntilMsOf,
} from './transaction.ts';

const POOL_MAX = 65_536;
const POOL_BYTES_MAX: number = 128 * 1024 * 1024;
/** Entries of the heap that may stand for transactions that have left, beyond as many as wait. */
const STALE_MAX = 1_024;
const SENDER_MAX = 256;
/** A replacement pays at least a tenth more, so that nobody can churn the pool for nothing. */
const REPLACE_NUMERATOR = 11n;
const REPLACE_DENOMINATOR = 10n;

export type PoolRefusal =
  | TransactionProblem
  | 'EXPIRED'
  | 'PARTITION_MOVED'
  | 'NONCE_TOO_LOW'
  | 'NONCE_TOO_HIGH'
  | 'NONCE_TAKEN'
  | 'INSUFFICIENT_FUNDS'
  | 'SENDER_FULL'
  | 'POOL_FULL';

export type PoolVerdict = 'added' | 'known' | PoolRefusal;

export interface PoolParts {
  readonly rules: TransactionRules;
  /** At the tip. */
  readonly account: (address: Uint8Array) => Account;
  readonly holds: (partition: number) => boolean;
  readonly max?: number;
  readonly bytesMax?: number;
  readonly senderMax?: number;
}

interface Waiting {
  readonly sender: Sender;
  readonly bytes: Uint8Array;
  readonly id: string;
  readonly nonce: bigint;
  readonly price: bigint;
  readonly cost: bigint;
  readonly validUntilMs: number;
  /** Earlier ones go first among equals. */
  readonly arrival: number;
}

interface Sender {
  readonly key: string;
  readonly address: Uint8Array;
  /** Nonce of the account at the tip. */
  next: bigint;
  readonly waiting: Map<bigint, Waiting>;
  /** Σ cost of all that wait. */
  cost: bigint;
}

export class Pool {
  readonly #parts: PoolParts;
  readonly #max: number;
  readonly #bytesMax: number;
  readonly #senderMax: number;
  readonly #senders = new Map<string, Sender>();
  readonly #byId = new Map<string, Waiting>();
  /** Cheapest first; entries of what has left are skipped when they surface. */
  #cheapest = new Heap<Waiting>(cheaper);
  #size = 0;
  #bytes = 0;
  #arrivals = 0;
  #expired = 0;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#max = parts.max ?? POOL_MAX;
    this.#bytesMax = parts.bytesMax ?? POOL_BYTES_MAX;
    this.#senderMax = parts.senderMax ?? SENDER_MAX;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Those that outlived their validity waiting, since the pool was made. */
  get expired(): number {
    return this.#expired;
  }

  /** The nonce after the unbroken run that waits from the account's own on. */
  nextNonce(address: Uint8Array): bigint {
    const sender = this.#senders.get(toHex(address));
    let next = sender?.next ?? this.#parts.account(address).nonce;
    while (sender?.waiting.has(next) === true) next++;
    return next;
  }

  /** A waiting transaction. */
  find(id: Uint8Array): Uint8Array | undefined {
    return this.#byId.get(toHex(id))?.bytes;
  }

  add(bytes: Uint8Array, nowMs: number): PoolVerdict {
    const problem = problemOf(bytes, this.#parts.rules);
    if (problem !== undefined) return problem;
    if (validUntilMsOf(bytes) < nowMs) return 'EXPIRED';
    const address = addressOf(senderKeyOf(bytes));
    if (!this.#parts.holds(partitionOf(address, this.#parts.rules.partitions))) return 'PARTITION_MOVED';
    const key = toHex(address);
    const account = this.#parts.account(address);
    const sender = this.#senders.get(key) ?? { key, address, next: account.nonce, waiting: new Map(), cost: 0n };
    const verdict = this.#judge(sender, bytes, account);
    if (verdict !== 'added') return verdict;
    this.#insert(sender, bytes);
    return 'added';
  }

  #judge(sender: Sender, bytes: Uint8Array, account: Account): PoolVerdict {
    const nonce = nonceOf(bytes);
    const price = gasPriceOf(bytes);
    const held = sender.waiting.get(nonce);
    if (held !== undefined && equalBytes(held.bytes, bytes)) return 'known';
    if (nonce < sender.next) return 'NONCE_TOO_LOW';
    if (nonce >= sender.next + BigInt(this.#senderMax)) return 'NONCE_TOO_HIGH';
    if (held !== undefined && price * REPLACE_DENOMINATOR < held.price * REPLACE_NUMERATOR) return 'NONCE_TAKEN';
    if (sender.cost - (held?.cost ?? 0n) + costOf(bytes) > account.balance) return 'INSUFFICIENT_FUNDS';
    if (held !== undefined) return 'added';
    if (sender.waiting.size >= this.#senderMax) return 'SENDER_FULL';
    return this.#makeRoom(sender, bytes.length, price) ? 'added' : 'POOL_FULL';
  }

  /** Pushes out what pays less than `price`, with what depends on it; never of the same sender. */
  #makeRoom(sender: Sender, size: number, price: bigint): boolean {
    while (this.#size >= this.#max || this.#bytes + size > this.#bytesMax) {
      const lowest = this.#cheapest.first;
      if (lowest === undefined) return false;
      if (this.#isHere(lowest)) {
        if (lowest.price >= price || lowest.sender === sender) return false;
        for (const later of [...lowest.sender.waiting.values()]) if (later.nonce >= lowest.nonce) this.#remove(later);
      }
      this.#cheapest.pop();
    }
    return true;
  }

  #insert(sender: Sender, bytes: Uint8Array): void {
    const nonce = nonceOf(bytes);
    const held = sender.waiting.get(nonce);
    if (held !== undefined) this.#remove(held);
    this.#senders.set(sender.key, sender);
    const item: Waiting = {
      sender,
      // They are a view of a whole message, which would stay as long as they do.
      bytes: new Uint8Array(bytes),
      id: toHex(transactionId(bytes)),
      nonce,
      price: gasPriceOf(bytes),
      cost: costOf(bytes),
      validUntilMs: validUntilMsOf(bytes),
      arrival: this.#arrivals++,
    };
    sender.waiting.set(nonce, item);
    this.#byId.set(item.id, item);
    sender.cost += item.cost;
    this.#size++;
    this.#bytes += bytes.length;
    this.#cheapest.push(item);
    // What has left holds its bytes until the heap forgets it.
    if (this.#cheapest.size > 2 * this.#size + STALE_MAX) this.#rebuild();
  }

  #remove(item: Waiting): void {
    const { sender } = item;
    sender.waiting.delete(item.nonce);
    this.#byId.delete(item.id);
    sender.cost -= item.cost;
    this.#size--;
    this.#bytes -= item.bytes.length;
    if (sender.waiting.size === 0) this.#senders.delete(sender.key);
  }

  #isHere(item: Waiting): boolean {
    return item.sender.waiting.get(item.nonce) === item && this.#senders.get(item.sender.key) === item.sender;
  }

  #rebuild(): void {
    const all = [...this.#senders.values()].flatMap((sender) => [...sender.waiting.values()]);
    this.#cheapest = new Heap(cheaper, all);
  }

  /**
   * What could run next, the best paid first, each sender's in order of nonces without gaps. To be called with nothing
   * staged on the state; changing the pool ends it.
   */
  *candidates(nowMs: number): IterableIterator<Uint8Array> {
    const heads: Waiting[] = [];
    for (const sender of this.#senders.values()) {
      if (!sender.waiting.has(sender.next)) sender.next = this.#parts.account(sender.address).nonce;
      const head = sender.waiting.get(sender.next);
      if (head !== undefined) heads.push(head);
    }
    const heap = new Heap<Waiting>(dearer, heads);
    for (let item = heap.pop(); item !== undefined; item = heap.pop()) {
      // What follows an expired one waits until `settle` drops it.
      if (item.validUntilMs < nowMs) continue;
      yield item.bytes;
      const next = item.sender.waiting.get(item.nonce + 1n);
      if (next !== undefined) heap.push(next);
    }
  }

  /** After the tip moved: takes out what blocks included, puts back what undone blocks had, drops what expired. */
  settle(included: Iterable<Uint8Array>, undone: Iterable<Uint8Array>, nowMs: number): void {
    const touched = new Set<string>();
    const back = [...undone];
    for (const bytes of [...included, ...back]) touched.add(toHex(addressOf(senderKeyOf(bytes))));
    for (const key of touched) this.#follow(key);
    for (const bytes of back) this.add(bytes, nowMs);
    for (const sender of [...this.#senders.values()]) {
      for (const item of [...sender.waiting.values()]) {
        if (item.validUntilMs >= nowMs) continue;
        this.#remove(item);
        this.#expired++;
      }
    }
  }

  #follow(key: string): void {
    const sender = this.#senders.get(key);
    if (sender === undefined) return;
    sender.next = this.#parts.account(sender.address).nonce;
    for (const item of [...sender.waiting.values()]) if (item.nonce < sender.next) this.#remove(item);
  }
}

function cheaper(a: Waiting, b: Waiting): boolean {
  return a.price !== b.price ? a.price < b.price : a.arrival > b.arrival;
}

function dearer(a: Waiting, b: Waiting): boolean {
  return a.price !== b.price ? a.price > b.price : a.arrival < b.arrival;
}
