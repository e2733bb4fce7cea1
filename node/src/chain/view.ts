// The heart of a node: all headers, our group's state, and what happens between them. It reacts to what it is handed
// and says what changed; it holds no timers, does no I/O and tells nobody.
import type { ForkChoiceRules } from '../consensus/fork-choice.ts';
import { blockId, type ConsensusParams, type HeaderWait } from '../consensus/header.ts';
import { type HeaderEntry, isAncestor } from '../consensus/header-entry.ts';
import type { HeaderTree } from '../consensus/header-tree.ts';
import type { MapRules } from '../consensus/map-rules.ts';
import type { ReadingRule, ReadPlanner } from '../consensus/reading.ts';
import { concatBytes, toHex } from '../core/bytes.ts';
import { type Genesis, HEADER, type Header, type ProvenLeaf } from '../core/layouts.ts';
import type { SlotTree } from '../core/merkle.ts';
import { BlockStore } from './block-store.ts';
import { checkBody } from './body-check.ts';
import { type Followed, Follower } from './follower.ts';
import { HeaderIntake, type Intake } from './header-intake.ts';
import { Inbox, type LeafVerdict } from './inbox.ts';
import { leafIn, outboxTree } from './outbox-proof.ts';
import type { BlockArchive, BlockContent, ChainState } from './ports.ts';
import { outboxDepth } from './shard-map.ts';
import { buildTemplate, type Template } from './template.ts';

/** Templates a proof may still come for; an older one is mined in vain. */
const TEMPLATES_KEPT = 16;
/** Block intervals after which a body that nobody gives is mined beside. */
const BODY_PATIENCE_BLOCKS = 10;
/** Leaves asked for at once per source. */
const LEAVES_ASKED_MAX = 64;
/** Blocks after which the leaves a block read leave memory. */
const READ_LEAVES_KEPT_BLOCKS = 8;
/** Headers accepted between two prunings. */
const PRUNE_EVERY = 256;

export type ViewParams = ConsensusParams & Pick<Genesis, 'maxQueue' | 'maxReadBytes'>;

/** The rules a view is made of; tests replace one to see that it is needed. */
export interface ViewRules {
  readonly readingRule: ReadingRule;
  readonly planReads: ReadPlanner;
  readonly forkChoice: ForkChoiceRules;
  verifyWitness(header: Header, id: Uint8Array, witness: Uint8Array): boolean;
  verifyLeaf(outboxRoot: Uint8Array, depth: number, group: number, proven: ProvenLeaf): boolean;
}

export interface ViewModules {
  readonly params: ViewParams;
  readonly rules: ViewRules;
  readonly maps: MapRules;
  readonly state: ChainState;
  readonly archive: BlockArchive;
  readonly group: number;
  /** Of the first groups, each a pure function of genesis. */
  readonly genesisHeaders: readonly Uint8Array[];
  /** Headers are held headerWindow deep from the start, to compare chains that parted long ago; until `narrow`. */
  readonly isWide?: boolean;
}

export type BodyVerdict =
  | 'accepted'
  | 'known'
  /** Its header is not known: ask for that first. */
  | 'unknown-block'
  | 'other-group'
  /** Not the body of this header; says nothing about the block. */
  | 'mismatch'
  /** It reads what has left the tree: nothing leads back to it any more. */
  | 'too-old';

/** What to ask peers for. */
export interface Missing {
  readonly headers: readonly { readonly wait: HeaderWait; readonly from: string }[];
  readonly bodies: readonly HeaderEntry[];
  readonly leaves: readonly HeaderEntry[];
}

/** What was stored before a restart. */
export interface StoredView {
  readonly headers: Iterable<{ readonly bytes: Uint8Array; readonly witness: Uint8Array }>;
  /** Told of every header that has its place now, parents before children: what is old need not be in memory as a whole. */
  readonly placed?: (entry: HeaderEntry) => void;
  /** The block the restored state stands at; undefined = genesis. */
  readonly tip: Uint8Array | undefined;
  /** Blocks execution condemned. */
  readonly condemned: Iterable<Uint8Array>;
}

/** A leaf that was found to be ours: to be stored. */
export interface AcceptedLeaf {
  readonly source: HeaderEntry;
  readonly proven: ProvenLeaf;
}

export interface AcceptedHeaders extends Intake {
  /** Leaves that had come before their headers, proven now. */
  readonly leaves: readonly AcceptedLeaf[];
}

export class View {
  readonly group: number;
  readonly #m: ViewModules;
  readonly #intake: HeaderIntake;
  readonly #inbox: Inbox;
  readonly #blocks: BlockStore;
  readonly #templates = new Map<string, Template>();
  /** Headers below a tip that are held whatever has been read. */
  #heldBlocks: number;
  #follower: Follower;
  #missingBodies: readonly HeaderEntry[] = [];
  /** The body we need next, and when a template was first refused for it. */
  #lacking: { readonly entry: HeaderEntry; readonly sinceMs: number } | undefined;
  #sincePrune = 0;
  readonly #adopted: AcceptedLeaf[] = [];
  #outboxTree: { readonly key: string; readonly tree: SlotTree } | undefined;

  constructor(modules: ViewModules) {
    this.#m = modules;
    this.group = modules.group;
    const { maxReorg, headerWindow } = modules.params;
    this.#heldBlocks = modules.isWide === true ? headerWindow : 2 * maxReorg;
    this.#intake = new HeaderIntake(modules.params, modules.rules, modules.maps, modules.genesisHeaders);
    this.#inbox = new Inbox(this.#isOurLeaf, modules.archive);
    this.#blocks = new BlockStore(modules.archive);
    this.#follower = this.#followFrom(this.tree.rootOf(this.group));
  }

  /** All known headers and the chosen chains. To be read only. */
  get tree(): HeaderTree {
    return this.#intake.tree;
  }

  /** The block the state stands at; the chosen tip is `tree.tip(group)`. */
  get tip(): HeaderEntry {
    return this.#follower.tip;
  }

  /** Whether our group is in the map at the chosen tip of group 0, and has a block 0 to stand on. */
  get isBorn(): boolean {
    return this.tip.height >= 0;
  }

  get waitingHeaders(): number {
    return this.#intake.waitingCount;
  }

  waitingByReason(): ReadonlyMap<HeaderWait['reason'], number> {
    return this.#intake.waitingByReason();
  }

  /** Before anything else, on a state that stands at `stored.tip`. */
  restore(stored: StoredView, nowMs: number): void {
    this.#intake.restore(stored.headers, nowMs, stored.placed);
    for (const id of stored.condemned) {
      const entry = this.tree.get(id);
      if (entry !== undefined) this.#intake.condemn(entry);
    }
    if (stored.tip !== undefined) {
      const tip = this.tree.get(stored.tip);
      if (tip === undefined) throw new Error(`the header of the stored tip ${toHex(stored.tip)} is not stored`);
      this.#follower = this.#followFrom(tip);
    }
    // The disk has more than memory is to hold.
    this.#prune();
  }

  /** Holds from now on no more headers than following the chosen chains asks for. */
  narrow(): void {
    this.#heldBlocks = 2 * this.#m.params.maxReorg;
    this.#prune();
  }

  addHeader(bytes: Uint8Array, witness: Uint8Array, from: string, nowMs: number): AcceptedHeaders {
    return this.#settle(this.#intake.offer(bytes, witness, from, nowMs));
  }

  /** Whether the work that a header asks for was done for it; says nothing else about it. */
  isWorked(bytes: Uint8Array, witness: Uint8Array): boolean {
    return this.#m.rules.verifyWitness(HEADER.decode(bytes), blockId(bytes), witness);
  }

  /** Headers whose time has come. */
  tick(nowMs: number): AcceptedHeaders[] {
    return this.#intake.tick(nowMs).map((intake) => this.#settle(intake));
  }

  addBody(id: Uint8Array, bytes: Uint8Array): BodyVerdict {
    const entry = this.tree.get(id);
    if (entry === undefined) return 'unknown-block';
    if (entry.group !== this.group) return 'other-group';
    if (entry.dead || this.#blocks.ready(entry) !== undefined || this.#blocks.body(entry) !== undefined) return 'known';
    if (!entry.readingOrder.every(({ isHeld }) => isHeld)) return 'too-old';
    const ready = checkBody(this.#m.state, entry, bytes, this.#isOurLeaf);
    if (ready === undefined) return 'mismatch';
    this.#adoptLeaves(entry, ready.body.batches);
    this.#blocks.addReady(entry, ready);
    return 'accepted';
  }

  /** Leaves that bodies brought since the last call. */
  takeAdoptedLeaves(): readonly AcceptedLeaf[] {
    return this.#adopted.splice(0);
  }

  /** A block of ours is wrong for a reason only the caller can see, such as a forged signature in its body. Then `follow`. */
  condemn(id: Uint8Array): void {
    const entry = this.tree.get(id);
    if (entry !== undefined && entry.group === this.group) this.#intake.condemn(entry);
  }

  addLeaf(sourceId: Uint8Array, proven: ProvenLeaf): LeafVerdict {
    const source = this.tree.get(sourceId);
    if (source === undefined) return this.#inbox.addPending(sourceId, proven);
    return source.group === this.group ? 'refused' : this.#inbox.add(source, proven);
  }

  /** Brings the state towards the chosen tip. Store what it answers before telling anybody and before calling again. */
  follow(): Followed {
    const followed = this.#follower.follow();
    this.#missingBodies = followed.missing;
    for (const { entry } of followed.applied) this.#dropReadLeaves(entry);
    return followed;
  }

  /**
   * The next block, executed and staged. Undefined while our state is not at the chosen tip, for what is mined elsewhere
   * loses; unless the body we lack stays away: then we mine beside it, or one withheld body would stop the group for good.
   */
  template(nowMs: number, miner: Uint8Array, content: BlockContent): Template | undefined {
    const chosen = this.tree.tip(this.group);
    if (!this.isBorn) return undefined;
    if (this.tip !== chosen && !(isAncestor(this.tip, chosen) && this.#isWithheld(nowMs))) return undefined;
    this.#follower.unstage();
    const { params, state, rules, maps } = this.#m;
    const modules = {
      params,
      state,
      tree: this.tree,
      inbox: this.#inbox,
      readingRule: rules.readingRule,
      planReads: rules.planReads,
      maps,
    };
    const { template, built } = buildTemplate(modules, { parent: this.tip, nowMs, miner, content });
    this.#follower.stage(template.id, built);
    this.#templates.set(toHex(template.id), template);
    if (this.#templates.size > TEMPLATES_KEPT) {
      const oldest = this.#templates.keys().next();
      if (oldest.done === false) this.#templates.delete(oldest.value);
    }
    return template;
  }

  /** A proof for one of our templates. Undefined when the template is forgotten. Then `follow`. */
  submit(id: Uint8Array, witness: Uint8Array, nowMs: number): AcceptedHeaders | undefined {
    const template = this.#templates.get(toHex(id));
    if (template === undefined) return undefined;
    const evidence = concatBytes([witness, template.shownUpdate]);
    const intake = this.addHeader(template.headerBytes, evidence, '', nowMs);
    if (intake.outcome.kind === 'accepted') this.#blocks.addOwn(intake.outcome.entry, template.bodyBytes);
    return intake;
  }

  /** Gives up a staged template, so that the state stands at the tip (before a call is answered from it). */
  unstage(): void {
    this.#follower.unstage();
  }

  /** The outbox leaf of one of our executed blocks for another group. */
  leafFor(entry: HeaderEntry, group: number): ProvenLeaf | undefined {
    const leaves = this.#blocks.outbox(entry);
    if (leaves === undefined) return undefined;
    // A block is shown to every group one after the other.
    if (this.#outboxTree?.key !== entry.key) {
      this.#outboxTree = { key: entry.key, tree: outboxTree(leaves, outboxDepth(entry.map)) };
    }
    return leafIn(leaves, this.#outboxTree.tree, group);
  }

  /** The body of a block of ours, executed or not. */
  body(entry: HeaderEntry): Uint8Array | undefined {
    return this.#blocks.body(entry);
  }

  missing(): Missing {
    return { headers: this.#intake.lacking(), bodies: this.#missingBodies, leaves: this.#missingLeaves() };
  }

  /** Whether the body we need next has been missing for so long that nobody seems to have it. */
  #isWithheld(nowMs: number): boolean {
    const first = this.#missingBodies[0];
    if (first === undefined) return false;
    if (this.#lacking?.entry !== first) this.#lacking = { entry: first, sinceMs: nowMs };
    return nowMs - this.#lacking.sinceMs >= BODY_PATIENCE_BLOCKS * this.#m.params.blockIntervalMs;
  }

  #followFrom(tip: HeaderEntry): Follower {
    return new Follower(
      {
        params: this.#m.params,
        tree: this.tree,
        state: this.#m.state,
        blocks: this.#blocks,
        recheck: (entry, bytes) => checkBody(this.#m.state, entry, bytes, this.#isOurLeaf),
        condemn: (entry) => this.#intake.condemn(entry),
      },
      tip,
    );
  }

  readonly #isOurLeaf = (source: HeaderEntry, proven: ProvenLeaf): boolean => {
    return this.#m.rules.verifyLeaf(source.header.outboxRoot, outboxDepth(source.map), this.group, proven);
  };

  #settle(intake: Intake): AcceptedHeaders {
    const leaves: AcceptedLeaf[] = [];
    for (const source of intake.accepted) {
      const proven = source.group === this.group ? undefined : this.#inbox.settlePending(source);
      if (proven !== undefined) leaves.push({ source, proven });
    }
    this.#sincePrune += intake.accepted.length;
    if (this.#sincePrune >= PRUNE_EVERY) this.#prune();
    return { ...intake, leaves };
  }

  /** A body proves leaves too: a sibling block will want them. */
  #adoptLeaves(entry: HeaderEntry, batches: readonly ProvenLeaf[]): void {
    const sources = entry.readingOrder.slice().sort((a, b) => a.group - b.group || a.height - b.height);
    for (const [i, source] of sources.entries()) {
      const proven = batches[i]!;
      if (this.#inbox.add(source, proven) === 'accepted') this.#adopted.push({ source, proven });
    }
  }

  /** Leaves a block read, once it is seldom undone any more: then they come from the archive. */
  #dropReadLeaves(applied: HeaderEntry): void {
    const deep = applied.ancestorAt(applied.height - READ_LEAVES_KEPT_BLOCKS);
    if (deep !== undefined) for (const source of deep.readingOrder) this.#inbox.drop(source.key);
  }

  #missingLeaves(): HeaderEntry[] {
    const missing: HeaderEntry[] = [];
    for (const group of this.tree.groups) {
      if (group === this.group) continue;
      const read = this.tip.cursor(group);
      const tip = this.tree.tip(group);
      if (read === undefined) continue;
      const last = Math.min(tip.height, read.height + LEAVES_ASKED_MAX);
      for (let height = read.height + 1; height <= last; height++) {
        const source = tip.ancestorAt(height);
        if (source !== undefined && this.#inbox.get(source) === undefined) missing.push(source);
      }
    }
    return missing;
  }

  /** Forgets headers nothing can ask about any more: below every cursor that could still move, and never within reach of a reorganisation. */
  #prune(): void {
    this.#sincePrune = 0;
    const { headerWindow } = this.#m.params;
    const { tree } = this;
    for (const group of tree.groups) {
      const tip = tree.tip(group).height;
      let floor = tip - this.#heldBlocks;
      for (const reader of tree.groups) {
        if (reader !== group && reader !== this.group) floor = Math.min(floor, this.#deepRead(tree.tip(reader), group));
      }
      floor = Math.max(floor, tip - headerWindow);
      floor = Math.min(floor, group === this.group ? this.#ownFloor() : this.#deepRead(this.tip, group));
      for (const key of tree.prune(group, floor)) {
        this.#inbox.drop(key);
        this.#blocks.dropReady(key);
      }
    }
  }

  /** Our blocks are executed from where our state stands, however far behind or beside the chosen chain that is. */
  #ownFloor(): number {
    return this.tree.isChosen(this.tip) ? this.tip.height - this.#heldBlocks : this.tree.baseHeight(this.group);
  }

  /** Height of the newest block of a group that a chain had read as far back as it could be taken. */
  #deepRead(tip: HeaderEntry, group: number): number {
    const { tree } = this;
    const deep = tip.ancestorAt(Math.max(tip.height - this.#m.params.maxReorg, tree.baseHeight(tip.group)));
    // Who has not adopted the group yet will begin to read it at its block 0.
    return (deep ?? tip).cursor(group)?.height ?? tree.baseHeight(group);
  }
}
