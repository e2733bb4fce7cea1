// The next block of our group: what it reads, when it is stamped, its header around the roots of a staged execution.
// It holds no clock; the miner may not stamp ahead of his.
import { DIFFICULTY, nextTarget } from '../consensus/difficulty.ts';
import { adoptionOf, blockId, type ConsensusParams, HEADER_VERSION } from '../consensus/header.ts';
import type { HeaderEntry } from '../consensus/header-entry.ts';
import type { HeaderTree } from '../consensus/header-tree.ts';
import type { MapRules } from '../consensus/map-rules.ts';
import type { ReadingRule, ReadPlanner } from '../consensus/reading.ts';
import type { ShardMap } from '../consensus/shard-map.ts';
import { type Genesis, HEADER, type Header } from '../core/layouts.ts';
import { sourceBlock } from './body-check.ts';
import type { Inbox } from './inbox.ts';
import type { BlockContent, BlockPlan, BuiltBlock, ChainState, SourceBlock } from './ports.ts';
import { HOME_GROUP } from './shard-map.ts';

/** Source blocks one block reads at most: a group that stood still catches up over several blocks. */
const READ_BLOCKS_MAX = 1_024;

export interface Template {
  readonly id: Uint8Array;
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly bodyBytes: Uint8Array;
  /** Goes behind its witness; empty but in a block with a map update. */
  readonly shownUpdate: Uint8Array;
  /** Its timestamp: a proof must not be handed in before. */
  readonly dueMs: number;
}

export type TemplateParams = ConsensusParams & Pick<Genesis, 'maxQueue' | 'maxReadBytes'>;

export interface TemplateModules {
  readonly params: TemplateParams;
  readonly tree: HeaderTree;
  readonly state: Pick<ChainState, 'build' | 'queuedRelays'>;
  readonly inbox: Inbox;
  readonly readingRule: ReadingRule;
  readonly planReads: ReadPlanner;
  readonly maps: Pick<MapRules, 'after'>;
}

export interface TemplateInput {
  readonly parent: HeaderEntry;
  readonly nowMs: number;
  readonly miner: Uint8Array;
  readonly content: BlockContent;
}

/** Executes the next block; the state holds it staged afterwards. */
export function buildTemplate(m: TemplateModules, input: TemplateInput): { template: Template; built: BuiltBlock } {
  const plan = planBlock(m, input);
  const built = m.state.build(plan);
  const header = headerOf(plan, built, m.params.networkId);
  const headerBytes = HEADER.encode(header);
  const { bodyBytes, shownUpdate } = built;
  const template = { id: blockId(headerBytes), header, headerBytes, bodyBytes, shownUpdate, dueMs: plan.timestampMs };
  return { template, built };
}

export function headerOf(plan: BlockPlan, built: BuiltBlock, networkId: Uint8Array): Header {
  return {
    version: HEADER_VERSION,
    networkId,
    group: plan.group,
    height: plan.height,
    parent: plan.parent,
    timestampMs: plan.timestampMs,
    target: plan.target,
    epoch: plan.map.epoch,
    ...built.roots,
    miner: plan.miner,
    reads: plan.reads.slice(),
  };
}

function planBlock(m: TemplateModules, { parent, nowMs, miner, content }: TemplateInput): BlockPlan {
  const height = parent.height + 1;
  const timestampMs = stamp(m.params, parent, nowMs);
  const newest = choosePlannedReads(m, parent, timestampMs);
  const map = mapOf(m, parent, newest, content.mapUpdate);
  return {
    group: parent.group,
    height,
    parent: parent.id,
    timestampMs,
    target: nextTarget(m.params, height, parent.header, parent.parent?.header),
    map,
    miner,
    reads: newest.map((source) => ({ group: source.group, height: source.height, id: source.id })),
    sources: inReadingOrder(m, parent, timestampMs, newest),
    content,
  };
}

/** In force in the next block; an update that cannot follow the map before it is left out. */
function mapOf(
  m: TemplateModules,
  parent: HeaderEntry,
  newest: readonly HeaderEntry[],
  mapUpdate: Uint8Array,
): ShardMap {
  const before = adoptionOf(parent, newest)?.map ?? parent.map;
  if (parent.group !== HOME_GROUP || mapUpdate.length === 0) return before;
  const after = m.maps.after(before, mapUpdate);
  return typeof after === 'string' ? before : after;
}

/** Under Floor the beat is kept while the clock is less than half an interval late, so that delays do not add up. */
function stamp(params: ConsensusParams, parent: HeaderEntry, nowMs: number): number {
  const earliestMs = parent.header.timestampMs + params.blockIntervalMs;
  const lateMs = nowMs - earliestMs;
  if (lateMs <= 0) return earliestMs;
  return params.difficulty === DIFFICULTY.floor && lateMs * 2 < params.blockIntervalMs ? earliestMs : nowMs;
}

function choosePlannedReads(m: TemplateModules, parent: HeaderEntry, timestampMs: number): readonly HeaderEntry[] {
  if (m.state.queuedRelays >= m.params.maxQueue) return [];
  let room = m.params.maxReadBytes;
  return m.planReads({
    parent,
    timestampMs,
    confirmations: m.params.confirmations,
    tips: m.tree.groups.filter((group) => group !== parent.group).map((group) => m.tree.tip(group)),
    take: (source) => {
      const size = m.inbox.get(source)?.leaf.length;
      if (size === undefined || size > room) return false;
      room -= size;
      return true;
    },
    blocksMax: READ_BLOCKS_MAX,
  });
}

function inReadingOrder(
  m: TemplateModules,
  parent: HeaderEntry,
  timestampMs: number,
  newest: readonly HeaderEntry[],
): SourceBlock[] {
  const { confirmations } = m.params;
  const reading = m.readingRule({ parent, timestampMs, newest, confirmations });
  if (reading.kind !== 'ok') throw new Error(`the reads we planned do not satisfy the reading rule: ${reading.kind}`);
  return reading.order.map((source) => sourceBlock(source, m.inbox.get(source)!, parent.group));
}
