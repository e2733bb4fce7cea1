// One simulated node: the real view over a disk that keeps only what was stored, talking in messages. What a real node
// does with timers, LMDB and gRPC is done here with events, so that histories can be replayed.

import { CheckpointParts } from '@rexnet/node/chain/checkpoint.ts';
import { commonAncestor } from '@rexnet/node/chain/follower.ts';
import type { BlockOutcome } from '@rexnet/node/chain/ports.ts';
import { Resync } from '@rexnet/node/chain/resync.ts';
import type { Template } from '@rexnet/node/chain/template.ts';
import { type AcceptedHeaders, View, type ViewModules } from '@rexnet/node/chain/view.ts';
import { blockId } from '@rexnet/node/consensus/header.ts';
import type { HeaderEntry, HeaderShelf } from '@rexnet/node/consensus/header-entry.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { parentIdOf } from '@rexnet/node/core/header-bytes.ts';
import { HEADER, type ProvenLeaf } from '@rexnet/node/core/layouts.ts';
import type { ExecutedBlock, SimBase, SimState, StateModel } from './state-model.ts';

export interface StoredHeader {
  readonly id: Uint8Array;
  readonly group: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  readonly witness: Uint8Array;
}

export interface StoredBlock {
  readonly parent: Uint8Array;
  readonly body: Uint8Array;
  readonly outcome: BlockOutcome;
}

/** Headers below the newest that keep what the disk has too; so few, that histories are short of nothing old. */
const WHOLE_HEADERS = 4;

/** What survives a crash. */
export class Disk implements HeaderShelf {
  readonly headers = new Map<string, StoredHeader>();
  readonly blocks = new Map<string, StoredBlock>();
  readonly leaves = new Map<string, { readonly source: Uint8Array; readonly proven: ProvenLeaf }>();
  readonly condemned = new Map<string, Uint8Array>();
  /** States at the newest checkpoints, for peers. */
  readonly snapshots = new Map<string, Uint8Array>();
  tip: Uint8Array | undefined;
  base: SimBase | undefined;

  bytesOf({ key }: HeaderEntry): Uint8Array {
    return this.headers.get(key)!.bytes;
  }

  /** Outcomes of the blocks above the base up to the tip, oldest first. */
  outcomes(): BlockOutcome[] {
    const found: BlockOutcome[] = [];
    const base = this.base === undefined ? undefined : toHex(this.base.id);
    let key = this.tip === undefined ? '' : toHex(this.tip);
    for (let block = this.blocks.get(key); block !== undefined && key !== base; block = this.blocks.get(key)) {
      found.push(block.outcome);
      key = toHex(block.parent);
    }
    return found.reverse();
  }
}

export type Message =
  | {
      readonly kind: 'announce';
      readonly header: Uint8Array;
      readonly witness: Uint8Array;
      readonly body?: Uint8Array;
      readonly leaf?: ProvenLeaf;
      readonly id: Uint8Array;
    }
  | {
      readonly kind: 'ask';
      readonly headers: readonly { readonly id: Uint8Array }[];
      readonly above: readonly { readonly group: number; readonly height: number }[];
      readonly bodies: readonly Uint8Array[];
      readonly leaves: readonly Uint8Array[];
    }
  | { readonly kind: 'ask-state'; readonly block: Uint8Array; readonly parts: readonly number[] }
  | {
      readonly kind: 'give-state';
      readonly block: Uint8Array;
      readonly parts: readonly { readonly part: number; readonly bytes: Uint8Array }[];
    }
  | {
      readonly kind: 'give';
      readonly headers: readonly StoredHeader[];
      readonly bodies: readonly { readonly id: Uint8Array; readonly body: Uint8Array }[];
      readonly leaves: readonly { readonly id: Uint8Array; readonly leaf: ProvenLeaf }[];
    };

/** States kept for peers, and parts given at once. */
const SNAPSHOTS_KEPT = 3;
const PARTS_GIVEN = 5;
/** Ancestors given with a header that was asked for. */
const GIVEN_ANCESTORS = 24;
/** Headers are held so long as far back as chains are compared, after one was shown that is too old to be placed. */
const WIDE_MS = 10_000;

export interface NodeWorld {
  readonly nowMs: number;
  readonly blockIntervalMs: number;
  readonly model: StateModel;
  modules(group: number, state: SimState, disk: Disk): ViewModules;
  send(from: SimNode, to: SimNode, message: Message): void;
  peersOf(node: SimNode): readonly SimNode[];
  transactions(node: SimNode): Uint8Array[];
  /** What governance wants of a node's next block; empty = nothing. */
  mapUpdate(node: SimNode): Uint8Array;
  /** Seen by the checkers. */
  executed(entry: HeaderEntry, block: ExecutedBlock): void;
  reorganised(node: SimNode, depth: number): void;
  resynced(node: SimNode, height: number): void;
  /** It began to hold headers further back. */
  widened(node: SimNode): void;
  /** What a peer gives of a state, which may not be what it has. */
  part(bytes: Uint8Array): Uint8Array;
  trace(...parts: (string | number)[]): void;
}

/** Where a crash may strike: before what was executed is stored, or after it is stored and before anybody is told. */
export type CrashPoint = 'before-store' | 'before-announce';

export class SimNode {
  readonly name: string;
  readonly group: number;
  readonly disk: Disk;
  readonly clockSkewMs: number;
  /** Mines, and is told to by the simulation. */
  readonly mines: boolean;
  readonly #world: NodeWorld;
  crashAt: CrashPoint | undefined;
  #view: View | undefined;
  #state: SimState | undefined;
  #resync: Resync | undefined;
  #deepReorg = false;
  /** Undefined while it holds no more headers than it must. */
  #wideUntilMs: number | undefined;
  #sawFarSplit = false;

  constructor(world: NodeWorld, name: string, group: number, disk: Disk, clockSkewMs: number, mines: boolean) {
    this.#world = world;
    this.name = name;
    this.group = group;
    this.disk = disk;
    this.clockSkewMs = clockSkewMs;
    this.mines = mines;
  }

  get up(): boolean {
    return this.#view !== undefined;
  }

  get view(): View {
    if (this.#view === undefined) throw new Error(`${this.name} is down`);
    return this.#view;
  }

  get state(): SimState {
    if (this.#state === undefined) throw new Error(`${this.name} is down`);
    return this.#state;
  }

  get nowMs(): number {
    return Math.floor(this.#world.nowMs + this.clockSkewMs);
  }

  start(wideUntilMs?: number): void {
    const { disk } = this;
    const { model } = this.#world;
    this.#wideUntilMs = wideUntilMs;
    this.#sawFarSplit = false;
    const state = model.makeState(this.group, disk.outcomes(), disk.base);
    const view = new View({ ...this.#world.modules(this.group, state, disk), isWide: wideUntilMs !== undefined });
    const { tip } = disk;
    view.restore({ headers: disk.headers.values(), tip, condemned: disk.condemned.values() }, this.nowMs);
    this.#view = view;
    this.#state = state;
    this.#resync =
      model.stateParts === undefined ? undefined : new Resync({ ...model.params, partitions: model.stateParts });
    this.crashAt = undefined;
    this.#advance();
  }

  crash(): void {
    this.#world.trace('crash', this.name);
    this.#view = undefined;
    this.#state = undefined;
    this.crashAt = undefined;
  }

  receive(message: Message, from: SimNode): void {
    if (this.#view === undefined) return;
    switch (message.kind) {
      case 'announce':
        if (message.leaf !== undefined) this.#takeLeaf(message.id, message.leaf);
        this.#takeHeader(message.header, message.witness, from.name);
        if (message.body !== undefined) this.#takeBody(message.id, message.body);
        break;
      case 'give':
        for (const header of message.headers) this.#takeHeader(header.bytes, header.witness, from.name);
        for (const { id, body } of message.bodies) this.#takeBody(id, body);
        for (const { id, leaf } of message.leaves) this.#takeLeaf(id, leaf);
        break;
      case 'ask':
        this.#answer(message, from);
        return;
      case 'ask-state':
        this.#giveState(message, from);
        return;
      case 'give-state':
        for (const { part, bytes } of message.parts) {
          const verdict = this.#resync?.take(message.block, part, bytes, this.nowMs);
          if (verdict === 'refused') this.#world.trace('lied', from.name, this.name);
        }
        this.#install();
        return;
      default:
        message satisfies never;
    }
    this.#advance();
    if (this.#sawFarSplit) this.#widen();
  }

  /** Timers of a real node: headers from the future, asking for what is missing, telling the tip again. */
  beat(pick: (peers: readonly SimNode[]) => SimNode | undefined): void {
    const view = this.#view;
    if (view === undefined) return;
    for (const settled of view.tick(this.nowMs)) this.#keep(settled);
    if (!this.#deepReorg && this.#wideUntilMs !== undefined && this.nowMs >= this.#wideUntilMs) {
      this.#wideUntilMs = undefined;
      view.narrow();
    }
    this.#advance();
    if (this.#view === undefined) return;
    const peers = this.#world.peersOf(this).filter((p) => p.up);
    const missing = view.missing();
    const wanted = missing.headers.flatMap(({ wait }) => (wait.reason === 'future' ? [] : [wait]));
    const anybody = pick(peers);
    if (anybody !== undefined) {
      const headers = wanted.filter((w) => w.reason !== 'unconfirmed').map((w) => ({ id: w.id }));
      const above = wanted.filter((w) => w.reason === 'unconfirmed').map((w) => ({ group: w.group, height: w.height }));
      if (headers.length + above.length > 0) {
        this.#world.send(this, anybody, { kind: 'ask', headers, above, bodies: [], leaves: [] });
      }
      this.#tell(anybody, view.tip);
    }
    if (this.#resync?.mustRewind(this.nowMs) === true && this.#rewind()) return;
    for (const group of view.tree.groups) {
      const member = pick(peers.filter((p) => p.group === group));
      if (member === undefined) continue;
      const state = group === this.group ? this.#lookForState() : undefined;
      if (state !== undefined) this.#world.send(this, member, { kind: 'ask-state', ...state });
      const bodies = group === this.group ? missing.bodies.map((e) => e.id) : [];
      const leaves = missing.leaves.filter((e) => e.group === group).map((e) => e.id);
      if (bodies.length + leaves.length > 0) {
        this.#world.send(this, member, { kind: 'ask', headers: [], above: [], bodies, leaves });
      }
    }
  }

  /** When the next block may be stamped at the earliest. */
  dueMs(): number {
    return this.view.tip.header.timestampMs + this.#world.blockIntervalMs;
  }

  /** Shows every executed block of ours to everybody. */
  tellEverything(): void {
    for (const key of this.disk.blocks.keys()) {
      const stored = this.disk.headers.get(key);
      const entry = stored === undefined ? undefined : this.view.tree.get(stored.id);
      if (entry !== undefined) for (const peer of this.#world.peersOf(this)) this.#tell(peer, entry);
    }
  }

  /** Builds a template; undefined when not at the chosen tip. */
  plan(): Template | undefined {
    if (this.#view === undefined) return undefined;
    // Users look at the tip, not at a template that stands on it.
    this.#view.unstage();
    const transactions = this.#world.transactions(this);
    const miner = this.#world.model.miner(this.name);
    const content = { mapUpdate: this.#world.mapUpdate(this), bitcoinHeaders: [], transactions };
    return this.#view.template(this.nowMs, miner, content);
  }

  /** A proof was found for a template. */
  found(id: Uint8Array): boolean {
    if (this.#view === undefined) return false;
    const settled = this.#view.submit(id, id.subarray(0, 1), this.nowMs);
    if (settled === undefined) return false;
    // Our own header is stored with its block, never before: nobody else could give us the body.
    const { outcome } = settled;
    const others = settled.accepted.filter((e) => outcome.kind !== 'accepted' || e !== outcome.entry);
    this.#keep({ ...settled, accepted: others });
    this.#advance();
    return settled.outcome.kind === 'accepted';
  }

  /** Tells a peer one of our executed blocks. */
  #tell(to: SimNode, entry: HeaderEntry): void {
    if (entry.height <= 0 || !this.disk.blocks.has(entry.key)) return;
    const { witness } = this.disk.headers.get(entry.key)!;
    const message = { kind: 'announce', header: entry.bytes, witness, id: entry.id } as const;
    if (to.group === this.group) {
      const body = this.view.body(entry);
      this.#world.send(this, to, body === undefined ? message : { ...message, body });
      return;
    }
    const leaf = this.view.leafFor(entry, to.group);
    this.#world.send(this, to, leaf === undefined ? message : { ...message, leaf });
  }

  #takeHeader(bytes: Uint8Array, witness: Uint8Array, from: string): void {
    const settled = this.view.addHeader(bytes, witness, from, this.nowMs);
    this.#keep(settled);
    const { outcome } = settled;
    if (outcome.kind !== 'refused' || outcome.code !== 'TOO_OLD' || this.#resync === undefined) return;
    const line = this.#settledLine(HEADER.decode(bytes).group);
    this.#sawFarSplit ||= !line.has(toHex(blockId(bytes))) && line.has(toHex(parentIdOf(bytes)));
  }

  /** Ids of the chosen blocks of a group that memory has let go of. */
  #settledLine(group: number): ReadonlySet<string> {
    const { tree } = this.view;
    const line = new Set<string>();
    const base = tree.chosenAt(group, tree.baseHeight(group));
    for (let bytes = base?.bytes; bytes !== undefined && bytes.length > 0; ) {
      const parent = toHex(parentIdOf(bytes));
      line.add(parent);
      bytes = this.disk.headers.get(parent)?.bytes;
    }
    return line;
  }

  /** Begins anew with more headers, as far as nothing else is under way. */
  #widen(): void {
    this.#sawFarSplit = false;
    if (this.#view === undefined || this.#wideUntilMs !== undefined || this.#resync?.isComing(this.nowMs)) return;
    this.#world.widened(this);
    this.start(this.nowMs + WIDE_MS);
  }

  /** As after a restart, but that the side which was left stays comparable after a switch that undo did not lead to. */
  #begin(): void {
    this.start(this.#deepReorg ? this.nowMs + WIDE_MS : undefined);
  }

  #takeLeaf(id: Uint8Array, leaf: ProvenLeaf): void {
    if (this.view.addLeaf(id, leaf) === 'accepted') this.disk.leaves.set(toHex(id), { source: id, proven: leaf });
  }

  #takeBody(id: Uint8Array, body: Uint8Array): void {
    this.view.addBody(id, body);
    for (const { source, proven } of this.view.takeAdoptedLeaves())
      this.disk.leaves.set(source.key, { source: source.id, proven });
  }

  #keep(settled: AcceptedHeaders): void {
    for (const entry of settled.accepted) this.#storeHeader(entry);
    for (const { depth } of settled.changes) if (depth > 0) this.#world.reorganised(this, depth);
    for (const { source, proven } of settled.leaves) {
      this.disk.leaves.set(source.key, { source: source.id, proven });
    }
  }

  #storeHeader(entry: HeaderEntry): void {
    const { id, group, height, bytes, witness } = entry;
    this.disk.headers.set(entry.key, { id, group, height, bytes, witness: witness! });
    const old = entry.ancestorAt(height - WHOLE_HEADERS);
    if (old !== undefined && this.disk.headers.has(old.key)) old.compact(this.disk);
  }

  /** Follows the fork choice, storing before telling. */
  #advance(): void {
    for (;;) {
      const view = this.view;
      const followed = view.follow();
      this.#deepReorg = followed.deepReorg;
      if (followed.deepReorg && this.#resync === undefined)
        throw new Error(`${this.name}: reorganisation deeper than maxReorg`);
      if (this.crashAt === 'before-store' && followed.applied.length > 0) {
        this.crash();
        return;
      }
      for (const { entry, code } of followed.condemned) {
        this.disk.condemned.set(entry.key, entry.id);
        this.#world.trace('condemned', this.name, entry.key, code);
      }
      for (const { entry, bodyBytes, outcome } of followed.applied) {
        if (!this.disk.headers.has(entry.key)) this.#storeHeader(entry);
        const block = { parent: entry.header.parent, body: bodyBytes, outcome };
        this.disk.blocks.set(entry.key, block);
        this.#world.trace('applied', this.name, entry.key);
        this.#world.executed(entry, block);
      }
      this.disk.tip = view.tip.height <= 0 ? undefined : view.tip.id;
      if (followed.applied.length > 0) this.#keepSnapshot();
      if (this.crashAt === 'before-announce' && followed.applied.length > 0) {
        this.crash();
        return;
      }
      for (const { entry } of followed.applied) for (const peer of this.#world.peersOf(this)) this.#tell(peer, entry);
      if (!followed.more) return;
    }
  }

  #keepSnapshot(): void {
    const { tip } = this.view;
    const bytes = tip.height % this.#world.model.params.checkpointEvery === 0 ? this.state.snapshot?.() : undefined;
    if (bytes === undefined) return;
    const { snapshots } = this.disk;
    snapshots.set(tip.key, bytes);
    const [oldest] = snapshots.keys();
    if (snapshots.size > SNAPSHOTS_KEPT && oldest !== undefined) snapshots.delete(oldest);
  }

  /** What to ask for of the state that is to take the place of ours. */
  #lookForState(): { readonly block: Uint8Array; readonly parts: readonly number[] } | undefined {
    const { tip, tree } = this.view;
    const chosen = tree.tip(this.group);
    this.#resync?.look({ tip, chosen, deepReorg: this.#deepReorg }, this.nowMs);
    return this.#resync?.wants();
  }

  /** Begins again where our chain left the chosen one; false where it did not execute what leads there. */
  #rewind(): boolean {
    const { tip, tree } = this.view;
    const fork = commonAncestor(tip, tree.tip(this.group));
    const base = this.disk.base === undefined ? undefined : tree.get(this.disk.base.id);
    if (fork === undefined || fork.height < (base?.height ?? 0)) return false;
    this.disk.tip = fork.height <= 0 ? undefined : fork.id;
    this.#world.trace('rewound', this.name, fork.height);
    this.#begin();
    return true;
  }

  #giveState({ block, parts }: Extract<Message, { kind: 'ask-state' }>, to: SimNode): void {
    const snapshot = this.disk.snapshots.get(toHex(block));
    if (snapshot === undefined) return;
    const cut = new CheckpointParts(snapshot);
    const given = parts.slice(0, PARTS_GIVEN).flatMap((part) => {
      const bytes = cut.get(part);
      return bytes === undefined ? [] : [{ part, bytes: this.#world.part(bytes) }];
    });
    this.#world.send(this, to, { kind: 'give-state', block, parts: given });
  }

  /** In one step, like the commit of a real node; then as after a restart. */
  #install(): void {
    if (this.#resync?.isWhole !== true) return;
    const { base, snapshot } = this.#resync.takeWhole();
    this.disk.base = { id: base.id, snapshot };
    this.disk.tip = base.id;
    this.#world.trace('resynced', this.name, base.key);
    this.#world.resynced(this, base.height);
    this.#begin();
  }

  /** Serves what it has executed of its own group and what it has accepted of others. */
  #answer(ask: Extract<Message, { kind: 'ask' }>, to: SimNode): void {
    const { view, disk } = this;
    const given = new Map<string, StoredHeader>();
    const give = (key: string) => {
      const stored = disk.headers.get(key);
      if (stored === undefined || given.has(key)) return;
      if (stored.group !== this.group || disk.blocks.has(key)) given.set(key, stored);
    };
    for (const { id } of ask.headers) {
      // Memory may have let go of them.
      const line: string[] = [];
      for (let key = toHex(id); line.length <= GIVEN_ANCESTORS; ) {
        const stored = disk.headers.get(key);
        if (stored === undefined) break;
        line.push(key);
        key = toHex(parentIdOf(stored.bytes));
      }
      for (const key of line.reverse()) give(key);
    }
    for (const { group, height } of ask.above) {
      if (!view.tree.has(group)) continue;
      const last = Math.min(view.tree.tip(group).height, height + GIVEN_ANCESTORS);
      // Branches that lost confirm as well: what was read because of them may be on the chosen chains.
      for (let h = height + 1; h <= last; h++) for (const entry of view.tree.at(group, h)) give(entry.key);
    }
    const bodies = ask.bodies.flatMap((id) => {
      const stored = disk.blocks.get(toHex(id));
      return stored === undefined ? [] : [{ id, body: stored.body }];
    });
    const leaves = ask.leaves.flatMap((id) => {
      const entry = view.tree.get(id);
      const leaf = entry === undefined || entry.group !== this.group ? undefined : view.leafFor(entry, to.group);
      return leaf === undefined ? [] : [{ id, leaf }];
    });
    if (given.size + bodies.length + leaves.length === 0) return;
    this.#world.send(this, to, { kind: 'give', headers: [...given.values()], bodies, leaves });
  }
}
