// Answers about blocks that are stored: receipts of a transaction, logs after a cursor, headers for a peer. Reads only.

import { transactionId } from '../chain/transaction.ts';
import type { View } from '../chain/view.ts';
import { blockId } from '../consensus/header.ts';
import type { HeaderEntry } from '../consensus/header-entry.ts';
import { equalBytes } from '../core/bytes.ts';
import { BODY, HEADER, RECEIPT_BYTES } from '../core/layouts.ts';
import type {
  BlockView,
  Cursor,
  HeaderRecord,
  LogEvent,
  LogFilter,
  PeerHeadersRequest,
  PlacedReceipt,
} from '../rpc/backend.ts';
import { RpcError } from '../rpc/errors.ts';
import type { ChainStore } from '../store/chain-store.ts';
import { branchLines } from './branches.ts';
import { SettledLine } from './settled-line.ts';

/** Blocks one answer walks over at most, found or not. */
const LOG_BLOCKS_MAX = 1_024;
/** Executed blocks whose receipts are kept in memory. */
const RECENT_BLOCKS = 8;
/** Offsets inside a receipt (docs/vm.md §2). */
const AT = { root: 32, contract: 88, self: 96, counterpart: 132, addressBytes: 36 };
const NONE = new Uint8Array(0);

export class History {
  readonly #view: View;
  readonly #store: ChainStore;
  readonly #recent = new Map<string, Uint8Array>();
  readonly #settled = new Map<number, SettledLine>();

  constructor(view: View, store: ChainStore) {
    this.#view = view;
    this.#store = store;
  }

  /** Receipts this group has of a transaction's tree, in chain order. */
  receiptsOf(root: Uint8Array): PlacedReceipt[] {
    const out: PlacedReceipt[] = [];
    for (const { id, height } of this.#store.blocksWith(root)) {
      const entry = this.#view.tree.get(id);
      if (entry === undefined || this.#view.tip.ancestorAt(height) !== entry) continue;
      for (const receipt of records(this.#receipts(entry))) {
        if (!equalBytes(receipt.subarray(AT.root, AT.root + 32), root)) continue;
        out.push({ receipt, height, blockId: id, timestampMs: entry.header.timestampMs });
      }
    }
    return out;
  }

  /** Bytes of an included transaction, empty when no block of ours holds it. */
  transaction(id: Uint8Array): Uint8Array {
    for (const place of this.#store.blocksWith(id)) {
      const body = this.#store.body(place.id);
      const found =
        body === undefined ? undefined : BODY.decode(body).transactions.find((t) => equalBytes(transactionId(t), id));
      if (found !== undefined) return found;
    }
    return NONE;
  }

  logsAfter(cursor: Cursor | undefined, filter: LogFilter, maxBytes: number): LogEvent[] {
    const { tip } = this.#view;
    if (!this.#view.isBorn) throw new RpcError('NOT_READY');
    if (cursor === undefined) return [this.#logBlock(tip, filter)];
    const seen = tip.ancestorAt(cursor.height);
    if (seen === undefined || !equalBytes(seen.id, cursor.id)) return [this.#undoneBelow(cursor)];
    const events: LogEvent[] = [];
    let bytes = 0;
    const last = Math.min(tip.height, cursor.height + LOG_BLOCKS_MAX);
    for (let height = cursor.height + 1; height <= last && bytes < maxBytes; height++) {
      const entry = tip.ancestorAt(height)!;
      // Its state came from a peer, and what it did is not known here.
      if (!this.#store.hasExecuted(entry.id)) throw new RpcError('CURSOR_GONE');
      const event = this.#logBlock(entry, filter);
      if (event.kind === 'block') bytes += event.receipts.length;
      events.push(event);
    }
    return events;
  }

  /** Watchers at the tip ask for these next: so that they need not be read back. */
  executed(entry: HeaderEntry, receipts: Uint8Array): void {
    this.#recent.set(entry.key, receipts);
    if (this.#recent.size <= RECENT_BLOCKS) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      return;
    }
  }

  /** Empty for genesis, which needs none. */
  witness(entry: HeaderEntry): Uint8Array {
    return entry.witness ?? this.#store.witness(entry.group, entry.height, entry.id) ?? NONE;
  }

  block(entry: HeaderEntry): BlockView {
    const body = this.#view.body(entry);
    if (body === undefined) throw new RpcError('NOT_FOUND', { message: 'the body of this block is not here' });
    return {
      id: entry.id,
      header: entry.bytes,
      witness: this.witness(entry),
      body,
      receipts: this.#receipts(entry),
    };
  }

  /** Ascending from a height, of what this node has stored or, for other groups, knows; from disk what memory let go of. */
  headers(group: number, from: number, limit: number): HeaderRecord[] {
    const tip = this.#servedTip(group);
    const base = this.#view.tree.baseHeight(group);
    const settled = this.#settledLine(group);
    const out: HeaderRecord[] = [];
    for (let height = Math.max(from, 1); height <= tip.height && out.length < limit; height++) {
      const record = height < base ? settled.at(height) : this.#recordOf(tip.ancestorAt(height));
      // Nobody could place what comes after a gap.
      if (record === undefined) break;
      out.push(record);
    }
    return out;
  }

  /** Whether a header that memory has let go of, or would have, lies on the chosen chain of its group. */
  isSettled(bytes: Uint8Array): boolean {
    const { group, height } = HEADER.decode(bytes);
    return this.#settledLine(group).has(height, blockId(bytes));
  }

  /** How many blocks of the chosen chain a header stands beside, on one that memory has let go of; undefined when it stands on none. */
  depthOfSplit(bytes: Uint8Array): number | undefined {
    const { group, height, parent } = HEADER.decode(bytes);
    const isOnLine = height === 1 || this.#settledLine(group).has(height - 1, parent);
    return isOnLine ? this.#view.tree.tip(group).height - (height - 1) : undefined;
  }

  #recordOf(entry: HeaderEntry | undefined): HeaderRecord | undefined {
    return entry === undefined ? undefined : { header: entry.bytes, witness: this.witness(entry) };
  }

  #settledLine(group: number): SettledLine {
    let line = this.#settled.get(group);
    if (line === undefined) {
      line = new SettledLine(this.#view.tree, group, (...place) => this.#store.headerWithWitness(...place));
      this.#settled.set(group, line);
    }
    return line;
  }

  headersAfter({ group, locator, limit, branches }: PeerHeadersRequest): HeaderRecord[] {
    const { tree } = this.#view;
    const tip = this.#servedTip(group);
    const known = locator.map((id) => tree.get(id)).filter((entry) => entry !== undefined);
    const common = known.find((entry) => tip.ancestorAt(entry.height) === entry);
    const height = common?.height ?? this.#settledLine(group).heightOf(locator);
    const chosen = this.headers(group, height + 1, limit);
    const lines = branchLines({
      tree,
      group,
      known,
      branches,
      limit: limit - chosen.length,
      isServed: (entry) => tip.ancestorAt(entry.height) !== entry && this.#isServed(entry),
    });
    return [...chosen, ...lines.map((entry) => ({ header: entry.bytes, witness: this.witness(entry) }))];
  }

  /** Ids from the newest down, at distances that double; also of what memory has let go of, for who parted from us there. */
  locator(group: number): Uint8Array[] {
    const { tree } = this.#view;
    const tip = tree.tip(group);
    const base = tree.baseHeight(group);
    const heights = new Set(base > 0 ? [base] : []);
    for (let back = 0; tip.height - back > 0; back = back === 0 ? 1 : back * 2) heights.add(tip.height - back);
    const descending = [...heights].sort((a, b) => b - a);
    return descending.flatMap((height) => {
      const id = height < base ? this.#settledLine(group).idAt(height) : tip.ancestorAt(height)?.id;
      return id === undefined ? [] : [id];
    });
  }

  /** A node serves of its own group only what it has executed and stored. */
  #servedTip(group: number): HeaderEntry {
    if (group === this.#view.group) return this.#view.tip;
    if (!this.#view.tree.groups.includes(group)) throw new RpcError('BAD_REQUEST', { field: 'group' });
    return this.#view.tree.tip(group);
  }

  #receipts(entry: HeaderEntry): Uint8Array {
    return this.#recent.get(entry.key) ?? this.#store.receipts(entry.id) ?? NONE;
  }

  /** Of its own group only what it has executed, wherever the chain has gone since; of others all that is known. */
  #isServed(entry: HeaderEntry): boolean {
    return entry.group !== this.#view.group || this.#store.hasExecuted(entry.id);
  }

  #logBlock(entry: HeaderEntry, filter: LogFilter): LogEvent {
    const all = this.#receipts(entry);
    const kept = isOpen(filter) ? all : Buffer.concat([...records(all)].filter((r) => passes(r, filter)));
    return {
      kind: 'block',
      height: entry.height,
      id: entry.id,
      timestampMs: entry.header.timestampMs,
      tipHeight: this.#view.tip.height,
      receipts: kept,
    };
  }

  /** The newest block both the cursor's branch and ours have, as far as the tree still knows that branch. */
  #undoneBelow(cursor: Cursor): LogEvent {
    let entry = this.#view.tree.get(cursor.id);
    while (entry !== undefined && this.#view.tip.ancestorAt(entry.height) !== entry) entry = entry.parent;
    if (entry === undefined) throw new RpcError('CURSOR_GONE');
    return { kind: 'undone', height: entry.height, id: entry.id };
  }
}

function* records(receipts: Uint8Array): IterableIterator<Uint8Array> {
  for (let at = 0; at < receipts.length; at += RECEIPT_BYTES) yield receipts.subarray(at, at + RECEIPT_BYTES);
}

function isOpen(filter: LogFilter): boolean {
  return filter.contract === undefined && filter.address === undefined;
}

function passes(receipt: Uint8Array, filter: LogFilter): boolean {
  const contract = Buffer.from(receipt.buffer, receipt.byteOffset).readBigUInt64LE(AT.contract);
  if (filter.contract !== undefined && contract !== filter.contract) return false;
  if (filter.address === undefined) return true;
  const { address } = filter;
  return [AT.self, AT.counterpart].some((at) => equalBytes(receipt.subarray(at, at + AT.addressBytes), address));
}
