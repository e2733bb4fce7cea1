// What one applied block amounts to, in figures: counted once where the block is at hand, so that nothing reads it again.
import type { AppliedBlock } from '../chain/follower.ts';
import { viewOf } from '../core/bytes.ts';
import { BATCH, type Body, RECEIPT_BYTES } from '../core/layouts.ts';
import type { BlockSummary } from '../rpc/backend.ts';
import type { Outcomes, Received, Traffic } from './api.ts';

/** Offsets inside a receipt (docs/vm.md §2). */
const AT = { status: 68, exception: 69, gas: 72, kind: 80 };

export function summaryOf({ entry, outcome }: AppliedBlock, body: Body, { gas }: Outcomes): BlockSummary {
  return {
    group: entry.group,
    height: entry.height,
    id: entry.id,
    timestampMs: entry.header.timestampMs,
    header: entry.bytes,
    transactions: body.transactions.length,
    receipts: outcome.receipts.length / RECEIPT_BYTES,
    gas,
  };
}

export function outcomesOf(receipts: Uint8Array): Outcomes {
  const view = viewOf(receipts);
  const receiptsOf = new Map<number, { succeeded: number; failed: number }>();
  const faults = new Map<number, number>();
  let gas = 0n;
  for (let at = 0; at < receipts.length; at += RECEIPT_BYTES) {
    gas += view.getBigUint64(at + AT.gas, true);
    const kind = view.getUint8(at + AT.kind);
    const tally = receiptsOf.get(kind) ?? { succeeded: 0, failed: 0 };
    if (view.getUint8(at + AT.status) === 0) tally.succeeded++;
    else tally.failed++;
    receiptsOf.set(kind, tally);
    const exception = view.getUint8(at + AT.exception);
    if (exception !== 0) faults.set(exception, (faults.get(exception) ?? 0) + 1);
  }
  return {
    gas,
    receipts: [...receiptsOf].map(([kind, tally]) => ({ kind, ...tally })),
    faults: [...faults].map(([exception, count]) => ({ exception, count })),
  };
}

/** Per destination. */
export function sentBy({ outcome }: AppliedBlock): Traffic[] {
  return outcome.outbox.map(({ group, leaf }) => ({ group, relays: relaysIn(leaf), bytes: leaf.length }));
}

/** Per source; a body lists what it reads by group and height. */
export function receivedBy({ entry }: AppliedBlock, body: Body): Received[] {
  const sources = entry.readingOrder.toSorted((a, b) => a.group - b.group || a.height - b.height);
  const traffic = new Map<number, { group: number; relays: number; bytes: number; delaysMs: number[] }>();
  for (const [i, { group, header }] of sources.entries()) {
    const { leaf } = body.batches[i]!;
    const sum = traffic.get(group) ?? { group, relays: 0, bytes: 0, delaysMs: [] };
    const relays = relaysIn(leaf);
    sum.relays += relays;
    sum.bytes += leaf.length;
    if (relays > 0) sum.delaysMs.push(entry.header.timestampMs - header.timestampMs);
    traffic.set(group, sum);
  }
  return [...traffic.values()];
}

/** What another group sent may be anything: a batch that is none has no relays. */
function relaysIn(leaf: Uint8Array): number {
  if (leaf.length === 0) return 0;
  let relays: Uint8Array;
  try {
    relays = BATCH.decode(leaf).relays;
  } catch {
    return 0;
  }
  const view = viewOf(relays);
  let count = 0;
  for (let at = 0; at + 4 <= relays.length; count++) {
    const size = view.getUint32(at, true);
    if (size === 0) break;
    at += size;
  }
  return count;
}
