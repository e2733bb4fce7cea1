// Runs one seeded history of many groups over the real view code: virtual clock, bad network, crashes, splits, private
// branches; then heals, and checks. One thread, no real time.
import { createHash } from 'node:crypto';
import { verifyProvenUpdate } from '@rexnet/node/chain/map-update.ts';
import { verifyLeaf } from '@rexnet/node/chain/outbox-proof.ts';
import type { ViewModules, ViewRules } from '@rexnet/node/chain/view.ts';
import { FORK_CHOICE_RULES, type ForkChoiceRules } from '@rexnet/node/consensus/fork-choice.ts';
import { blockId } from '@rexnet/node/consensus/header.ts';
import type { HeaderEntry } from '@rexnet/node/consensus/header-entry.ts';
import { judgeReading, planReads } from '@rexnet/node/consensus/reading.ts';
import { concatBytes, toHex } from '@rexnet/node/core/bytes.ts';
import { HEADER } from '@rexnet/node/core/layouts.ts';
import { checkAgreement, checkClosedCut, checkForkChoice } from './checkers.ts';
import { EventQueue } from './event-queue.ts';
import { diskBelow, omitLeaves } from './faults.ts';
import type { HistoryPlan } from './history.ts';
import { Random } from './random.ts';
import { Disk, type Message, type NodeWorld, SimNode } from './sim-node.ts';
import {
  CheckFailed,
  type ExecutedBlock,
  type MakeModel,
  type SimState,
  type StateModel,
  WITNESS_BYTES,
} from './state-model.ts';

const START_MS = 1_000_000;
const BEAT_MS = 400;
/** Blocks over which every group is seen to grow. */
const GROWING_BLOCKS_MIN = 8;
/** Blocks after the calm within which everything must have come to its end. */
const HEALING_BLOCKS_MAX = 60;

export const HONEST_RULES: ViewRules = {
  readingRule: judgeReading,
  planReads,
  forkChoice: FORK_CHOICE_RULES,
  verifyWitness: (header, id, witness) =>
    witness[0] === id[0] &&
    (witness.length === WITNESS_BYTES || verifyProvenUpdate(witness.subarray(WITNESS_BYTES), header.transactionsRoot)),
  verifyLeaf,
};

/** Rules of one node; tests of tests replace one. */
export type RulesFor = (group: number, random: Random) => ViewRules;

export interface HistoryResult {
  readonly traceHash: string;
  readonly blocks: number;
  readonly deepestReorg: number;
  /** States taken from peers. */
  readonly resyncs: number;
  /** Times a node began to hold headers further back. */
  readonly widened: number;
  readonly relaysExecuted: number;
  readonly crossGroupRelays: number;
  readonly condemned: number;
  /** Blocks of group 0 that began an epoch, on any branch. */
  readonly adoptions: number;
  readonly events: number;
  readonly failure: { readonly code: string; readonly message: string } | undefined;
}

export class Simulation implements NodeWorld {
  readonly model: StateModel;
  readonly #plan: HistoryPlan;
  readonly #rulesFor: RulesFor;
  readonly #definition: ForkChoiceRules | undefined;
  readonly #random: Random;
  readonly #queue = new EventQueue(START_MS);
  readonly #nodes: SimNode[] = [];
  readonly #executed = new Map<string, ExecutedBlock>();
  readonly #adopting = new Set<string>();
  readonly #trace = createHash('sha256');
  /** Side of the split each node is on; nobody is split while empty. */
  readonly #side = new Map<SimNode, number>();
  #calm = false;
  #mining = true;
  #deepestReorg = 0;
  #resyncs = 0;
  #widened = 0;
  #condemned = 0;
  /** Groups governance wants to be there. */
  #wanted: number;
  #events = 0;

  constructor(plan: HistoryPlan, rulesFor: RulesFor, makeModel: MakeModel) {
    const { forkChoice } = rulesFor(0, new Random(0));
    // A mutant must be caught by what it breaks, not by being compared with the rule it lacks.
    this.#definition = forkChoice === FORK_CHOICE_RULES ? forkChoice : undefined;
    this.#plan = plan;
    this.#rulesFor = rulesFor;
    this.#random = new Random(plan.seed + 1);
    this.model = makeModel(plan);
    this.#wanted = plan.groups;
  }

  get nowMs(): number {
    return this.#queue.nowMs;
  }

  get nodes(): readonly SimNode[] {
    return this.#nodes;
  }

  get blockIntervalMs(): number {
    return this.#plan.blockIntervalMs;
  }

  run(): HistoryResult {
    let failure: HistoryResult['failure'];
    try {
      this.#begin();
      this.#queue.runUntil(START_MS + this.#plan.activeMs);
      this.#heal();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failure = { code: error instanceof CheckFailed ? error.code : 'THROWN', message: error.stack ?? error.message };
    }
    const seen = this.#nodes.find((n) => n.up);
    const relays = seen === undefined ? { executed: 0, crossed: 0 } : this.model.relays(seen, this.#executed);
    return {
      traceHash: this.#trace.digest('hex'),
      blocks: this.#executed.size,
      deepestReorg: this.#deepestReorg,
      resyncs: this.#resyncs,
      widened: this.#widened,
      relaysExecuted: relays.executed,
      crossGroupRelays: relays.crossed,
      condemned: this.#condemned,
      adoptions: this.#adopting.size,
      events: this.#events,
      failure,
    };
  }

  // ---- the world as nodes see it

  modules(group: number, state: SimState, disk: Disk): ViewModules {
    const { params, genesisHeaders, maps } = this.model;
    return {
      params,
      rules: this.#rulesFor(group, this.#random),
      maps,
      state,
      group,
      genesisHeaders,
      archive: {
        body: (id) => disk.blocks.get(toHex(id))?.body,
        undo: (id) => disk.blocks.get(toHex(id))?.outcome.undo,
        outbox: (id) => disk.blocks.get(toHex(id))?.outcome.outbox,
        leaf: (id) => disk.leaves.get(toHex(id))?.proven,
      },
    };
  }

  peersOf(node: SimNode): readonly SimNode[] {
    return this.#nodes.filter((n) => n !== node);
  }

  send(from: SimNode, to: SimNode, message: Message): void {
    const { loss, duplication, omission, latencyMs } = this.#plan;
    const random = this.#random;
    if (this.#side.get(from) !== this.#side.get(to)) return;
    if (!this.#calm && random.chance(loss)) return;
    const sent = this.#calm || !random.chance(omission) ? message : omitLeaves(message);
    const copies = !this.#calm && random.chance(duplication) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      this.#queue.after(random.between(latencyMs[0], latencyMs[1]), () => {
        if (this.#side.get(from) !== this.#side.get(to)) return;
        this.#events++;
        this.trace('receive', from.name, to.name, sent.kind);
        to.receive(sent, from);
        this.#assertNoViolation();
      });
    }
  }

  transactions(node: SimNode): Uint8Array[] {
    return this.#calm ? [] : this.model.transactions(node, this.#random);
  }

  mapUpdate(node: SimNode): Uint8Array {
    if (node.group !== 0) return new Uint8Array(0);
    const { map } = node.view.tip;
    return map.groups.length < this.#wanted ? this.model.addGroup(map) : new Uint8Array(0);
  }

  executed(entry: HeaderEntry, block: ExecutedBlock): void {
    this.#executed.set(entry.key, block);
    const { parent } = entry;
    if (entry.group === 0 && parent !== undefined && entry.map !== parent.map) this.#adopting.add(entry.key);
  }

  widened(node: SimNode): void {
    this.trace('widened', node.name);
    this.#widened++;
  }

  resynced(node: SimNode, height: number): void {
    this.trace('taken over', node.name, height);
    this.#resyncs++;
  }

  part(bytes: Uint8Array): Uint8Array {
    if (this.#calm || !this.#random.chance(this.#plan.omission)) return bytes;
    const twisted = bytes.slice();
    twisted[this.#random.below(twisted.length)]! ^= 1 << this.#random.below(8);
    return twisted;
  }

  reorganised(node: SimNode, depth: number): void {
    this.trace('reorganised', node.name, depth);
    this.#deepestReorg = Math.max(this.#deepestReorg, depth);
  }

  trace(...parts: (string | number)[]): void {
    if (parts[0] === 'condemned') this.#condemned++;
    this.#trace.update(`${Math.round(this.nowMs * 1_000)} ${parts.join(' ')}\n`);
  }

  // ---- what happens

  #begin(): void {
    const plan = this.#plan;
    for (let group = 0; group < plan.groups; group++) {
      for (let i = 0; i < plan.nodesPerGroup; i++) this.#addNode(`${group}.${i}`, group, new Disk(), true);
    }
    for (const { atMs, forMs } of plan.splits) {
      this.#queue.after(atMs, () => this.#split());
      this.#queue.after(atMs + forMs, () => this.#side.clear());
    }
    for (const crash of plan.crashes) this.#queue.after(crash.atMs, () => this.#crash(crash.forMs));
    for (const [i, { atMs, group }] of plan.joiners.entries()) {
      this.#queue.after(atMs, () => this.#addNode(`${group}.joiner${i}`, group, new Disk(), true));
    }
    for (const [i, attack] of plan.attacks.entries()) {
      this.#queue.after(attack.atMs, () => this.#attack(`${attack.group}.attacker${i}`, attack.group, attack.depth));
    }
    for (const [i, join] of plan.joins.entries()) this.#queue.after(join.atMs, () => this.#join(i, join.nodesAfterMs));
    for (const { atMs, group } of plan.forgeries) this.#queue.after(atMs, () => this.#forge(group));
    this.#inspect();
  }

  #addNode(name: string, group: number, disk: Disk, mines: boolean): SimNode {
    const skewMs = this.#random.between(-150, 150);
    const node = new SimNode(this, name, group, disk, skewMs, mines);
    if (this.#side.size > 0) this.#side.set(node, this.#random.below(2));
    this.#nodes.push(node);
    node.start();
    this.#beat(node);
    if (mines) this.#mine(node);
    return node;
  }

  #beat(node: SimNode): void {
    this.#queue.after(this.#random.between(0.8, 1.2) * BEAT_MS, () => {
      this.#events++;
      node.beat((peers) => (peers.length === 0 ? undefined : this.#random.pick(peers)));
      this.#assertNoViolation();
      this.#beat(node);
    });
  }

  /** Governance wants one group more; its nodes may be there before it is adopted, or long after. */
  #join(number: number, nodesAfterMs: number): void {
    const group = this.#plan.groups + number;
    this.#wanted++;
    this.trace('wanted', group);
    for (let i = 0; i < this.#plan.nodesPerGroup; i++) {
      this.#queue.after(nodesAfterMs, () => this.#addNode(`${group}.${i}`, group, new Disk(), true));
    }
  }

  /** Waits until a template is due, takes a fresh one, grinds. */
  #mine(node: SimNode): void {
    const again = (ms: number) => this.#queue.after(ms, () => this.#mine(node));
    if (!this.#mining || !node.up) {
      again(300);
      return;
    }
    const waitMs = node.dueMs() - node.nowMs;
    const template = waitMs > 0 ? undefined : node.plan();
    if (template === undefined) {
      again(waitMs > 0 ? waitMs : 150);
      return;
    }
    this.#assertNoViolation();
    const parent = node.view.tip;
    this.#queue.after(this.#random.exponential(this.#plan.grindMs), () => {
      this.#events++;
      if (this.#mining && node.up && node.view.tip === parent) {
        const found = node.found(template.id);
        this.trace('found', node.name, toHex(template.id), String(found));
        this.#assertNoViolation();
      }
      this.#mine(node);
    });
  }

  #split(): void {
    for (const node of this.#nodes) this.#side.set(node, this.#random.below(2));
    this.trace('split', [...this.#side.values()].join(''));
  }

  #crash(forMs: number): void {
    const node = this.#random.pick(this.#nodes);
    if (!node.up) return;
    const kind = this.#random.below(3);
    if (kind === 0) node.crash();
    else node.crashAt = kind === 1 ? 'before-store' : 'before-announce';
    this.#queue.after(forMs, () => {
      if (!node.up) node.start();
      else node.crashAt = undefined;
    });
  }

  /** Mines a private branch from `depth` blocks below a chosen tip, as fast as timestamps allow, and shows it at once. */
  #attack(name: string, group: number, depth: number): void {
    const victims = this.#nodes.filter((n) => n.up && n.group === group && n.view.tip.height > depth);
    if (victims.length === 0) return;
    const disk = diskBelow(this.#random.pick(victims), depth);
    const node = new SimNode(this, name, group, disk, 0, false);
    // Nobody hears of it while it is not among the nodes' peers.
    this.#side.set(node, -1);
    node.start();
    for (let i = 0; i < depth + 3; i++) {
      const template = node.plan();
      if (template === undefined || template.dueMs > node.nowMs || !node.found(template.id)) break;
      this.trace('private', name, toHex(template.id));
    }
    const base = this.#side.size > 1 ? this.#random.below(2) : undefined;
    if (base === undefined) this.#side.delete(node);
    else this.#side.set(node, base);
    this.#nodes.push(node);
    node.tellEverything();
    this.#beat(node);
  }

  /** A block with work and a wrong state root: its group condemns it, and nobody else hears of it. */
  #forge(group: number): void {
    const miner = this.#nodes.find((n) => n.up && n.group === group);
    const template = miner?.plan();
    if (miner === undefined || template === undefined) return;
    const header = { ...template.header, stateRoot: new Uint8Array(32).fill(7) };
    const bytes = HEADER.encode(header);
    const id = blockId(bytes);
    const message = {
      kind: 'announce',
      header: bytes,
      witness: concatBytes([id.subarray(0, WITNESS_BYTES), template.shownUpdate]),
      body: template.bodyBytes,
      id,
    } as const;
    for (const node of this.#nodes) if (node.up && node.group === group) node.receive(message, miner);
    this.trace('forged', toHex(id));
  }

  /** A look at a random node's view every now and then. */
  #inspect(): void {
    this.#queue.after(this.#random.between(700, 2_500), () => {
      const up = this.#nodes.filter((n) => n.up);
      if (up.length > 0) this.#check(this.#random.pick(up));
      this.#inspect();
    });
  }

  #check(node: SimNode): void {
    checkClosedCut(node);
    if (this.#definition !== undefined) checkForkChoice(node, this.#definition);
    // A chosen block may be unknown to everybody but its forger until its body is executed.
    if (node.view.tip === node.view.tree.tip(node.group)) {
      this.model.checkConservation(node, this.#executed);
    }
  }

  /** Calm network, no new transactions: everything must come to its end. */
  #heal(): void {
    const { blockIntervalMs, confirmations, activeMs, grindMs } = this.#plan;
    this.#calm = true;
    this.#side.clear();
    for (const node of this.#nodes) {
      node.crashAt = undefined;
      if (!node.up) node.start();
    }
    const beatMs = blockIntervalMs + grindMs;
    this.#queue.runUntil(START_MS + activeMs + (6 + 2 * confirmations) * beatMs);
    // By now everybody has caught up: from here on every group must grow.
    const { tree } = this.#nodes[0]!.view;
    if (tree.groups.length !== this.#wanted) {
      throw new CheckFailed('NOT_JOINED', `${tree.groups.length} groups instead of ${this.#wanted}`);
    }
    const heights = () => tree.groups.map((g) => tree.tip(g).height);
    const before = heights();
    let blocks = 0;
    do {
      this.#queue.runUntil(this.nowMs + 4 * beatMs);
      blocks += 4;
    } while (blocks < GROWING_BLOCKS_MIN || (blocks < HEALING_BLOCKS_MAX && !this.#isDrained()));
    const after = heights();
    this.#mining = false;
    this.#queue.runUntil(this.nowMs + 12 * BEAT_MS);
    for (const [group, height] of after.entries()) {
      const grown = height - before[group]!;
      if (grown * 3 < blocks)
        throw new CheckFailed('LIVENESS', `group ${group}: ${grown} blocks in ${blocks} intervals`);
    }
    checkAgreement(this.#nodes);
    for (const node of this.#nodes) this.#check(node);
    this.model.checkDrained(this.#nodes[0]!, this.#executed);
    this.#assertNoViolation();
  }

  #isDrained(): boolean {
    try {
      this.model.checkDrained(this.#nodes[0]!, this.#executed);
      return true;
    } catch (error) {
      if (error instanceof CheckFailed) return false;
      throw error;
    }
  }

  #assertNoViolation(): void {
    const violation = this.model.violation();
    if (violation !== undefined) throw new CheckFailed(violation.split(':')[0]!, violation);
  }
}
