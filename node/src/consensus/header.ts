// Judges a header by headers alone: decode, parent, height, time, target, epoch, reads. It executes nothing and keeps
// nothing; what is not known yet is a reason to wait, never a verdict.

import { equalBytes, isZero } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { sha256d } from '../core/hash.ts';
import { type Genesis, HEADER, type Header } from '../core/layouts.ts';
import { type DifficultyParams, nextTarget } from './difficulty.ts';
import { type Adoption, HeaderEntry, type LinkedHeader } from './header-entry.ts';
import type { MapRules } from './map-rules.ts';
import type { ReadingProblem, ReadingRule } from './reading.ts';
import type { ShardMap } from './shard-map.ts';
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
  /** It begins an epoch with an update that cannot follow the map before it. */
  | 'BAD_MAP_UPDATE'
  /** The proof is wrong, or does not show the map update of a block that begins an epoch; says nothing about the block id. */
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
  /** `adopts`: the map the block begins. */
  | { readonly kind: 'valid'; readonly entry: HeaderEntry; readonly adopts: ShardMap | undefined }
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
  readonly maps: Pick<MapRules, 'after' | 'shownBehind'>;
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
  const adoption = adoptionOf(parent, newest);
  const adopts = header.epoch === adoption?.map.epoch ? undefined : mapOf(context, header, adoption, witness);
  if (typeof adopts === 'string') return refused(adopts);
  if (reading.kind === 'wait') return { kind: 'wait', waits: reading.unconfirmed.map(toUnconfirmed) };
  const entry = new HeaderEntry({
    id,
    header,
    bytes,
    witness,
    parent,
    ownWork: header.target === parent.header.target ? parent.ownWork : workOfBits(header.target),
    reads: newest,
    readingOrder: reading.order,
    adoption,
  });
  return { kind: 'valid', entry, adopts };
}

/** The map on `parent` after reading `newest`: that of the group-0 block at the cursor; group 0 keeps its parent's. */
export function adoptionOf(parent: HeaderEntry, newest: readonly HeaderEntry[]): Adoption | undefined {
  if (parent.group === 0) return parent.adoption;
  const home = newest.find((source) => source.group === 0) ?? parent.cursor(0);
  return home?.adoption;
}

/** The map of a header whose epoch is not the one it came to: only group 0 begins epochs, one at a time. */
function mapOf(
  { maps }: HeaderContext,
  header: Header,
  before: Adoption | undefined,
  witness: Uint8Array,
): ShardMap | HeaderRefusal {
  if (before === undefined || header.group !== 0 || header.epoch !== before.map.epoch + 1) return 'WRONG_EPOCH';
  const update = maps.shownBehind(witness);
  if (update === undefined) return 'BAD_WITNESS';
  const map = maps.after(before.map, update);
  return typeof map === 'string' ? 'BAD_MAP_UPDATE' : map;
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
