// Transactions that wait for a block of their sender's group, and why one may not. Bounded per sender and in total;
// it hands them out by fee, then nonce. It checks no signature: whoever adds one has.
import { addressOf } from '../core/address.ts';
import { equalBytes, textOf, viewOf } from '../core/bytes.ts';
import { PUBLIC_KEY_BYTES, SENDER_AT, senderKeyOf } from '../core/signed-bytes.ts';
import type { Account } from '../vm/types.ts';
import { Heap } from './heap.ts';
import { Slabs } from './slabs.ts';
import {
  costOf,
  gasPriceOf,
  nonceNumberOf,
  problemOf,
  senderPartitionOf,
  type TransactionProblem,
  type TransactionRules,
  transactionId,
  validUntilMsOf,
} from './transaction.ts';

const POOL_MAX = 65_536;
const POOL_BYTES_MAX: number = 128 * 1024 * 1024;
/** Entries of the heap that may stand for transactions that have left: a share of those that wait, and some. */
const STALE_SHARE = 1 / 8;
const STALE_MAX = 1_024;
/** The order of what to push out is made when the pool is full, and forgotten when it is down to this share. */
const CALM_SHARE = 1 / 2;
const SENDER_MAX = 256;
/** A replacement pays at least a tenth more, so that nobody can churn the pool for nothing. */
const REPLACE_NUMERATOR = 11n;
const REPLACE_DENOMINATOR = 10n;

const NOTHING = new Uint8Array(0);

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
  /** Copies of ours once it is in. */
  bytes: Uint8Array;
  id: Uint8Array;
  readonly nonce: number;
  readonly price: bigint;
  readonly cost: bigint;
  readonly validUntilMs: number;
  /** Earlier ones go first among equals. */
  readonly arrival: number;
}

interface Sender {
  /** Of its public key. */
  readonly key: string;
  readonly address: Uint8Array;
  /** Nonce of the account at the tip. */
  next: number;
  readonly waiting: Map<number, Waiting>;
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
  readonly #slabs = new Slabs();
  /** Cheapest first, while the pool is near its bounds; entries of what has left are skipped when they surface. */
  #cheapest: Heap<Waiting> | undefined;
  #size = 0;
  #bytes = 0;
  #arrivals = 0;
  #expired = 0;
  /** Nothing that waits expires before. */
  #firstExpiryMs = Number.POSITIVE_INFINITY;
  #handedOut: Waiting | undefined;

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
    const found = this.#senders.get(textOf(address, 0, PUBLIC_KEY_BYTES));
    const sender = found !== undefined && equalBytes(found.address, address) ? found : undefined;
    if (sender === undefined) return this.#parts.account(address).nonce;
    let next = sender.next;
    while (sender.waiting.has(next)) next++;
    return BigInt(next);
  }

  /** All that wait, in the order they came. */
  *all(): IterableIterator<Uint8Array> {
    for (const { bytes } of this.#byId.values()) yield bytes;
  }

  /** A waiting transaction. */
  find(id: Uint8Array): Uint8Array | undefined {
    return this.#byId.get(textOf(id, 0, id.length))?.bytes;
  }

  /** `id`, when the caller has computed it already. */
  add(bytes: Uint8Array, nowMs: number, id?: Uint8Array): PoolVerdict {
    const view = viewOf(bytes);
    const problem = problemOf(bytes, this.#parts.rules, view);
    if (problem !== undefined) return problem;
    if (validUntilMsOf(bytes, view) < nowMs) return 'EXPIRED';
    const key = textOf(bytes, SENDER_AT, PUBLIC_KEY_BYTES);
    const known = this.#senders.get(key);
    if (!this.#parts.holds(senderPartitionOf(view, this.#parts.rules.partitions))) return 'PARTITION_MOVED';
    const address = known?.address ?? addressOf(senderKeyOf(bytes));
    const account = this.#parts.account(address);
    const sender = known ?? { key, address, next: Number(account.nonce), waiting: new Map(), cost: 0n };
    const item: Waiting = {
      sender,
      bytes,
      id: id ?? transactionId(bytes),
      nonce: nonceNumberOf(view),
      price: gasPriceOf(bytes, view),
      cost: costOf(bytes, view),
      validUntilMs: validUntilMsOf(bytes, view),
      arrival: this.#arrivals,
    };
    const verdict = this.#judge(item, account);
    if (verdict === 'added') this.#insert(item);
    return verdict;
  }

  #judge({ sender, bytes, nonce, price, cost }: Waiting, account: Account): PoolVerdict {
    const held = sender.waiting.get(nonce);
    if (held !== undefined && equalBytes(held.bytes, bytes)) return 'known';
    if (nonce < sender.next) return 'NONCE_TOO_LOW';
    if (nonce >= sender.next + this.#senderMax) return 'NONCE_TOO_HIGH';
    if (held !== undefined && price * REPLACE_DENOMINATOR < held.price * REPLACE_NUMERATOR) return 'NONCE_TAKEN';
    if (sender.cost - (held?.cost ?? 0n) + cost > account.balance) return 'INSUFFICIENT_FUNDS';
    if (held !== undefined) return 'added';
    if (sender.waiting.size >= this.#senderMax) return 'SENDER_FULL';
    return this.#makeRoom(sender, bytes.length, price) ? 'added' : 'POOL_FULL';
  }

  /** Pushes out what pays less than `price`, with what depends on it; never of the same sender. */
  #makeRoom(sender: Sender, size: number, price: bigint): boolean {
    while (this.#size >= this.#max || this.#bytes + size > this.#bytesMax) {
      this.#cheapest ??= this.#inOrder();
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

  #insert(item: Waiting): void {
    const { sender, nonce } = item;
    const held = sender.waiting.get(nonce);
    if (held !== undefined) this.#remove(held);
    item.bytes = this.#slabs.copy(item.bytes);
    item.id = this.#slabs.copy(item.id);
    if (sender.waiting.size === 0) this.#senders.set(sender.key, sender);
    sender.waiting.set(nonce, item);
    this.#byId.set(textOf(item.id, 0, item.id.length), item);
    sender.cost += item.cost;
    this.#size++;
    this.#arrivals++;
    this.#bytes += item.bytes.length;
    this.#firstExpiryMs = Math.min(this.#firstExpiryMs, item.validUntilMs);
    if (this.#cheapest === undefined) return;
    this.#cheapest.push(item);
    if (this.#cheapest.size > (1 + STALE_SHARE) * this.#size + STALE_MAX) this.#cheapest = this.#inOrder();
  }

  #remove(item: Waiting): void {
    const { sender } = item;
    sender.waiting.delete(item.nonce);
    this.#byId.delete(textOf(item.id, 0, item.id.length));
    sender.cost -= item.cost;
    this.#size--;
    this.#bytes -= item.bytes.length;
    // The heap may hold on to it for minutes.
    item.bytes = NOTHING;
    item.id = NOTHING;
    if (sender.waiting.size === 0) this.#senders.delete(sender.key);
  }

  #isHere(item: Waiting): boolean {
    return item.sender.waiting.get(item.nonce) === item && this.#senders.get(item.sender.key) === item.sender;
  }

  #inOrder(): Heap<Waiting> {
    return new Heap(
      cheaper,
      [...this.#senders.values()].flatMap((sender) => [...sender.waiting.values()]),
    );
  }

  /**
   * What could run next, the best paid first, each sender's in order of nonces without gaps. To be called with nothing
   * staged on the state; changing the pool ends it.
   */
  *candidates(nowMs: number): IterableIterator<Uint8Array> {
    const heads: Waiting[] = [];
    for (const sender of this.#senders.values()) {
      if (!sender.waiting.has(sender.next)) sender.next = Number(this.#parts.account(sender.address).nonce);
      const head = sender.waiting.get(sender.next);
      if (head !== undefined) heads.push(head);
    }
    const heap = new Heap<Waiting>(dearer, heads);
    for (let item = heap.first; item !== undefined; item = heap.first) {
      // What follows an expired one waits until `settle` drops it.
      const next = item.validUntilMs < nowMs ? undefined : item.sender.waiting.get(item.nonce + 1);
      if (next === undefined) heap.pop();
      else heap.replaceFirst(next);
      if (item.validUntilMs < nowMs) continue;
      this.#handedOut = item;
      yield item.bytes;
    }
    this.#handedOut = undefined;
  }

  /** The id of what `candidates` handed out last. */
  idOf(bytes: Uint8Array): Uint8Array | undefined {
    return this.#handedOut?.bytes === bytes ? this.#handedOut.id : undefined;
  }

  /** After the tip moved: takes out what blocks included, puts back what undone blocks had, drops what expired. */
  settle(included: Iterable<Uint8Array>, undone: Iterable<Uint8Array>, nowMs: number): void {
    this.#handedOut = undefined;
    const touched = new Set<string>();
    const back = [...undone];
    for (const bytes of included) touched.add(textOf(bytes, SENDER_AT, PUBLIC_KEY_BYTES));
    for (const bytes of back) touched.add(textOf(bytes, SENDER_AT, PUBLIC_KEY_BYTES));
    for (const key of touched) this.#follow(key);
    for (const bytes of back) this.add(bytes, nowMs);
    if (this.#firstExpiryMs < nowMs) this.#expire(nowMs);
    if (this.#size < this.#max * CALM_SHARE && this.#bytes < this.#bytesMax * CALM_SHARE) this.#cheapest = undefined;
  }

  #expire(nowMs: number): void {
    this.#firstExpiryMs = Number.POSITIVE_INFINITY;
    for (const sender of [...this.#senders.values()]) {
      for (const item of [...sender.waiting.values()]) {
        if (item.validUntilMs >= nowMs) {
          this.#firstExpiryMs = Math.min(this.#firstExpiryMs, item.validUntilMs);
          continue;
        }
        this.#remove(item);
        this.#expired++;
      }
    }
  }

  #follow(key: string): void {
    const sender = this.#senders.get(key);
    if (sender === undefined) return;
    sender.next = Number(this.#parts.account(sender.address).nonce);
    for (const item of sender.waiting.values()) if (item.nonce < sender.next) this.#remove(item);
  }
}

function cheaper(a: Waiting, b: Waiting): boolean {
  return a.price !== b.price ? a.price < b.price : a.arrival > b.arrival;
}

function dearer(a: Waiting, b: Waiting): boolean {
  return a.price !== b.price ? a.price > b.price : a.arrival < b.arrival;
}
