// The state of one group at its tip: applies, builds, stages and undoes blocks, and comes back from snapshot and diffs.
// What a block means is execute.ts's; which block comes next is the view's.
import type { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { equalBytes, ZERO_HASH } from '../core/bytes.ts';
import {
  BLOCK_DIFF,
  BODY,
  type Body,
  type Header,
  MAP_UPDATE,
  MAX_BITCOIN_HEADERS_PER_BODY,
  SNAPSHOT,
} from '../core/layouts.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../core/scopes.ts';
import type { PartitionDiff, VirtualMachine } from '../vm/types.ts';
import { bodyBatches, matchBody, shownUpdate, transactionsRoot } from './body.ts';
import type { Compile } from './contract-compiler.ts';
import { type BlockWork, type Engine, type Executed, executeBlock } from './execute.ts';
import type { Network } from './genesis.ts';
import { genesisState, heldPartitions, joinedState } from './genesis-block.ts';
import { outboxTree } from './outbox-proof.ts';
import {
  type Birth,
  type BlockInput,
  BlockInvalid,
  type BlockOutcome,
  type BlockPlan,
  type BlockRoots,
  type BuiltBlock,
  type ChainState,
  RootsDiffer,
} from './ports.ts';
import { Queues } from './queues.ts';
import { RecordedHeaders } from './recorded-headers.ts';
import { Registry } from './registry.ts';
import { HOME_GROUP, outboxDepth, type ShardMap } from './shard-map.ts';
import { encodeSnapshot } from './snapshot.ts';
import { Accumulators, isCheckpoint, liveCheckpoint, SystemState } from './state.ts';
import type { StateCheck } from './state-check.ts';
import { encodeBlockDiff, withTail } from './tail.ts';
import { transactionRules } from './transaction.ts';
import { UNDO, type Undo } from './undo.ts';

export interface GroupStateParts {
  readonly network: Network;
  readonly group: number;
  /** Empty: the state loads genesis or what was stored into it. */
  readonly machine: VirtualMachine;
  readonly compile: Compile;
  /** Number of the first transaction whose signature is wrong, −1 when all are right: checked for blocks of others. */
  readonly firstBadSignature: (transactions: readonly Uint8Array[]) => number;
  /** Empty tree of recorded Bitcoin headers; group 0 only. */
  readonly bitcoin?: BitcoinTree;
  /** Holds live memory against the diffs at every checkpoint. */
  readonly check?: StateCheck;
}

/** What was stored: a snapshot, and the diffs of the blocks after it. */
export interface StoredState {
  readonly snapshot: Uint8Array | undefined;
  readonly diffs: Iterable<Uint8Array>;
}

interface Staged {
  readonly undo: Uint8Array;
}

export class GroupState implements ChainState {
  readonly #parts: GroupStateParts;
  readonly #engine: Engine;
  #accumulators: Accumulators;
  #system: SystemState;
  /** Root of the cells at the newest checkpoint height. */
  #checkpoint: Uint8Array;
  #height = 0;
  #staged: Staged | undefined;
  /** Ids found when a body was read, for when it is applied. */
  readonly #ids = new WeakMap<Body, Uint8Array>();

  /** At genesis, or where `stored` ends; a group that joins is nowhere until it begins. */
  constructor(parts: GroupStateParts, stored: StoredState = { snapshot: undefined, diffs: [] }) {
    const { network, group, machine } = parts;
    const { genesis } = network;
    this.#parts = parts;
    machine.setOwners(Uint16Array.from(network.firstMap.owners), group);
    this.#engine = {
      group,
      joined: !network.firstMap.groups.includes(group),
      genesis,
      rules: transactionRules(genesis, network.networkId),
      machine,
      queues: new Queues(machine, heldPartitions(network, group)),
      registry: new Registry(machine, parts.compile),
      headers: new RecordedHeaders(machine, parts.bitcoin),
    };
    const first = genesisState(network, group);
    this.#accumulators = first.accumulators;
    this.#system = first.system;
    this.#checkpoint = first.checkpoint;
    if (stored.snapshot === undefined) this.#applyParts(first.parts);
    else this.#loadSnapshot(stored.snapshot);
    for (const diff of stored.diffs) this.#replay(diff);
    this.#engine.registry.load(group === HOME_GROUP ? GLOBAL_PARTITION : REPLICA_PARTITION);
    this.#engine.queues.load();
    this.#engine.headers.load();
  }

  get height(): number {
    return this.#height;
  }

  get queuedRelays(): number {
    return this.#engine.queues.count;
  }

  get stateRoot(): Uint8Array {
    return this.#accumulators.stateRoot(this.#system.encode());
  }

  /** Totals layout bytes at the tip. */
  get totals(): Uint8Array {
    return this.#system.totals.encode();
  }

  /** For reading contracts at the tip. */
  get registry(): Registry {
    return this.#engine.registry;
  }

  readBody(header: Header, bodyBytes: Uint8Array): Body | undefined {
    const matched = matchBody(header, bodyBytes);
    if (matched === undefined) return undefined;
    this.#ids.set(matched.body, matched.ids);
    return matched.body;
  }

  apply(block: BlockInput): BlockOutcome {
    const { header, body, sources } = block;
    this.#requireUnstaged();
    // Its header was judged by the update it shows; only group 0 can see that there is one behind a header that begins no epoch.
    if (body.mapUpdate.length > 0 !== this.#beginsEpoch(block.map)) throw new BlockInvalid('MAP_UPDATE');
    const bad = this.#parts.firstBadSignature(body.transactions);
    if (bad >= 0) throw new BlockInvalid('BAD_SIGNATURE', `transaction ${bad}`);
    const ids = this.#ids.get(body);
    // A body that was read here was held against this header's root then.
    const known = ids === undefined ? undefined : header.transactionsRoot;
    const { outcome, roots } = this.#run(
      {
        map: block.map,
        added: addedBy(body.mapUpdate),
        height: header.height,
        parent: header.parent,
        timestampMs: header.timestampMs,
        miner: header.miner,
        sources,
        bitcoinHeaders: body.bitcoinHeaders,
        transactions: body.transactions,
        ...(ids === undefined ? {} : { ids }),
        strict: true,
      },
      body.mapUpdate,
      known,
    );
    for (const [name, root] of Object.entries(roots) as [keyof BlockRoots, Uint8Array][]) {
      if (equalBytes(root, header[name])) continue;
      this.#takeBack(outcome.undo);
      throw new RootsDiffer(ROOT_CODES[name], outcome);
    }
    return outcome;
  }

  build(plan: BlockPlan): BuiltBlock {
    this.#requireUnstaged();
    const { content, sources } = plan;
    const mapUpdate = this.#beginsEpoch(plan.map) ? content.mapUpdate : NO_BYTES;
    const { outcome, roots, executed } = this.#run(
      {
        map: plan.map,
        added: addedBy(mapUpdate),
        height: plan.height,
        parent: plan.parent,
        timestampMs: plan.timestampMs,
        miner: plan.miner,
        sources,
        bitcoinHeaders: content.bitcoinHeaders.slice(0, MAX_BITCOIN_HEADERS_PER_BODY),
        transactions: content.transactions,
        ...(content.idOf === undefined ? {} : { idOf: content.idOf }),
        strict: false,
      },
      mapUpdate,
    );
    this.#staged = { undo: outcome.undo };
    const { bitcoinHeaders, admitted } = executed;
    const bodyBytes = BODY.encode({
      mapUpdate,
      bitcoinHeaders: bitcoinHeaders.slice(),
      batches: bodyBatches(sources),
      transactions: admitted.transactions.slice(),
    });
    const { group } = this.#engine;
    const shown = shownUpdate({ group, mapUpdate, bitcoinHeaders, ids: admitted.ids });
    return { bodyBytes, roots, outcome, shownUpdate: shown };
  }

  /** Another map than at the tip, in the group where maps begin: everybody else reads of it. */
  #beginsEpoch(map: ShardMap): boolean {
    return this.#engine.group === HOME_GROUP && !equalBytes(map.hash, this.#system.map);
  }

  begin(birth: Birth): void {
    this.#requireUnstaged();
    // Whatever stood here before was taken back block by block: there are no cells.
    const { accumulators, system, checkpoint } = joinedState(this.#parts.network, birth);
    this.#accumulators = accumulators;
    this.#system = system;
    this.#checkpoint = checkpoint;
    this.#height = 0;
  }

  commitStaged(): void {
    if (this.#staged === undefined) throw new Error('nothing is staged');
    this.#staged = undefined;
  }

  abortStaged(): void {
    if (this.#staged === undefined) throw new Error('nothing is staged');
    const { undo } = this.#staged;
    this.#staged = undefined;
    this.#takeBack(undo);
  }

  undo(record: Uint8Array): void {
    this.#requireUnstaged();
    this.#takeBack(record);
  }

  /** All state at the tip as bytes. */
  snapshot(): Uint8Array {
    this.#requireUnstaged();
    const { machine, genesis } = this.#engine;
    const numbers = [...Array(genesis.partitions).keys(), REPLICA_PARTITION, GLOBAL_PARTITION];
    const parts = numbers.map((partition) => ({ partition, cells: machine.exportPartition(partition) }));
    return encodeSnapshot({
      height: this.#height,
      system: this.#system.encode(),
      checkpoint: this.#checkpoint,
      accumulators: this.#accumulators.all(),
      parts: parts.filter(({ cells }) => cells.length > 0),
    });
  }

  #run(
    work: BlockWork,
    mapUpdate: Uint8Array,
    knownRoot?: Uint8Array,
  ): { outcome: BlockOutcome; roots: BlockRoots; executed: Executed } {
    if (work.height !== this.#height + 1) throw new Error(`block ${work.height} on a state at ${this.#height}`);
    const before = { system: this.#system.encode(), checkpoint: this.#checkpoint, headers: this.#engine.headers.size };
    const installed: number[] = [];
    const executed = this.#attempt(work, installed, before.headers);
    const { genesis, group } = this.#engine;
    const changed = this.#accumulators.fold(work.height, executed.changes.diffs);
    this.#system = executed.system;
    this.#height = work.height;
    const system = executed.system.encode();
    const isMark = isCheckpoint(work.height, genesis);
    const checkpointRoot = isMark ? this.#checkpoint : ZERO_HASH;
    if (isMark) this.#checkpoint = liveCheckpoint(this.#engine.machine, genesis.partitions);
    const record: Undo = {
      ...before,
      accumulators: changed.map(({ slot, before: acc }) => ({ slot, acc })),
      contracts: installed,
      cells: NO_BYTES,
    };
    const checkpoint = isMark ? this.#checkpoint : ZERO_HASH;
    const diff = encodeBlockDiff({ height: work.height, system, checkpoint }, executed.changes.diffs);
    this.#parts.check?.block(diff, isMark ? this.#checkpoint : undefined);
    return {
      executed,
      roots: {
        transactionsRoot:
          knownRoot ??
          transactionsRoot({
            group,
            mapUpdate,
            bitcoinHeaders: executed.bitcoinHeaders,
            ids: executed.admitted.ids,
          }),
        outboxRoot: outboxTree(executed.outbox, outboxDepth(work.map)).root,
        receiptsRoot: executed.receiptsRoot,
        stateRoot: this.#accumulators.stateRoot(system),
        checkpointRoot,
      },
      outcome: {
        diff,
        undo: withTail(UNDO.encode(record), [executed.changes.undo]),
        receipts: executed.receipts,
        outbox: executed.outbox,
        totals: executed.system.totals.encode(),
      },
    };
  }

  /** Leaves nothing behind when the block turns out invalid on the way. */
  #attempt(work: BlockWork, installed: number[], headersBefore: number): Executed {
    const { machine, registry, queues, headers } = this.#engine;
    try {
      return executeBlock(this.#engine, this.#system, work, installed);
    } catch (error) {
      if (!(error instanceof BlockInvalid)) throw error;
      machine.abortBlock();
      for (const id of installed) registry.remove(id);
      headers.truncate(headersBefore);
      queues.load();
      throw error;
    }
  }

  #takeBack(bytes: Uint8Array): void {
    const record = UNDO.decode(bytes);
    const { machine, registry, queues, headers } = this.#engine;
    machine.undo(record.cells);
    for (const { slot, acc } of record.accumulators) this.#accumulators.set(slot, acc.slice());
    this.#system = SystemState.decode(record.system);
    this.#checkpoint = record.checkpoint.slice();
    this.#height--;
    for (const id of record.contracts) registry.remove(id);
    headers.truncate(record.headers);
    queues.load();
    this.#parts.check?.undo();
  }

  #replay(bytes: Uint8Array): void {
    const diff = BLOCK_DIFF.decode(bytes);
    if (diff.height !== this.#height + 1) throw new Error(`diff ${diff.height} on a state at ${this.#height}`);
    const parts = diff.parts.map(({ partition, cells }) => ({ partition, diff: cells }));
    this.#accumulators.fold(diff.height, parts);
    // The check must be able to take the block back like any other.
    this.#parts.check?.block(bytes, undefined);
    for (const { partition, diff: cells } of parts) this.#engine.machine.applyDiff(partition, cells);
    this.#system = SystemState.decode(diff.system);
    if (isCheckpoint(diff.height, this.#engine.genesis)) this.#checkpoint = diff.checkpoint.slice();
    this.#height = diff.height;
  }

  #loadSnapshot(bytes: Uint8Array): void {
    const snapshot = SNAPSHOT.decode(bytes);
    this.#accumulators = new Accumulators(this.#engine.genesis.partitions);
    for (const [slot, acc] of snapshot.accumulators.entries()) this.#accumulators.set(slot, acc.slice());
    this.#applyParts(snapshot.parts.map(({ partition, cells }) => ({ partition, diff: cells })));
    this.#system = SystemState.decode(snapshot.system);
    this.#checkpoint = snapshot.checkpoint.slice();
    this.#height = snapshot.height;
  }

  #applyParts(parts: readonly PartitionDiff[]): void {
    this.#parts.check?.load(parts);
    for (const { partition, diff } of parts) this.#engine.machine.applyDiff(partition, diff);
  }

  #requireUnstaged(): void {
    if (this.#staged !== undefined) throw new Error('a block is staged');
  }
}

const NO_BYTES = new Uint8Array(0);

/** Of an update that was judged when the block's header was. */
function addedBy(mapUpdate: Uint8Array): readonly number[] {
  return mapUpdate.length === 0 ? [] : MAP_UPDATE.decode(mapUpdate).added;
}

const ROOT_CODES: Readonly<Record<keyof BlockRoots, string>> = {
  transactionsRoot: 'TRANSACTIONS_ROOT',
  outboxRoot: 'OUTBOX_ROOT',
  receiptsRoot: 'RECEIPTS_ROOT',
  stateRoot: 'STATE_ROOT',
  checkpointRoot: 'CHECKPOINT_ROOT',
};
