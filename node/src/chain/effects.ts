// What the runs of one block leave behind: receipts, relays to other groups, relays to our own queues. It runs nothing.
import { concatBytes, viewOf } from '../core/bytes.ts';
import { sha256Into } from '../core/hash.ts';
import { RECEIPT, RECEIPT_BYTES, type Receipt } from '../core/layouts.ts';
import { listRootInPlace } from '../core/merkle.ts';
import { GLOBAL_PARTITION } from '../core/scopes.ts';
import type { RunResult, VirtualMachine } from '../vm/types.ts';
import type { Outbox } from './outbox.ts';
import type { Queues } from './queues.ts';
import { RECORD, RECORD_KIND, recordKey } from './relay.ts';

/** Receipts that one leaf of the receipts root covers. */
export const RECEIPTS_PER_LEAF = 64;
const RECEIPT_INDEX = 64;

export interface EffectsParts {
  readonly group: number;
  readonly machine: Pick<VirtualMachine, 'credit'>;
  readonly queues: Queues;
  readonly outbox: Outbox;
}

export class Effects {
  readonly #parts: EffectsParts;
  readonly #receipts: Uint8Array[] = [];
  #count = 0;
  /** The chain wrote receipts the machine did not number. */
  #renumber = false;

  constructor(parts: EffectsParts) {
    this.#parts = parts;
  }

  /** Takes over a run's results before the next call on the machine; answers a copy of its receipts that may still be patched. */
  absorb(run: RunResult): Uint8Array {
    const receipts = run.receipts.slice();
    this.#push(receipts);
    const { length } = run.relays;
    if (length === 0) return receipts;
    const own: Uint8Array[] = [];
    let routed = 0;
    for (const { group, records } of run.routes()) {
      routed += records.length;
      if (group === this.#parts.group) own.push(records.slice());
      else this.#parts.outbox.addRelays(group, records);
    }
    if (routed < length) this.#enqueueDeferred(run.relays.slice());
    for (const records of own) this.enqueue(records);
    return receipts;
  }

  /** A receipt of something the chain did itself. */
  addReceipt(receipt: Receipt): void {
    this.#push(RECEIPT.encode(receipt));
    this.#renumber = true;
  }

  /** Relays for partitions held here. Credits take effect at once; `records` must not change afterwards. */
  enqueue(records: Uint8Array): void {
    const { queues, machine } = this.#parts;
    const view = viewOf(records);
    const chunk = queues.addChunk(records);
    for (let at = 0; at < records.length; at += view.getUint32(at + RECORD.size, true)) {
      const kind = records[at + RECORD.kind]!;
      const partition = view.getUint32(at + RECORD.partition, true);
      if (kind === RECORD_KIND.credit) {
        machine.credit(recordKey(records, at), view.getBigUint64(at + RECORD.value, true));
      } else if (view.getUint16(at + RECORD.origin, true) === GLOBAL_PARTITION && queues.holds(GLOBAL_PARTITION)) {
        queues.pushHeld(partition, chunk, at);
      } else queues.push(partition, chunk, at);
    }
  }

  get receiptCount(): number {
    return this.#count;
  }

  /** All receipts of the block in order, and their root: a list over SHA-256 of every 64 of them. */
  finish(): { readonly receipts: Uint8Array; readonly root: Uint8Array } {
    const receipts = concatBytes(this.#receipts);
    if (this.#renumber) {
      const view = viewOf(receipts);
      for (let i = 0; i < this.#count; i++) view.setUint32(i * RECEIPT_BYTES + RECEIPT_INDEX, i, true);
    }
    return { receipts, root: receiptsRoot(receipts) };
  }

  #push(receipts: Uint8Array): void {
    if (receipts.length === 0) return;
    this.#receipts.push(receipts);
    this.#count += receipts.length / RECEIPT_BYTES;
  }

  #enqueueDeferred(relays: Uint8Array): void {
    const { queues } = this.#parts;
    const view = viewOf(relays);
    const chunk = queues.addChunk(relays);
    for (let at = 0; at < relays.length; at += view.getUint32(at + RECORD.size, true)) {
      if (relays[at + RECORD.kind] !== RECORD_KIND.deferred) continue;
      queues.pushDeferred(view.getUint32(at + RECORD.partition, true), chunk, at);
    }
  }
}

export function receiptsRoot(receipts: Uint8Array): Uint8Array {
  const leafBytes = RECEIPTS_PER_LEAF * RECEIPT_BYTES;
  const leaves = new Uint8Array(Math.ceil(receipts.length / leafBytes) * 32);
  for (let at = 0, leaf = 0; at < receipts.length; at += leafBytes, leaf += 32) {
    sha256Into(receipts.subarray(at, at + leafBytes), leaves, leaf);
  }
  return listRootInPlace(leaves);
}
