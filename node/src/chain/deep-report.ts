// What a deep audit found, as data that survives JSON and as text for a person. It judges nothing.
import { amountWords } from './cell-words.ts';

/** Which stored record is wrong; `state` is what a restart would load, `block` what re-executing refuses. */
export type AuditedRecord =
  | 'header'
  | 'block'
  | 'body'
  | 'diff'
  | 'undo'
  | 'receipts'
  | 'totals'
  | 'outbox'
  | 'snapshot'
  | 'state';

export interface DeepFinding {
  readonly record: AuditedRecord;
  readonly height: number;
  /** Block id in hex; empty when there is none. */
  readonly block: string;
  readonly partition?: number;
  /** `account 0abc…:ed25519` or what else is wrong in the record. */
  readonly cell?: string;
  readonly stored?: string;
  readonly right?: string;
  /** All of it in a sentence. */
  readonly message: string;
}

/** A block a closed cut may go through. */
export interface CutRow {
  readonly height: number;
  /** TOTALS bytes in hex. */
  readonly totals: string;
  /** Height of the newest block read of every other group. */
  readonly read: Readonly<Record<string, number>>;
}

export interface DeepReport {
  readonly clean: boolean;
  readonly group: number;
  /** Network id in hex. */
  readonly network: string;
  /** Height the state began at: 0 is genesis. */
  readonly from: number;
  readonly tip: { readonly height: number; readonly id: string };
  /** Re-executed, and carried over by their stored diff because they could not be. */
  readonly blocks: number;
  readonly carried: number;
  readonly transactions: number;
  readonly cells: number;
  /** msat: what the totals say, what the re-executed cells add up to, and what the stored ones do. */
  readonly heldMsat: string;
  readonly recountedMsat: string;
  readonly storedMsat: string;
  readonly findings: readonly DeepFinding[];
  readonly findingsLeftOut: number;
  /** What was not looked at, and why. */
  readonly notes: readonly string[];
  /** The newest blocks, ascending. */
  readonly cut: readonly CutRow[];
}

/** More than these are counted, not listed. */
export const FINDINGS_MAX = 256;

export class Findings {
  readonly list: DeepFinding[] = [];
  leftOut = 0;

  add(finding: DeepFinding): void {
    if (this.list.length < FINDINGS_MAX) this.list.push(finding);
    else this.leftOut++;
  }

  get count(): number {
    return this.list.length + this.leftOut;
  }
}

export function deepReportText(report: DeepReport): string {
  const { group, network, from, tip, blocks, carried, transactions, cells, findings, findingsLeftOut } = report;
  const since = from === 0 ? 'genesis' : `the snapshot of block ${from}`;
  const sums = `totals hold ${amountWords(BigInt(report.heldMsat))}; ${cells} cells add up to ${report.recountedMsat} msat re-executed, ${report.storedMsat === '' ? 'and cannot be loaded' : `${report.storedMsat} msat stored`}`;
  const found = findings.length + findingsLeftOut;
  return [
    `group ${group} of network ${network}: ${blocks} blocks with ${transactions} transactions re-executed from ${since} to block ${tip.height}${carried === 0 ? '' : `, ${carried} taken over`}`,
    sums,
    ...findings.map(({ message }) => `WRONG  ${message}`),
    ...(findingsLeftOut === 0 ? [] : [`… and ${findingsLeftOut} more`]),
    ...report.notes.map((note) => `note  ${note}`),
    report.clean ? 'clean' : `NOT clean: ${found} ${found === 1 ? 'difference' : 'differences'}`,
  ].join('\n');
}
