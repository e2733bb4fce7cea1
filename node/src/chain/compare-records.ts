// Holds what a node stored of a block against what re-executing it gives, and names each cell, sum or field that differs.
// It executes nothing.

import { equalBytes, toHex } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import {
  BLOCK_DIFF,
  type BlockDiff,
  type Cursor,
  RECEIPT,
  RECEIPT_BYTES,
  type Receipt,
  SNAPSHOT,
  SYSTEM,
  type System,
  TOTALS,
  type Totals,
} from '../core/layouts.ts';
import { compareCells } from './audit.ts';
import { entriesOf, sortEntries } from './cell-entries.ts';
import {
  amountWords,
  type ContractNames,
  cellWords,
  differenceWords,
  firstDifference,
  hexWords,
  partitionWords,
} from './cell-words.ts';
import type { AuditedRecord, DeepFinding } from './deep-report.ts';
import type { BlockOutcome } from './ports.ts';

/** Cells named per partition and record. */
const CELLS_NAMED_MAX = 16;

/** The block whose records are compared. */
export interface ComparedBlock {
  readonly height: number;
  readonly id: Uint8Array;
  readonly names: ContractNames;
  /** What the other value is called: the header tells which of the two is right. */
  readonly other: 'right' | 're-executed';
}

/** One thing that differs, before it is a sentence. */
interface Difference {
  readonly cell: string;
  readonly partition?: number;
  readonly stored: string;
  readonly right: string;
}

export function finding(
  { height, id }: Pick<ComparedBlock, 'height' | 'id'>,
  record: AuditedRecord,
  message: string,
): DeepFinding {
  return { record, height, block: toHex(id), message: `block ${height}: ${message}` };
}

/** `what` names the record in the sentence. */
function differs(block: ComparedBlock, record: AuditedRecord, what: string, difference: Difference): DeepFinding {
  const { cell, partition, stored, right } = difference;
  const where = partition === undefined ? '' : ` in ${partitionWords(partition)}`;
  return {
    ...finding(block, record, `${what}: ${cell}${where}: stored ${stored}, ${block.other} ${right}`),
    ...difference,
  };
}

type StoredRecords = { readonly [K in 'diff' | 'undo' | 'receipts' | 'totals']: Uint8Array | undefined } & {
  readonly outbox: BlockOutcome['outbox'] | undefined;
};

/** Every record of one block; an undo record may have been dropped. */
export function compareOutcome(block: ComparedBlock, stored: StoredRecords, right: BlockOutcome): DeepFinding[] {
  const out: DeepFinding[] = [];
  const one = (record: 'diff' | 'receipts' | 'totals', compare: (bytes: Uint8Array) => Difference[]): void => {
    const bytes = stored[record];
    if (bytes === undefined) out.push(finding(block, record, `its stored ${record} is missing`));
    else if (!equalBytes(bytes, right[record])) {
      out.push(...named(block, record, `stored ${record}`, bytes, right[record], compare));
    }
  };
  one('diff', (bytes) => diffDifferences(bytes, right.diff, block.names));
  one('receipts', (bytes) => receiptDifferences(bytes, right.receipts));
  one('totals', (bytes) => totalsDifferences(TOTALS.decode(bytes), TOTALS.decode(right.totals)));
  const { undo } = stored;
  if (undo !== undefined && !equalBytes(undo, right.undo)) {
    out.push(...named(block, 'undo', 'stored undo record', undo, right.undo, () => []));
  }
  for (const difference of outboxDifferences(stored.outbox ?? [], right.outbox)) {
    out.push(differs(block, 'outbox', 'stored outbox', difference));
  }
  return out;
}

/** A stored snapshot against the state it should be. */
export function compareSnapshot(block: ComparedBlock, stored: Uint8Array, right: Uint8Array): DeepFinding[] {
  if (equalBytes(stored, right)) return [];
  return named(block, 'snapshot', 'stored snapshot', stored, right, (bytes) => {
    const a = SNAPSHOT.decode(bytes);
    const b = SNAPSHOT.decode(right);
    return [
      ...partDifferences(a.parts, b.parts, block.names),
      ...systemDifferences(a.system, b.system),
      ...fields({ height: a.height, checkpoint: a.checkpoint }, { height: b.height, checkpoint: b.checkpoint }),
      ...b.accumulators.flatMap((acc, slot) =>
        same(`accumulator ${slot}`, words(a.accumulators[slot] ?? new Uint8Array(0)), words(acc)),
      ),
    ];
  });
}

/** Differences by name; when none can be named, where the bytes part. */
function named(
  block: ComparedBlock,
  record: AuditedRecord,
  what: string,
  stored: Uint8Array,
  right: Uint8Array,
  compare: (stored: Uint8Array) => Difference[],
): DeepFinding[] {
  try {
    const found = compare(stored);
    if (found.length > 0) return found.map((difference) => differs(block, record, what, difference));
  } catch (error) {
    if (!(error instanceof DecodeError) && !(error instanceof RangeError)) throw error;
    return [finding(block, record, `its ${what} cannot be decoded: ${error.message}`)];
  }
  const at = firstDifference(stored, right);
  const cell = `bytes from ${at} on`;
  return [differs(block, record, what, { cell, stored: hexWords(stored, right), right: hexWords(right, stored) })];
}

function diffDifferences(stored: Uint8Array, right: Uint8Array, names: ContractNames): Difference[] {
  const a = BLOCK_DIFF.decode(stored);
  const b = BLOCK_DIFF.decode(right);
  return [
    ...partDifferences(a.parts, b.parts, names),
    ...systemDifferences(a.system, b.system),
    ...fields({ height: a.height, checkpoint: a.checkpoint }, { height: b.height, checkpoint: b.checkpoint }),
  ];
}

function partDifferences(stored: BlockDiff['parts'], right: BlockDiff['parts'], names: ContractNames): Difference[] {
  const none = new Uint8Array(0);
  const found = new Map(stored.map(({ partition, cells }) => [partition, cells]));
  const expected = new Map(right.map(({ partition, cells }) => [partition, cells]));
  const partitions = [...new Set([...found.keys(), ...expected.keys()])].sort((a, b) => a - b);
  return partitions.flatMap((partition) => {
    const a = found.get(partition) ?? none;
    const b = expected.get(partition) ?? none;
    if (equalBytes(a, b)) return [];
    const cells = compareCells(partition, sortEntries(entriesOf(b)), sortEntries(entriesOf(a)), CELLS_NAMED_MAX);
    return cells.map((difference): Difference => {
      const value = differenceWords(difference, names);
      return { cell: cellWords(difference.id, names), partition, stored: value.found, right: value.expected };
    });
  });
}

function systemDifferences(stored: Uint8Array, right: Uint8Array): Difference[] {
  if (equalBytes(stored, right)) return [];
  const a = SYSTEM.decode(stored);
  const b = SYSTEM.decode(right);
  const rest = ({ map, served, deltas, replica }: System) => ({ map, served, deltas, replica });
  const cursors = (list: readonly Cursor[]) =>
    Object.fromEntries(
      list.map(({ group, height, id, seen }) => [`cursor of group ${group}`, `${height} ${toHex(id)} seen ${seen}`]),
    );
  return [
    ...totalsDifferences(a.totals, b.totals),
    ...fields(rest(a), rest(b)),
    ...fields(cursors(a.cursors), cursors(b.cursors)),
  ];
}

function totalsDifferences(stored: Totals, right: Totals): Difference[] {
  const flat = ({ held, burnt, perGroup }: Totals): Record<string, string> => ({
    'total held': amountWords(held),
    'total burnt': amountWords(burnt),
    ...Object.fromEntries(
      perGroup.flatMap(({ group, sent, received }) => [
        [`total sent to group ${group}`, amountWords(sent)],
        [`total received from group ${group}`, amountWords(received)],
      ]),
    ),
  });
  return fields(flat(stored), flat(right));
}

function receiptDifferences(stored: Uint8Array, right: Uint8Array): Difference[] {
  const count = Math.max(stored.length, right.length) / RECEIPT_BYTES;
  const out: Difference[] = [];
  for (let i = 0; i < count && out.length < CELLS_NAMED_MAX; i++) {
    const [a, b] = [stored, right].map((bytes) => bytes.subarray(i * RECEIPT_BYTES, (i + 1) * RECEIPT_BYTES));
    if (equalBytes(a!, b!)) continue;
    if (a!.length < RECEIPT_BYTES || b!.length < RECEIPT_BYTES) {
      out.push({ cell: `receipt ${i}`, stored: present(a!), right: present(b!) });
      continue;
    }
    const found = fields<keyof Receipt>(RECEIPT.decode(a!), RECEIPT.decode(b!));
    out.push(...found.map((each) => ({ ...each, cell: `${each.cell} of receipt ${i}` })));
  }
  return out;
}

function present(receipt: Uint8Array): string {
  return receipt.length < RECEIPT_BYTES ? 'none' : `one of invocation ${toHex(receipt.subarray(0, 32))}`;
}

function outboxDifferences(stored: BlockOutcome['outbox'], right: BlockOutcome['outbox']): Difference[] {
  const leaf = (leaves: BlockOutcome['outbox'], group: number): Uint8Array =>
    leaves.find((each) => each.group === group)?.leaf ?? new Uint8Array(0);
  const groups = [...new Set([...stored, ...right].map(({ group }) => group))].sort((a, b) => a - b);
  return groups.flatMap((group) => {
    const [a, b] = [leaf(stored, group), leaf(right, group)];
    if (equalBytes(a, b)) return [];
    return [{ cell: `batch to group ${group}`, stored: hexWords(a, b), right: hexWords(b, a) }];
  });
}

type Shown = number | bigint | string | Uint8Array;

function fields<K extends string>(
  stored: Readonly<Partial<Record<K, Shown>>>,
  right: Readonly<Partial<Record<K, Shown>>>,
): Difference[] {
  const names = [...new Set([...Object.keys(stored), ...Object.keys(right)])] as K[];
  return names.flatMap((name) => same(name, words(stored[name]), words(right[name])));
}

function same(cell: string, stored: string, right: string): Difference[] {
  return stored === right ? [] : [{ cell, stored, right }];
}

function words(value: Shown | undefined): string {
  if (value === undefined) return 'nothing';
  return value instanceof Uint8Array ? `0x${toHex(value)}` : `${value}`;
}
