// Judges a header by headers alone: decode, parent, height, time, target, epoch, reads. It executes nothing and keeps
// nothing; what is not known yet is a reason to wait, never a verdict.

import { equalBytes, isZero } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { sha256d } from '../core/hash.ts';
import { type Genesis, HEADER, type Header } from '../core/layouts.ts';
import { type DifficultyParams, nextTarget } from './difficulty.ts';
import { HeaderEntry, type LinkedHeader } from './header-entry.ts';
import type { ReadingProblem, ReadingRule } from './reading.ts';
import { targetFromBits, workOfTarget } from './target.ts';

export const HEADER_VERSION = 1;
/** The farthest a timestamp may lie ahead of the local clock, if the block interval is not shorter. */
const AHEAD_MAX_MS = 2_000;

export type ConsensusParams = DifficultyParams &
  Pick<Genesis, 'confirmations' | 'checkpointEvery' | 'maxReorg' | 'headerWindow'> & { readonly networkId: Uint8Array };

export type HeaderRefusal =
  | ReadingProblem
  | 'MALFORMED'
  | 'WRONG_VERSION'
  | 'WRONG_NETWORK'
  | 'UNKNOWN_GROUP'
  | 'WRONG_HEIGHT'
  | 'TOO_EARLY'
  | 'WRONG_TARGET'
  | 'WRONG_EPOCH'
  | 'READS_UNSORTED'
  | 'READ_MISMATCH'
  | 'CHECKPOINT_MISPLACED'
  /** The proof is wrong; says nothing about the block id. */
  | 'BAD_WITNESS'
  /** Below the window, or on a branch that left the chosen chain below it. */
  | 'TOO_OLD'
  /** Refused or executed and found wrong before. */
  | 'KNOWN_INVALID'
  /** A descendant of a block that is invalid. */
  | 'INVALID_PARENT';

export type HeaderWait =
  | { readonly reason: 'parent'; readonly group: number; readonly height: number; readonly id: Uint8Array }
  | { readonly reason: 'source'; readonly group: number; readonly height: number; readonly id: Uint8Array }
  /** Descendants of this block are missing. */
  | { readonly reason: 'unconfirmed'; readonly group: number; readonly height: number; readonly id: Uint8Array }
  | { readonly reason: 'future'; readonly untilMs: number };

export type HeaderVerdict =
  | { readonly kind: 'valid'; readonly entry: HeaderEntry }
  | { readonly kind: 'wait'; readonly waits: readonly HeaderWait[] }
  | { readonly kind: 'refused'; readonly code: HeaderRefusal };

export interface ParsedHeader {
  readonly id: Uint8Array;
  readonly header: Header;
  readonly bytes: Uint8Array;
}

export function blockId(headerBytes: Uint8Array): Uint8Array {
  return sha256d(headerBytes);
}

/** What bytes alone can tell, `id` being theirs. The answer keeps `bytes`: hand in a copy if the buffer lives on. */
export function parseHeader(params: ConsensusParams, id: Uint8Array, bytes: Uint8Array): ParsedHeader | HeaderRefusal {
  let header: Header;
  try {
    header = HEADER.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return 'MALFORMED';
    throw error;
  }
  if (header.version !== HEADER_VERSION) return 'WRONG_VERSION';
  if (!equalBytes(header.networkId, params.networkId)) return 'WRONG_NETWORK';
  if (!readsAscend(header)) return 'READS_UNSORTED';
  // An easier target than the floor is refused before anything is kept: waiting must cost its sender work.
  if (!isAtMostFloor(header.target, params.floorTarget)) return 'WRONG_TARGET';
  const checkpointed = header.height % params.checkpointEvery === 0;
  if (!checkpointed && !isZero(header.checkpointRoot)) return 'CHECKPOINT_MISPLACED';
  return { id, header, bytes };
}

function isAtMostFloor(bits: number, floorBits: number): boolean {
  if (bits === floorBits) return true;
  const target = targetFromBits(bits);
  const floor = targetFromBits(floorBits);
  return target !== undefined && floor !== undefined && target <= floor;
}

function readsAscend(header: Header): boolean {
  let last = -1;
  for (const read of header.reads) {
    if (read.group <= last || read.group === header.group) return false;
    last = read.group;
  }
  return true;
}

export interface HeaderContext {
  readonly params: ConsensusParams;
  readonly readingRule: ReadingRule;
  readonly nowMs: number;
  lookup(id: Uint8Array): HeaderEntry | undefined;
}

/** What a header's parent tells, be it accepted itself or not yet. */
export function judgeLink(params: ConsensusParams, header: Header, parent: LinkedHeader): HeaderRefusal | undefined {
  const above = parent.header;
  if (above.group !== header.group) return 'UNKNOWN_GROUP';
  if (header.height !== above.height + 1) return 'WRONG_HEIGHT';
  if (header.timestampMs < above.timestampMs + params.blockIntervalMs) return 'TOO_EARLY';
  if (header.target !== nextTarget(params, header.height, above, parent.parent?.header)) return 'WRONG_TARGET';
  return undefined;
}

/** Judges a parsed header whose witness and link have been verified. */
export function judgeHeader(context: HeaderContext, parsed: ParsedHeader, witness: Uint8Array): HeaderVerdict {
  const { header, id, bytes } = parsed;
  const { params, nowMs } = context;
  const waits: HeaderWait[] = [];
  const parent = context.lookup(header.parent);
  if (parent?.dead === true) return refused('INVALID_PARENT');
  if (parent === undefined) {
    waits.push({ reason: 'parent', group: header.group, height: header.height - 1, id: header.parent });
  }
  const newest: HeaderEntry[] = [];
  for (const read of header.reads) {
    const source = context.lookup(read.id);
    if (source === undefined) waits.push({ reason: 'source', group: read.group, height: read.height, id: read.id });
    else if (source.group !== read.group || source.height !== read.height) return refused('READ_MISMATCH');
    else newest.push(source);
  }
  const aheadMs = header.timestampMs - nowMs - Math.min(AHEAD_MAX_MS, params.blockIntervalMs);
  if (aheadMs > 0) waits.push({ reason: 'future', untilMs: nowMs + aheadMs });
  if (waits.length > 0 || parent === undefined) return { kind: 'wait', waits };

  const reading = context.readingRule({
    parent,
    timestampMs: header.timestampMs,
    newest,
    confirmations: params.confirmations,
  });
  if (reading.kind === 'invalid') return refused(reading.code);
  // No map but the first exists in this version: a header of a later epoch names a map nobody can know.
  if (header.epoch !== epochOf(parent, newest)) return refused('WRONG_EPOCH');
  if (reading.kind === 'wait') return { kind: 'wait', waits: reading.unconfirmed.map(toUnconfirmed) };
  const entry = new HeaderEntry({
    id,
    header,
    bytes,
    witness,
    parent,
    ownWork: header.target === parent.header.target ? parent.ownWork : workOfBits(header.target),
    reads: new Map(newest.map((source) => [source.group, source])),
    readingOrder: reading.order,
  });
  return { kind: 'valid', entry };
}

/** The epoch on `parent` after reading `newest`: that of the group-0 block at the cursor; group 0 keeps its parent's. */
export function epochOf(parent: HeaderEntry, newest: readonly HeaderEntry[]): number {
  if (parent.group === 0) return parent.header.epoch;
  const home = newest.find((source) => source.group === 0) ?? parent.cursor(0);
  return home?.header.epoch ?? parent.header.epoch;
}

export function workOfBits(bits: number): bigint {
  const target = targetFromBits(bits);
  if (target === undefined) throw new Error(`a known header carries an impossible target ${bits}`);
  return workOfTarget(target);
}

function toUnconfirmed(source: HeaderEntry): HeaderWait {
  return { reason: 'unconfirmed', group: source.group, height: source.height, id: source.id };
}

function refused(code: HeaderRefusal): HeaderVerdict {
  return { kind: 'refused', code };
}
