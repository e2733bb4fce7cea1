// (state, block) → result, in the order docs/protocol.md fixes: map, Bitcoin headers, reads, turns, user transactions, turns
// again, then credit, delta, totals. It opens and closes the machine's block and keeps nothing between blocks.
import { partitionOf } from '../core/address.ts';
import { DELTA, type Genesis } from '../core/layouts.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../core/scopes.ts';
import type { BlockChanges, VirtualMachine } from '../vm/types.ts';
import { Admission, type Admitted } from './admission.ts';
import { encodeEntries, entriesOf, LEDGER_SCOPE, ledgerScopeOf, sortEntries } from './cell-entries.ts';
import { runGlobal } from './deploy.ts';
import { Effects } from './effects.ts';
import { forgetNewcomer, newcomersOf, noteNewcomer } from './newcomers.ts';
import { Outbox, type ReadDelta, readBatch } from './outbox.ts';
import type { BlockContent, SourceBlock } from './ports.ts';
import type { Queues } from './queues.ts';
import type { RecordedHeaders } from './recorded-headers.ts';
import { contractOfRow, type Registry } from './registry.ts';
import { HOME_GROUP, ownerOf, type ShardMap } from './shard-map.ts';
import { foldAccumulator, type SystemState } from './state.ts';
import { HELD_MAX } from './totals.ts';
import type { TransactionRules } from './transaction.ts';
import { Turns } from './turns.ts';

/** What stays the same from block to block of one group. */
export interface Engine {
  readonly group: number;
  /** It was not there from the beginning: the global state is told it. */
  readonly joined: boolean;
  readonly genesis: Genesis;
  readonly rules: TransactionRules;
  readonly machine: VirtualMachine;
  readonly queues: Queues;
  readonly registry: Registry;
  readonly headers: RecordedHeaders;
}

/** One block as far as executing it must know. */
export interface BlockWork {
  /** In force in this block. */
  readonly map: ShardMap;
  /** Groups that an update in this block adds. */
  readonly added: readonly number[];
  readonly height: number;
  readonly parent: Uint8Array;
  readonly timestampMs: number;
  readonly miner: Uint8Array;
  readonly sources: readonly SourceBlock[];
  readonly bitcoinHeaders: readonly Uint8Array[];
  readonly transactions: Iterable<Uint8Array>;
  /** Transaction ids, when they are known already. */
  readonly ids?: Uint8Array;
  /** The same for a block that is being built: of the transaction handed out last. */
  readonly idOf?: BlockContent['idOf'];
  /** Judging a block: whatever does not fit makes it invalid instead of being left out. */
  readonly strict: boolean;
}

export interface Executed {
  readonly system: SystemState;
  readonly changes: BlockChanges;
  readonly receipts: Uint8Array;
  readonly receiptsRoot: Uint8Array;
  readonly outbox: readonly { readonly group: number; readonly leaf: Uint8Array }[];
  readonly admitted: Admitted;
  readonly bitcoinHeaders: readonly Uint8Array[];
  /** Contracts that became callable here. */
  readonly installed: readonly number[];
}

/**
 * Executes a block on the tip `before` belongs to. Throws BlockInvalid with the machine's block still open: the caller
 * aborts it and takes back what `installed` and the recorded headers gained.
 */
export function executeBlock(engine: Engine, before: SystemState, work: BlockWork, installed: number[]): Executed {
  return new BlockRun(engine, before, work, installed).run();
}

class BlockRun {
  readonly #engine: Engine;
  readonly #work: BlockWork;
  readonly #installed: number[];
  readonly #system: SystemState;
  readonly #outbox: Outbox;
  readonly #effects: Effects;
  /** Group 0: who is told all of the global state at the end of this block. */
  #newcomers: readonly number[] = [];

  constructor(engine: Engine, before: SystemState, work: BlockWork, installed: number[]) {
    this.#engine = engine;
    this.#work = work;
    this.#installed = installed;
    this.#system = before.copy();
    this.#outbox = new Outbox(engine.group, work.height);
    this.#effects = new Effects({
      group: engine.group,
      machine: engine.machine,
      queues: engine.queues,
      outbox: this.#outbox,
    });
  }

  run(): Executed {
    this.#open();
    this.#beginMap();
    const bitcoinHeaders = this.#engine.headers.record(this.#work.bitcoinHeaders, this.#work.strict);
    for (const source of this.#work.sources) this.#read(source);
    this.#judgeLag();
    const turns = new Turns({
      machine: this.#engine.machine,
      queues: this.#engine.queues,
      effects: this.#effects,
      runGlobal: (record) => runGlobal(this.#globalParts(), record),
    });
    this.#system.served = turns.run(this.#system.served);
    const admitted = this.#admit();
    this.#system.served = turns.run(this.#system.served);
    this.#settle();
    this.#engine.queues.flush();
    const changes = this.#engine.machine.endBlock();
    this.#foldReplica(changes);
    const { receipts, root } = this.#effects.finish();
    return {
      system: this.#system,
      changes,
      receipts,
      receiptsRoot: root,
      outbox: this.#outbox.leaves(),
      admitted,
      bitcoinHeaders,
      installed: this.#installed,
    };
  }

  #open(): void {
    const { machine, genesis, group } = this.#engine;
    const { height, timestampMs, parent, miner, map } = this.#work;
    machine.beginBlock({ height, timestampMs, parentId: parent, minerAddress: miner, blockGas: genesis.blockGas });
    for (const other of map.groups) {
      if (other !== group) machine.setRoom(other, genesis.maxBatchBytes);
    }
  }

  #beginMap(): void {
    const { machine, group } = this.#engine;
    const { map, added } = this.#work;
    this.#system.map = map.hash;
    if (group !== HOME_GROUP) return;
    // Who is added here has read this block by his genesis: the next one tells him.
    this.#newcomers = newcomersOf(machine, map);
    for (const newcomer of added) noteNewcomer(machine, newcomer);
  }

  /** Users may not call a group that, as far as this block has read, lags more than maxLag blocks behind this one. */
  #judgeLag(): void {
    const { machine, genesis, group } = this.#engine;
    const { height, map } = this.#work;
    for (const other of map.groups) {
      if (other === group) continue;
      const seen = this.#system.cursors.get(other)?.seen ?? 0;
      machine.setBusy(other, height - seen > genesis.maxLag);
    }
  }

  /** One source block: its messages take effect at once, its relays join the tails of their queues. */
  #read(source: SourceBlock): void {
    const { machine, queues, registry, genesis, joined } = this.#engine;
    const { group, height, id, seen } = source;
    this.#system.cursors.set(group, { group, height, id, seen });
    const batch = readBatch(source.leaf, group, height, {
      partitions: genesis.partitions,
      holds: (partition) => queues.holds(partition),
      maxGas: genesis.blockGas,
      deltas: this.#system.deltas,
      joined,
      contracts: registry,
      headroom: HELD_MAX - this.#system.totals.held,
      partitionOf: (address) => partitionOf(address, genesis.partitions),
    });
    for (const { to, amount } of batch.credits) machine.credit(to, amount);
    if (batch.delta !== undefined) this.#applyDelta(batch.delta);
    if (batch.relays.length > 0) this.#effects.enqueue(batch.relays);
    this.#system.totals.receive(group, batch.worth);
  }

  #admit(): Admitted {
    const { machine, registry, rules, queues } = this.#engine;
    const admission = new Admission(
      {
        machine,
        effects: this.#effects,
        registry,
        rules,
        timestampMs: this.#work.timestampMs,
        holds: (partition) => queues.holds(partition),
      },
      this.#work.strict,
    );
    const { transactions, ids, idOf } = this.#work;
    return admission.run(transactions, ids, idOf);
  }

  #globalParts(): Parameters<typeof runGlobal>[0] {
    const { machine, registry, headers, genesis } = this.#engine;
    return {
      machine,
      registry,
      headers,
      effects: this.#effects,
      blockGas: genesis.blockGas,
      onInstall: (id) => this.#installed.push(id),
    };
  }

  /** Miner credit, then the delta, then what went out. */
  #settle(): void {
    const { machine, genesis, group } = this.#engine;
    const { totals } = this.#system;
    const { map, miner } = this.#work;
    totals.mint(genesis.blockReward);
    const amount = machine.fees() + genesis.blockReward;
    const owner = ownerOf(map, partitionOf(miner, genesis.partitions));
    for (const other of map.groups) if (other !== group) totals.send(other, machine.sent(other));
    if (amount > 0n) {
      if (owner === group) machine.credit(miner, amount);
      else {
        this.#outbox.addCredit(owner, { to: miner, amount });
        totals.send(owner, amount);
      }
    }
    if (group === HOME_GROUP) this.#publish();
  }

  /** Group 0: new values of the global cells this block touched go to every group, and to its own replica. */
  #publish(): void {
    const changed = [...entriesOf(this.#engine.machine.changesOf(GLOBAL_PARTITION))].filter((e) => isShared(e.id));
    if (changed.length > 0) {
      const cells = sortEntries(changed);
      const version = this.#system.deltas + 1;
      const delta = DELTA.encode({ version, cells: encodeEntries(cells) });
      const { map, added } = this.#work;
      // The others are told all of it, in this block or the next.
      const told = map.groups.filter((g) => g !== HOME_GROUP && !added.includes(g) && !this.#newcomers.includes(g));
      for (const other of told) this.#outbox.addDelta(other, delta);
      this.#applyDelta({ version, cells });
    }
    this.#tellNewcomers();
  }

  /** All of the global state as it is after this block; nothing while there is none. */
  #tellNewcomers(): void {
    if (this.#newcomers.length === 0) return;
    const { machine } = this.#engine;
    const version = this.#system.deltas;
    const state = DELTA.encode({ version, cells: machine.exportPartition(REPLICA_PARTITION) });
    for (const newcomer of this.#newcomers) {
      if (version > 0) this.#outbox.addState(newcomer, state);
      forgetNewcomer(machine, newcomer);
    }
  }

  #applyDelta({ version, cells }: ReadDelta): void {
    const { machine, registry, group } = this.#engine;
    this.#system.deltas = version;
    const rows: number[] = [];
    for (const { id, value } of cells) {
      if (value === undefined) machine.remove(REPLICA_PARTITION, id);
      else machine.put(REPLICA_PARTITION, id, value);
      const contract = contractOfRow(id);
      if (contract !== undefined && value !== undefined) rows.push(contract);
    }
    // Group 0 installed them when they were deployed.
    if (group === HOME_GROUP) return;
    for (const contract of rows) {
      const row = registry.row(contract);
      if (row === undefined) continue;
      registry.installRow(contract, row);
      this.#installed.push(contract);
    }
  }

  #foldReplica(changes: BlockChanges): void {
    const diff = changes.diffs.find(({ partition }) => partition === REPLICA_PARTITION)?.diff;
    if (diff !== undefined) this.#system.replica = foldAccumulator(this.#system.replica, this.#work.height, diff);
  }
}

/** Queues, recorded headers and the list of newcomers stay in group 0. */
function isShared(cellId: Uint8Array): boolean {
  const scope = ledgerScopeOf(cellId);
  return scope === undefined || scope === LEDGER_SCOPE.registry;
}
