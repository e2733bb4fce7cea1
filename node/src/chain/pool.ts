// Transactions waiting for a block: bounded per sender and in total, taken by price and then by arrival, a sender's own
// always by nonce. Says why it refuses. Signatures were checked at the door.
import { BODY } from '../core/layouts.ts';
import {
  costOf,
  gasPriceOf,
  nonceOf,
  problemOf,
  senderOf,
  type TransactionProblem,
  type TransactionRules,
  transactionId,
  validUntilMsOf,
} from './transaction.ts';

export const POOL_TRANSACTIONS_MAX = 50_000;
export const POOL_BYTES_MAX = 64 * 1024 * 1024;
export const POOL_PER_SENDER_MAX = 64;
/** A transaction may live this long at most, so that the pool forgets what nobody mines. */
export const VALID_AHEAD_MAX_MS = 24 * 3_600_000;
/** Who replaces a waiting transaction pays at least a tenth more. */
const REPLACE_NUMERATOR = 11n;
const REPLACE_DENOMINATOR = 10n;

export type PoolRefusal =
  | TransactionProblem
  | 'EXPIRED'
  | 'VALID_TOO_LONG'
  | 'NONCE_TOO_LOW'
  | 'NONCE_TOO_HIGH'
  | 'NONCE_TAKEN'
  | 'INSUFFICIENT_FUNDS'
  | 'SENDER_FULL'
  | 'POOL_FULL';

export type PoolVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly code: PoolRefusal };

export interface PoolModules {
  readonly rules: TransactionRules;
  /** The account at the tip; zeros when there is none. */
  account(address: Uint8Array): { readonly nonce: bigint; readonly balance: bigint };
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly id: string;
  readonly nonce: bigint;
  readonly price: bigint;
  readonly cost: bigint;
  readonly validUntilMs: number;
  readonly arrival: number;
}

/** A sender's transactions by ascending nonce. */
interface Sender {
  readonly address: Uint8Array;
  readonly waiting: Waiting[];
}

export class Pool {
  readonly #m: PoolModules;
  readonly #senders = new Map<string, Sender>();
  readonly #ids = new Set<string>();
  #bytes = 0;
  #arrivals = 0;

  constructor(modules: PoolModules) {
    this.#m = modules;
  }

  get size(): number {
    return this.#ids.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(id: Uint8Array): boolean {
    return this.#ids.has(keyOf(id));
  }

  /** The waiting bytes of a transaction. */
  find(id: Uint8Array): Uint8Array | undefined {
    const key = keyOf(id);
    if (!this.#ids.has(key)) return undefined;
    for (const { waiting } of this.#senders.values()) {
      const found = waiting.find((w) => w.id === key);
      if (found !== undefined) return found.bytes;
    }
    return undefined;
  }

  /** The nonce after the unbroken run that waits from the account's own on. */
  nextNonce(address: Uint8Array): bigint {
    let next = this.#m.account(address).nonce;
    for (const { nonce } of this.#senders.get(keyOf(address))?.waiting ?? []) if (nonce === next) next++;
    return next;
  }

  add(bytes: Uint8Array, nowMs: number): PoolVerdict {
    const problem = problemOf(bytes, this.#m.rules);
    if (problem !== undefined) return refused(problem);
    const id = keyOf(transactionId(bytes));
    if (this.#ids.has(id)) return { kind: 'known' };
    const validUntilMs = validUntilMsOf(bytes);
    if (validUntilMs <= nowMs) return refused('EXPIRED');
    if (validUntilMs > nowMs + VALID_AHEAD_MAX_MS) return refused('VALID_TOO_LONG');
    const item: Waiting = {
      bytes,
      id,
      nonce: nonceOf(bytes),
      price: gasPriceOf(bytes),
      cost: costOf(bytes),
      validUntilMs,
      arrival: this.#arrivals++,
    };
    return this.#enter(senderOf(bytes), item);
  }

  #enter(address: Uint8Array, item: Waiting): PoolVerdict {
    const key = keyOf(address);
    const sender = this.#senders.get(key) ?? { address, waiting: [] };
    const account = this.#m.account(address);
    if (item.nonce < account.nonce) return refused('NONCE_TOO_LOW');
    if (item.nonce >= account.nonce + BigInt(POOL_PER_SENDER_MAX)) return refused('NONCE_TOO_HIGH');
    const rival = sender.waiting.find((w) => w.nonce === item.nonce);
    if (rival !== undefined && item.price * REPLACE_DENOMINATOR < rival.price * REPLACE_NUMERATOR)
      return refused('NONCE_TAKEN');
    const others = sender.waiting.reduce((sum, w) => (w === rival ? sum : sum + w.cost), 0n);
    if (others + item.cost > account.balance) return refused('INSUFFICIENT_FUNDS');
    if (rival === undefined && sender.waiting.length >= POOL_PER_SENDER_MAX) return refused('SENDER_FULL');
    if (rival !== undefined) this.#remove(sender, rival);
    else if (!this.#makeRoom(item)) return refused('POOL_FULL');
    const at = sender.waiting.findIndex((w) => w.nonce > item.nonce);
    sender.waiting.splice(at < 0 ? sender.waiting.length : at, 0, item);
    this.#senders.set(key, sender);
    this.#ids.add(item.id);
    this.#bytes += item.bytes.length;
    return { kind: 'accepted' };
  }

  /**
   * What could run now, best first: of all senders' next transactions the one that pays most, the oldest among equals.
   * Nothing leaves the pool by being taken.
   */
  *inOrder(nowMs: number): IterableIterator<Uint8Array> {
    const heads: { readonly run: readonly Waiting[]; at: number }[] = [];
    for (const { address, waiting } of this.#senders.values()) {
      const run = runnable(waiting, this.#m.account(address).nonce, nowMs);
      if (run.length > 0) heads.push({ run, at: 0 });
    }
    const queue = heads.sort((a, b) => inPriority(a.run[0]!, b.run[0]!));
    while (queue.length > 0) {
      const head = queue.shift()!;
      yield head.run[head.at]!.bytes;
      head.at++;
      const next = head.run[head.at];
      if (next !== undefined) insertByPriority(queue, head, next);
    }
  }

  /** A block was executed: what it holds, and what its nonces overtook, is gone. */
  applied(bodyBytes: Uint8Array): void {
    for (const bytes of BODY.decode(bodyBytes).transactions) {
      const sender = this.#senders.get(keyOf(senderOf(bytes)));
      if (sender === undefined) continue;
      const nonce = nonceOf(bytes);
      for (const item of sender.waiting.filter((w) => w.nonce <= nonce)) this.#remove(sender, item);
    }
  }

  /** A block was taken back: its transactions wait again, as far as they still may. */
  undone(bodyBytes: Uint8Array | undefined, nowMs: number): void {
    if (bodyBytes === undefined) return;
    for (const bytes of BODY.decode(bodyBytes).transactions) this.add(bytes.slice(), nowMs);
  }

  /** Forgets what has expired; answers how many. */
  expire(nowMs: number): number {
    let count = 0;
    for (const sender of this.#senders.values()) {
      for (const item of sender.waiting.filter((w) => w.validUntilMs <= nowMs)) {
        this.#remove(sender, item);
        count++;
      }
    }
    return count;
  }

  /** Drops the cheapest last transactions of senders until there is room; false when the newcomer is the cheapest. */
  #makeRoom(item: Waiting): boolean {
    while (this.#ids.size >= POOL_TRANSACTIONS_MAX || this.#bytes + item.bytes.length > POOL_BYTES_MAX) {
      let cheapest: { sender: Sender; last: Waiting } | undefined;
      for (const sender of this.#senders.values()) {
        const last = sender.waiting.at(-1);
        if (last !== undefined && (cheapest === undefined || inPriority(last, cheapest.last) > 0))
          cheapest = { sender, last };
      }
      if (cheapest === undefined || cheapest.last.price >= item.price) return false;
      this.#remove(cheapest.sender, cheapest.last);
    }
    return true;
  }

  #remove(sender: Sender, item: Waiting): void {
    sender.waiting.splice(sender.waiting.indexOf(item), 1);
    if (sender.waiting.length === 0) this.#senders.delete(keyOf(sender.address));
    this.#ids.delete(item.id);
    this.#bytes -= item.bytes.length;
  }
}

/** The unbroken run of nonces from the account's on, up to the first that has expired. */
function runnable(waiting: readonly Waiting[], nonce: bigint, nowMs: number): readonly Waiting[] {
  const first = waiting.findIndex((w) => w.nonce >= nonce);
  if (first < 0) return [];
  let count = 0;
  while (waiting[first + count]?.nonce === nonce + BigInt(count) && waiting[first + count]!.validUntilMs > nowMs)
    count++;
  return waiting.slice(first, first + count);
}

function inPriority(a: Waiting, b: Waiting): number {
  return a.price === b.price ? a.arrival - b.arrival : a.price > b.price ? -1 : 1;
}

function insertByPriority<T extends { readonly run: readonly Waiting[]; readonly at: number }>(
  queue: T[],
  head: T,
  item: Waiting,
): void {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = queue[middle]!;
    if (inPriority(other.run[other.at]!, item) <= 0) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, head);
}

function refused(code: PoolRefusal): PoolVerdict {
  return { kind: 'refused', code };
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
