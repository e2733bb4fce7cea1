// A tiny group state behind the port of the real one: accounts that send each other numbered relays, and a global
// version that must be known where it is needed. It notices lost, doubled, reordered and premature messages itself.

import { proveUpdate, updateLeaf } from '@rexnet/node/chain/map-update.ts';
import { outboxTree } from '@rexnet/node/chain/outbox-proof.ts';
import {
  type Birth,
  type BlockInput,
  BlockInvalid,
  type BlockOutcome,
  type BlockPlan,
  type BuiltBlock,
  type ChainState,
} from '@rexnet/node/chain/ports.ts';
import { outboxDepth } from '@rexnet/node/chain/shard-map.ts';
import type { ShardMap } from '@rexnet/node/consensus/shard-map.ts';
import { equalBytes, toHex, ZERO_HASH } from '@rexnet/node/core/bytes.ts';
import { DecodeError } from '@rexnet/node/core/codec.ts';
import { sha256 } from '@rexnet/node/core/hash.ts';
import { BODY, type Body, type Header, MAP_UPDATE, type ProvenLeaf } from '@rexnet/node/core/layouts.ts';
import { listRoot } from '@rexnet/node/core/merkle.ts';

export interface ModelWorld {
  readonly groups: number;
  readonly accountsPerGroup: number;
  readonly initialBalance: number;
  /** Relays executed per block. */
  readonly relaysPerBlock: number;
  /** Groups that join are told the global version; tests of tests leave it out. */
  readonly tellsNewcomers: boolean;
}

/** A user's wish: `register` (home only) adds a global version; a transfer sends one relay. */
export interface ModelTransaction {
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  /** Further relays the receiver sends on. */
  readonly hops: number;
  readonly salt: number;
}

interface Relay {
  readonly from: number;
  readonly to: number;
  /** Of the pair (from, to), from 1. */
  readonly number: number;
  readonly amount: number;
  readonly hops: number;
  /** Global version the emitter had seen: its contract may be that new. */
  readonly needs: number;
}

interface ModelBatch {
  /** New global versions, home only. */
  readonly versions: readonly number[];
  readonly relays: readonly Relay[];
  /** The global version a group that joins begins with, home only. */
  readonly state?: number;
}

export interface ModelContents {
  balances: Record<string, number>;
  queue: Relay[];
  sent: Record<string, number>;
  executed: Record<string, number>;
  version: number;
  /** Hash of the map in force; absent in epoch 0. */
  map?: string;
  /** What a group that joined began with. */
  birth?: string;
  /** Home: who is to be told the version in the next block. */
  joining?: readonly number[];
}

export type Violation = (what: string) => void;

const MAX_AMOUNT = 3;

export class ModelState implements ChainState {
  readonly #world: ModelWorld;
  readonly #group: number;
  readonly #violation: Violation;
  #contents: ModelContents;
  /** `#contents` encoded: the undo record of the next block. */
  #bytes: Uint8Array;
  #staged: { readonly contents: ModelContents; readonly bytes: Uint8Array } | undefined;

  constructor(world: ModelWorld, group: number, violation: Violation) {
    this.#world = world;
    this.#group = group;
    this.#violation = violation;
    this.#contents = genesisContents(world, group);
    this.#bytes = encodeContents(this.#contents);
  }

  get queuedRelays(): number {
    return this.#contents.queue.length;
  }

  readBody(header: Header, bodyBytes: Uint8Array): Body | undefined {
    let body: Body;
    try {
      body = BODY.decode(bodyBytes);
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
    if (body.bitcoinHeaders.length > 0) return undefined;
    return equalBytes(listRoot(rootLeaves(body)), header.transactionsRoot) ? body : undefined;
  }

  apply(block: BlockInput): BlockOutcome {
    this.#assertUnstaged();
    const before = this.#contents;
    const { mapUpdate } = block.body;
    if (mapUpdate.length > 0 !== this.#beginsEpoch(block.map)) throw new BlockInvalid('MAP_UPDATE');
    const run = execute(this.#world, this.#group, before, block, mapUpdate, this.#violation);
    for (const transaction of block.body.transactions) {
      if (!run.transact(decodeTransaction(transaction))) throw new BlockInvalid('NO_FUNDS');
    }
    const { contents, leaves } = run.finish();
    const bytes = encodeContents(contents);
    if (!equalBytes(sha256(bytes), block.header.stateRoot)) throw new BlockInvalid('STATE_ROOT');
    if (!equalBytes(outboxRoot(leaves, block.map), block.header.outboxRoot)) throw new BlockInvalid('OUTBOX_ROOT');
    const outcome = outcomeOf(this.#bytes, bytes, leaves);
    this.#contents = contents;
    this.#bytes = bytes;
    return outcome;
  }

  build(plan: BlockPlan): BuiltBlock {
    this.#assertUnstaged();
    const before = this.#contents;
    const mapUpdate = this.#beginsEpoch(plan.map) ? plan.content.mapUpdate : new Uint8Array(0);
    // Only who follows the rules is judged by what it does: a template may be built on anything.
    const run = execute(this.#world, this.#group, before, plan, mapUpdate, this.#violation);
    const transactions: Uint8Array[] = [];
    for (const transaction of plan.content.transactions) {
      if (run.transact(decodeTransaction(transaction))) transactions.push(transaction);
    }
    const { contents, leaves } = run.finish();
    const bytes = encodeContents(contents);
    const batches: ProvenLeaf[] = plan.sources
      .slice()
      .sort((a, b) => a.group - b.group || a.height - b.height)
      .map((source) => ({ leaf: source.leaf, path: source.path.slice() }));
    this.#staged = { contents, bytes };
    const root = rootLeaves({ mapUpdate, transactions });
    return {
      bodyBytes: BODY.encode({ mapUpdate, bitcoinHeaders: [], batches, transactions }),
      shownUpdate: mapUpdate.length > 0 ? proveUpdate(mapUpdate, root) : mapUpdate,
      roots: {
        transactionsRoot: listRoot(root),
        outboxRoot: outboxRoot(leaves, plan.map),
        receiptsRoot: ZERO_HASH,
        stateRoot: sha256(bytes),
        checkpointRoot: ZERO_HASH,
      },
      outcome: outcomeOf(this.#bytes, bytes, leaves),
    };
  }

  commitStaged(): void {
    if (this.#staged === undefined) throw new Error('nothing is staged');
    this.#contents = this.#staged.contents;
    this.#bytes = this.#staged.bytes;
    this.#staged = undefined;
  }

  abortStaged(): void {
    if (this.#staged === undefined) throw new Error('nothing is staged');
    this.#staged = undefined;
  }

  undo(record: Uint8Array): void {
    this.#assertUnstaged();
    this.load(record);
  }

  begin(birth: Birth): void {
    this.#assertUnstaged();
    this.#contents = joinedContents(birth);
    this.#bytes = encodeContents(this.#contents);
  }

  /** Continues from what `BlockOutcome.diff` of the tip said. */
  load(bytes: Uint8Array): void {
    this.#contents = decodeContents(bytes);
    this.#bytes = bytes;
  }

  contents(): ModelContents {
    return this.#contents;
  }

  get stateRoot(): Uint8Array {
    return sha256(this.#bytes);
  }

  #beginsEpoch(map: ShardMap): boolean {
    return this.#group === 0 && mapName(map) !== this.#contents.map;
  }

  #assertUnstaged(): void {
    if (this.#staged !== undefined) throw new Error('a template is staged');
  }
}

/** The map update, then the transactions. */
function rootLeaves({ mapUpdate, transactions }: Pick<Body, 'mapUpdate' | 'transactions'>): Uint8Array[] {
  const leaves = transactions.map(sha256);
  return mapUpdate.length > 0 ? [updateLeaf(mapUpdate), ...leaves] : leaves;
}

function outboxRoot(leaves: BlockOutcome['outbox'], map: ShardMap): Uint8Array {
  return outboxTree(leaves, outboxDepth(map)).root;
}

function mapName(map: ShardMap): string | undefined {
  return map.epoch === 0 ? undefined : toHex(map.hash);
}

/** A group that joins owns no account; what it begins with tells one adopting block from another. */
export function joinedContents({ map, read }: Birth): ModelContents {
  const birth = read.map(({ group, height, id }) => `${group}:${height}:${toHex(id)}`).join(' ');
  return { balances: {}, queue: [], sent: {}, executed: {}, version: 0, map: toHex(map.hash), birth };
}

/** Accounts of a group: those whose number leaves its id. */
function ownerOf(world: ModelWorld, account: number): number {
  return account % world.groups;
}

function genesisContents(world: ModelWorld, group: number): ModelContents {
  const balances: Record<string, number> = {};
  for (let i = 0; i < world.accountsPerGroup; i++) balances[i * world.groups + group] = world.initialBalance;
  return { balances, queue: [], sent: {}, executed: {}, version: 0 };
}

function execute(
  world: ModelWorld,
  group: number,
  before: ModelContents,
  { sources, map }: Pick<BlockPlan, 'sources' | 'map'>,
  mapUpdate: Uint8Array,
  violation: Violation,
) {
  const added = mapUpdate.length === 0 ? [] : MAP_UPDATE.decode(mapUpdate).added;
  const newcomers = before.joining ?? [];
  const name = mapName(map);
  const contents: ModelContents = {
    balances: { ...before.balances },
    queue: before.queue.slice(),
    sent: { ...before.sent },
    executed: { ...before.executed },
    version: before.version,
    ...(name === undefined ? {} : { map: name }),
    ...(before.birth === undefined ? {} : { birth: before.birth }),
    ...(added.length === 0 ? {} : { joining: added }),
  };
  const outbox = new Map<number, { versions: number[]; relays: Relay[]; state?: number }>();
  const batchTo = (to: number) => {
    const batch = outbox.get(to) ?? { versions: [], relays: [] };
    outbox.set(to, batch);
    return batch;
  };
  const emit = (from: number, to: number, amount: number, hops: number) => {
    const pair = `${from}>${to}`;
    const number = (contents.sent[pair] ?? 0) + 1;
    contents.sent[pair] = number;
    contents.balances[from]! -= amount;
    const relay = { from, to, number, amount, hops, needs: contents.version };
    if (ownerOf(world, to) === group) contents.queue.push(relay);
    else batchTo(ownerOf(world, to)).relays.push(relay);
  };
  for (const source of sources) {
    if (source.leaf.length === 0) continue;
    const batch = decodeBatch(source.leaf);
    if (batch.state !== undefined) {
      if (contents.version !== 0)
        violation(`STATE: version ${batch.state} told to group ${group} at ${contents.version}`);
      contents.version = batch.state;
    }
    for (const version of batch.versions) {
      if (version !== contents.version + 1)
        violation(`DELTA: version ${version} on ${contents.version} in group ${group}`);
      contents.version = version;
    }
    contents.queue.push(...batch.relays);
  }
  for (let i = 0; i < world.relaysPerBlock; i++) {
    const relay = contents.queue.shift();
    if (relay === undefined) break;
    const pair = `${relay.from}>${relay.to}`;
    const expected = (contents.executed[pair] ?? 0) + 1;
    if (relay.number !== expected) violation(`ORDER: ${pair} expected ${expected}, got ${relay.number}`);
    if (relay.needs > contents.version) {
      violation(`CAUSALITY: relay ${pair} needs version ${relay.needs}, group ${group} has ${contents.version}`);
    }
    contents.executed[pair] = relay.number;
    contents.balances[relay.to]! += relay.amount;
    if (relay.hops > 0) {
      const accounts = world.groups * world.accountsPerGroup;
      emit(relay.to, (relay.to * 7 + relay.from * 3 + relay.number) % accounts, relay.amount, relay.hops - 1);
    }
  }
  return {
    transact(t: ModelTransaction): boolean {
      if (ownerOf(world, t.from) !== group || (contents.balances[t.from] ?? 0) < t.amount) return false;
      if (group === 0 && t.salt % 3 === 0) {
        contents.version++;
        const told = map.groups.filter((g) => g !== 0 && !added.includes(g) && !newcomers.includes(g));
        for (const g of told) batchTo(g).versions.push(contents.version);
      }
      emit(t.from, t.to, t.amount, t.hops);
      return true;
    },
    finish(): { contents: ModelContents; leaves: { group: number; leaf: Uint8Array }[] } {
      if (world.tellsNewcomers && contents.version > 0) {
        for (const newcomer of newcomers) batchTo(newcomer).state = contents.version;
      }
      const leaves = [...outbox]
        .sort(([a], [b]) => a - b)
        .map(([to, batch]) => ({ group: to, leaf: encodeJson(batch) }));
      return { contents, leaves };
    },
  };
}

function outcomeOf(before: Uint8Array, after: Uint8Array, leaves: BlockOutcome['outbox']): BlockOutcome {
  const none = new Uint8Array(0);
  return { diff: after, undo: before, receipts: none, outbox: leaves, totals: none };
}

const TRANSACTION_BYTES = 12;

export function encodeTransaction(t: ModelTransaction): Uint8Array {
  const bytes = new Uint8Array(TRANSACTION_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, t.from, true);
  view.setUint16(2, t.to, true);
  view.setUint16(4, Math.min(t.amount, MAX_AMOUNT), true);
  view.setUint16(6, t.hops, true);
  view.setUint32(8, t.salt, true);
  return bytes;
}

function decodeTransaction(bytes: Uint8Array): ModelTransaction {
  if (bytes.length !== TRANSACTION_BYTES) throw new BlockInvalid('BAD_TRANSACTION');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    from: view.getUint16(0, true),
    to: view.getUint16(2, true),
    amount: view.getUint16(4, true),
    hops: view.getUint16(6, true),
    salt: view.getUint32(8, true),
  };
}

export function decodeBatch(leaf: Uint8Array): ModelBatch {
  return decodeJson(leaf) as ModelBatch;
}

export function decodeContents(bytes: Uint8Array): ModelContents {
  return decodeJson(bytes) as ModelContents;
}

export function encodeContents(contents: ModelContents): Uint8Array {
  return encodeJson({
    balances: sorted(contents.balances),
    queue: contents.queue,
    sent: sorted(contents.sent),
    executed: sorted(contents.executed),
    version: contents.version,
    map: contents.map,
    birth: contents.birth,
    joining: contents.joining,
  });
}

function sorted(record: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}
