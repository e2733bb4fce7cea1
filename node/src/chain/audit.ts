// Whether value is conserved: sums over a closed cut of one node's view, and a recount of cells that shows where two
// states differ. It reads what it is given and repairs nothing; cell-words.ts names what it finds.
import { compareBytes, equalBytes, viewOf } from '../core/bytes.ts';
import type { Totals } from '../core/layouts.ts';
import { type CellEntry, LEDGER_SCOPE, ledgerScopeOf } from './cell-entries.ts';
import { worthOf } from './relay.ts';

const U64_END = 1n << 64n;

/** One group at its block of the cut. */
export interface CutGroup {
  readonly group: number;
  readonly height: number;
  readonly totals: Totals;
  /** What each source had sent here by the newest block of it this one has read: its totals at that block. */
  readonly sources: readonly { readonly group: number; readonly height: number; readonly totals: Totals }[];
}

export interface SupplyRules {
  /** msat of genesis. */
  readonly supply: bigint;
  readonly blockReward: bigint;
}

export type AuditFinding =
  | { readonly kind: 'supply'; readonly expected: bigint; readonly found: bigint }
  | {
      readonly kind: 'received';
      readonly group: number;
      readonly source: number;
      readonly sent: bigint;
      readonly received: bigint;
    };

/** Nothing found: every group received what was sent to it, and all value together is what came into being. */
export function auditCut(cut: readonly CutGroup[], rules: SupplyRules): AuditFinding[] {
  const findings: AuditFinding[] = [];
  let found = 0n;
  let expected = rules.supply;
  for (const { group, height, totals, sources } of cut) {
    found += totals.held + totals.burnt;
    expected += rules.blockReward * BigInt(height);
    for (const source of sources) {
      const sent = flow(source.totals, group, 'sent');
      const received = flow(totals, source.group, 'received');
      if (sent !== received) findings.push({ kind: 'received', group, source: source.group, sent, received });
    }
  }
  for (const { group, totals } of cut) {
    for (const other of cut) if (other.group !== group) found += inFlight(totals, group, other);
  }
  if (found !== expected) findings.push({ kind: 'supply', expected, found });
  return findings;
}

function flow(totals: Totals, group: number, way: 'sent' | 'received'): bigint {
  return totals.perGroup.find((row) => row.group === group)?.[way] ?? 0n;
}

/** Sums wrap around at 64 bits; what travels at any time is far below that. */
function inFlight(source: Totals, group: number, destination: CutGroup): bigint {
  return BigInt.asUintN(64, flow(source, destination.group, 'sent') - flow(destination.totals, group, 'received'));
}

/** msat in the cells of one group: balances, and what queued records carry. Compare with `held`. */
export function recount(cells: Iterable<CellEntry>): bigint {
  let sum = 0n;
  for (const cell of cells) sum += worthOfCell(cell);
  return sum;
}

function worthOfCell({ id, value }: CellEntry): bigint {
  const scope = ledgerScopeOf(id);
  if (value === undefined || scope === undefined) return 0n;
  if (scope === LEDGER_SCOPE.account) return viewOf(value).getBigUint64(8, true);
  if (scope === LEDGER_SCOPE.queue || scope === LEDGER_SCOPE.deferred) return worthOf(viewOf(value), 0) % U64_END;
  return 0n;
}

export interface CellDifference {
  readonly partition: number;
  readonly id: Uint8Array;
  readonly expected: Uint8Array | undefined;
  readonly found: Uint8Array | undefined;
}

/** Where two lists of one partition's cells in canonical order differ; at most `max`. */
export function compareCells(
  partition: number,
  expected: readonly CellEntry[],
  found: readonly CellEntry[],
  max = 16,
): CellDifference[] {
  const out: CellDifference[] = [];
  let i = 0;
  let j = 0;
  while ((i < expected.length || j < found.length) && out.length < max) {
    const a = expected[i];
    const b = found[j];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareBytes(a.id, b.id);
    if (order <= 0) i++;
    if (order >= 0) j++;
    const left = order <= 0 ? a?.value : undefined;
    const right = order >= 0 ? b?.value : undefined;
    if (left !== undefined && right !== undefined && equalBytes(left, right)) continue;
    out.push({ partition, id: (order <= 0 ? a : b)!.id, expected: left, found: right });
  }
  return out;
}
