// The way of a header into the tree: decode, proof of work, judgement, waiting, fork choice. It knows headers only and
// never looks at a body.

import { type ChoiceChange, ForkChoice, type ForkChoiceRules } from '../consensus/fork-choice.ts';
import {
  blockId,
  type ConsensusParams,
  type HeaderRefusal,
  type HeaderWait,
  judgeHeader,
  judgeLink,
  type ParsedHeader,
  parseHeader,
  workOfBits,
} from '../consensus/header.ts';
import { HeaderEntry, type LinkedHeader, strengthen } from '../consensus/header-entry.ts';
import { HeaderTree } from '../consensus/header-tree.ts';
import type { MapRules } from '../consensus/map-rules.ts';
import type { ReadingRule, ReadPlanner } from '../consensus/reading.ts';
import type { ShardMap } from '../consensus/shard-map.ts';
import { toHex } from '../core/bytes.ts';
import { HEADER, type Header } from '../core/layouts.ts';
import {
  PendingHeader,
  WAITING_MAX,
  WAITING_MAX_PER_PEER,
  type WaitingHeader,
  WaitingHeaders,
} from './waiting-headers.ts';

/** Ids refused for good, remembered so that they cost one look-up the next time. */
const REFUSED_MAX = 16_384;

export interface HeaderRules {
  readonly readingRule: ReadingRule;
  readonly planReads: ReadPlanner;
  readonly forkChoice: ForkChoiceRules;
  /** Whether the witness proves that work met the header's target for this group, and what is behind it belongs to the block. */
  verifyWitness(header: Header, id: Uint8Array, witness: Uint8Array): boolean;
}

export type HeaderOutcome =
  | { readonly kind: 'accepted'; readonly entry: HeaderEntry }
  | { readonly kind: 'known' }
  | { readonly kind: 'waiting'; readonly waits: readonly HeaderWait[] }
  | { readonly kind: 'refused'; readonly code: HeaderRefusal };

/** What one header set off: itself and others that waited for it. */
export interface Intake {
  readonly outcome: HeaderOutcome;
  readonly accepted: readonly HeaderEntry[];
  readonly changes: readonly ChoiceChange[];
}

interface Judged {
  readonly key: string;
  readonly outcome: HeaderOutcome;
  /** The map that an accepted block begins. */
  readonly adopts?: ShardMap | undefined;
  /** It came to stand on a known line just now. */
  readonly linked: boolean;
  readonly grown: readonly LinkedHeader[];
}

export class HeaderIntake {
  readonly tree: HeaderTree;
  readonly #params: ConsensusParams;
  readonly #rules: HeaderRules;
  readonly #maps: MapRules;
  readonly #choice: ForkChoice;
  readonly #refused = new Set<string>();
  #waiting = new WaitingHeaders(WAITING_MAX_PER_PEER, WAITING_MAX);

  constructor(params: ConsensusParams, rules: HeaderRules, maps: MapRules, genesisHeaders: readonly Uint8Array[]) {
    this.#params = params;
    this.#rules = rules;
    this.#maps = maps;
    const first = genesisHeaders.map((bytes) => genesisEntry(bytes, undefined));
    this.tree = new HeaderTree(first);
    const genesis = new Map(first.map((entry) => [entry.group, entry]));
    for (const entry of first) entry.adopt({ map: maps.first, genesis });
    this.#choice = new ForkChoice(this.tree, rules.forkChoice);
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  waitingByReason(): ReadonlyMap<HeaderWait['reason'], number> {
    return this.#waiting.countByReason();
  }

  lacking(): { readonly wait: HeaderWait; readonly from: string }[] {
    return this.#waiting.lacking();
  }

  offer(bytes: Uint8Array, witness: Uint8Array, from: string, nowMs: number): Intake {
    const id = blockId(bytes);
    const standing = this.#standing(id);
    if (standing !== undefined) return nothing(standing);
    const parsed = parseHeader(this.#params, id, bytes);
    if (typeof parsed === 'string') return nothing({ kind: 'refused', code: parsed });
    const refusal = this.#misplaced(parsed.header);
    if (refusal !== undefined) return nothing({ kind: 'refused', code: refusal });
    if (!this.#rules.verifyWitness(parsed.header, parsed.id, witness)) {
      return nothing({ kind: 'refused', code: 'BAD_WITNESS' });
    }
    return this.#enter(parsed, witness, from, nowMs);
  }

  /** Headers from the future whose time has come. */
  tick(nowMs: number): Intake[] {
    return this.#waiting.takeDue(nowMs).map((item) => this.#enter(item.parsed, item.witness, item.from, nowMs));
  }

  /**
   * Takes back what was stored, in any order; what the disk lost of the evidence simply waits. Stored witnesses were
   * verified before they were stored.
   */
  restore(
    stored: Iterable<{ readonly bytes: Uint8Array; readonly witness: Uint8Array }>,
    nowMs: number,
    placed?: (entry: HeaderEntry) => void,
  ): void {
    this.#waiting = new WaitingHeaders(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    for (const { bytes, witness } of stored) {
      const id = blockId(bytes);
      const parsed = parseHeader(this.#params, id, bytes);
      if (typeof parsed === 'string') throw new Error(`a stored header is refused: ${parsed}`);
      if (this.#standing(id) !== undefined) continue;
      const { accepted } = this.#enter(parsed, witness, '', nowMs);
      if (placed !== undefined) for (const entry of accepted) placed(entry);
    }
    this.#waiting = new WaitingHeaders(WAITING_MAX_PER_PEER, WAITING_MAX);
  }

  /** Execution found the block wrong. */
  condemn(entry: HeaderEntry): readonly ChoiceChange[] {
    this.tree.markDead(entry);
    return this.#choice.decideFrom(entry.group);
  }

  #standing(id: Uint8Array): HeaderOutcome | undefined {
    if (this.tree.get(id) !== undefined) return { kind: 'known' };
    const key = toHex(id);
    if (this.#refused.has(key)) return { kind: 'refused', code: 'KNOWN_INVALID' };
    const waiting = this.#waiting.get(key);
    return waiting === undefined ? undefined : { kind: 'waiting', waits: waiting.waits };
  }

  #misplaced(header: Header): HeaderRefusal | undefined {
    if (!this.tree.has(header.group)) return 'UNKNOWN_GROUP';
    return header.height <= this.tree.baseHeight(header.group) ? 'TOO_OLD' : undefined;
  }

  #enter(parsed: ParsedHeader, witness: Uint8Array, from: string, nowMs: number): Intake {
    const accepted: HeaderEntry[] = [];
    const changes: ChoiceChange[] = [];
    const first = { parsed, key: toHex(parsed.id), witness, from, pending: undefined, waits: [] };
    const judged = [this.#judge(first, nowMs)];
    // Judging one may free others; a plain queue keeps the stack flat however long the line is.
    for (let i = 0; i < judged.length; i++) {
      const { key, outcome, adopts, linked, grown } = judged[i]!;
      const freed: WaitingHeader[] = [];
      if (outcome.kind === 'accepted') {
        accepted.push(outcome.entry);
        this.tree.add(outcome.entry);
        const born = adopts === undefined ? [] : this.#bear(outcome.entry, adopts);
        changes.push(...this.#choice.added(outcome.entry));
        for (const block of born) {
          changes.push(...this.#choice.decideFrom(block.group));
          freed.push(...this.#waiting.takeWaitingFor(block.key));
        }
      }
      if (outcome.kind === 'accepted' || linked) freed.push(...this.#waiting.takeWaitingFor(key));
      for (const above of grown) freed.push(...this.#waiting.takeWaitingOnDescendants(above.key));
      for (const item of freed) judged.push(this.#judge(item, nowMs));
    }
    return { outcome: judged[0]!.outcome, accepted, changes };
  }

  #judge(item: WaitingHeader, nowMs: number): Judged {
    const { key, parsed } = item;
    const link = this.#link(item);
    if (typeof link === 'string') {
      this.#remember(key);
      return { key, outcome: { kind: 'refused', code: link }, linked: false, grown: [] };
    }
    const { pending, grown } = link;
    const linked = pending !== item.pending;
    const context = {
      params: this.#params,
      readingRule: this.#rules.readingRule,
      maps: this.#maps,
      nowMs,
      lookup: (id: Uint8Array) => this.tree.get(id),
    };
    const verdict = judgeHeader(context, parsed, item.witness);
    switch (verdict.kind) {
      case 'refused':
        // What was wrong with its witness says nothing about the block.
        if (verdict.code !== 'BAD_WITNESS') this.#remember(key);
        return { key, outcome: verdict, linked: false, grown };
      case 'wait':
        this.#waiting.add({ ...item, pending, waits: verdict.waits });
        return { key, outcome: { kind: 'waiting', waits: verdict.waits }, linked, grown };
      case 'valid': {
        const { entry } = verdict;
        if (pending !== undefined) {
          entry.descendants = pending.descendants;
          pending.entry = entry;
        }
        return { key, outcome: { kind: 'accepted', entry }, adopts: verdict.adopts, linked, grown };
      }
      default:
        return verdict satisfies never;
    }
  }

  /** Blocks 0 of the groups that a block of group 0 adopts: another adopting block makes others. */
  #bear(adopting: HeaderEntry, map: ShardMap): HeaderEntry[] {
    const before = adopting.adoption!.genesis;
    const read = new Map(adopting.cursors());
    read.set(adopting.group, adopting);
    const genesis = new Map([...before].filter(([group]) => map.groups.includes(group)));
    const born = map.groups
      .filter((group) => !before.has(group))
      .map((group) => genesisEntry(this.#maps.birth(group, map, adopting, read), this.tree.rootOf(group)));
    for (const first of born) genesis.set(first.group, first);
    for (const entry of [adopting, ...born]) entry.adopt({ map, genesis });
    for (const first of born) {
      first.setCursors([...read.values()].sort((a, b) => a.group - b.group));
      this.tree.add(first);
    }
    return born;
  }

  /** Puts a header on the line of its parent, when that stands on one itself: from now on it confirms those above. */
  #link(item: WaitingHeader): { pending: PendingHeader | undefined; grown: readonly LinkedHeader[] } | HeaderRefusal {
    if (item.pending !== undefined) return { pending: item.pending, grown: [] };
    const { header } = item.parsed;
    const parent = this.tree.get(header.parent) ?? this.#waiting.get(toHex(header.parent))?.pending;
    if (parent === undefined) return { pending: undefined, grown: [] };
    const problem = judgeLink(this.#params, header, parent);
    if (problem !== undefined) return problem;
    const pending = new PendingHeader(item.key, header, parent);
    return { pending, grown: strengthen(pending, this.#params.confirmations) };
  }

  #remember(key: string): void {
    if (this.#refused.size >= REFUSED_MAX) {
      const oldest = this.#refused.values().next();
      if (oldest.done === false) this.#refused.delete(oldest.value);
    }
    this.#refused.add(key);
  }
}

function nothing(outcome: HeaderOutcome): Intake {
  return { outcome, accepted: [], changes: [] };
}

/** A block 0 is not judged: it is an input, or made of one that was. `root` is what stands before it. */
function genesisEntry(bytes: Uint8Array, root: HeaderEntry | undefined): HeaderEntry {
  const header = HEADER.decode(bytes);
  return new HeaderEntry({
    id: blockId(bytes),
    header,
    bytes,
    witness: new Uint8Array(0),
    parent: root,
    ownWork: workOfBits(header.target),
    reads: [],
    readingOrder: [],
  });
}
