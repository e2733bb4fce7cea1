// A few groups without network, clock or proof of work, for tests of the chain: leaves are handed over by the test, and every
// block is built by one state and judged by another.
import { readFileSync } from 'node:fs';
import { type Abi, compile } from '@rexnet/preda/index.ts';
import type { BitcoinTree } from '../../consensus/bitcoin-tree.ts';
import { addressOf, partitionOf } from '../../core/address.ts';
import { equalBytes } from '../../core/bytes.ts';
import { acceptedByZip215 } from '../../core/ed25519.ts';
import { sha256d } from '../../core/hash.ts';
import { BODY, DEPLOY_ARGS, HEADER, type Header, RECEIPT, RECEIPT_BYTES, type Receipt } from '../../core/layouts.ts';
import { SCOPE } from '../../core/scopes.ts';
import { Machine } from '../../vm/machine.ts';
import { predaCompiler } from '../contract-compiler.ts';
import {
  type ChainSpec,
  type Constants,
  DEFAULT_CHAIN,
  type FundedAccount,
  makeGenesis,
  type Network,
  readGenesis,
} from '../genesis.ts';
import { genesisHeader, joinedHeader } from '../genesis-block.ts';
import { GroupState, type GroupStateParts, type StoredState } from '../group-state.ts';
import { type DerivedKey, deriveKey, signer } from '../keys.ts';
import { mapAfter, signAddition } from '../map-update.ts';
import { proveLeaf } from '../outbox-proof.ts';
import type { Birth, BlockInput, BlockOutcome, BlockPlan, SourceBlock } from '../ports.ts';
import { outboxDepth, ownerOf, type ShardMap } from '../shard-map.ts';
import { StateCheck } from '../state-check.ts';
import { headerOf } from '../template.ts';
import { signTransaction, TRANSACTION_KIND, type TransactionFields } from '../transaction.ts';

/** Signs map updates of every world. */
export const GOVERNANCE: DerivedKey = deriveKey(1, 'governance');
const COMPILER_HASH = new Uint8Array(32).fill(7);
export const USERS = 24;
export const USER_AMOUNT = 1_000_000_000_000n;

export interface WorldOptions {
  readonly groups: number;
  readonly chain?: Partial<ChainSpec>;
  readonly constants?: Partial<Constants>;
  readonly users?: number;
  /** Funded besides the users. */
  readonly accounts?: readonly FundedAccount[];
  /** Empty tree of Bitcoin headers for states of group 0. */
  readonly bitcoin?: () => BitcoinTree;
  /** As a node runs: no second state judges, no guard, no check of live memory. */
  readonly bare?: boolean;
  /** Of the compiler that nodes have, for networks that a program is to open. */
  readonly compilerHash?: Uint8Array;
}

export interface MinedBlock extends BlockInput {
  readonly outcome: BlockOutcome;
  /** Goes behind its witness. */
  readonly shownUpdate: Uint8Array;
  readonly receipts: readonly Receipt[];
}

export interface User extends DerivedKey {
  readonly group: number;
  nonce: bigint;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export interface MineOptions {
  readonly transactions?: readonly Uint8Array[];
  /** Groups to read from, up to their newest blocks; all others unless said otherwise. */
  readonly read?: readonly number[];
  readonly miner?: Uint8Array;
  readonly bitcoinHeaders?: readonly Uint8Array[];
  /** Group 0: the update and the map it leads to. */
  readonly update?: Update;
}

/** A map update and the map after it. */
export interface Update {
  readonly update: Uint8Array;
  readonly map: ShardMap;
}

interface Line {
  readonly builder: GroupState;
  readonly judge: GroupState | undefined;
  readonly blocks: MinedBlock[];
  readonly genesis: { readonly id: Uint8Array; readonly header: Header };
  /** Height read per source. */
  readonly cursors: Map<number, number>;
}

const VALID_UNTIL_MS = 10_000_000;
const NO_BYTES = new Uint8Array(0);
export const MINER: Uint8Array = addressOf(new Uint8Array(32).fill(9));

export class World {
  readonly network: Network;
  readonly users: readonly User[];
  readonly lines: Line[];
  /** Of the newest block of group 0. */
  map: ShardMap;
  readonly #maps = new Map<number, ShardMap>();
  readonly #bare: boolean;
  readonly #bitcoin: (() => BitcoinTree) | undefined;

  constructor(options: WorldOptions) {
    this.#bare = options.bare === true;
    this.#bitcoin = options.bitcoin;
    const keys = Array.from({ length: options.users ?? USERS }, (_, i) => deriveKey(1, `user/${i}`));
    const accounts: FundedAccount[] = keys.map(({ address }) => ({ address, amount: USER_AMOUNT }));
    this.network = readGenesis(
      makeGenesis({
        chain: { ...DEFAULT_CHAIN, partitions: 16, ...options.chain },
        groups: options.groups,
        seed: 1,
        governance: GOVERNANCE.publicKey,
        compilerHash: options.compilerHash ?? COMPILER_HASH,
        bitcoinIntervalMs: 10_000,
        accounts: [...accounts, ...(options.accounts ?? [])],
        constants: { checkpointEvery: 4, ...options.constants },
      }),
    );
    this.users = keys.map((key) => ({ ...key, group: this.groupOf(key.address), nonce: 0n, sign: signer(key.secret) }));
    this.map = this.network.firstMap;
    this.#maps.set(0, this.map);
    this.lines = Array.from({ length: options.groups }, (_, group) =>
      this.#line(group, genesisHeader(this.network, group)),
    );
  }

  #line(group: number, bytes: Uint8Array, birth?: Birth): Line {
    const [builder, judge] = [this.state(group), this.#bare ? undefined : this.state(group)];
    if (birth !== undefined) for (const state of [builder, judge]) state?.begin(birth);
    const cursors = new Map((birth?.read ?? []).map((read) => [read.group, read.height]));
    return { builder, judge, blocks: [], genesis: { id: sha256d(bytes), header: HEADER.decode(bytes) }, cursors };
  }

  /** An update that adds the next group, and the map after it. */
  addition(): Update {
    const { networkId } = this.network;
    const update = signAddition(this.map, 1, networkId, signer(GOVERNANCE.secret));
    const map = mapAfter(this.map, update, { networkId, publicKey: GOVERNANCE.publicKey, accepts: acceptedByZip215 });
    if (typeof map === 'string') throw new Error(map);
    return { update, map };
  }

  /** Group 0 adopts what an update adds; the lines of the groups begin. It reads nothing. */
  adopt(update: Update = this.addition()): MinedBlock {
    const block = this.mine(0, { read: [], update });
    this.map = update.map;
    this.#maps.set(update.map.epoch, update.map);
    const own = { group: 0, height: block.header.height, id: block.id };
    const others = [...this.lines[0]!.cursors].map(([group, height]) => ({
      group,
      height,
      id: this.#idAt(group, height),
    }));
    const birth = { map: update.map, read: [own, ...others].sort((a, b) => a.group - b.group) };
    for (const group of update.map.groups.slice(this.lines.length)) {
      this.lines.push(this.#line(group, joinedHeader(this.network, group, birth, block.header.timestampMs), birth));
    }
    return block;
  }

  #idAt(group: number, height: number): Uint8Array {
    return this.lines[group]!.blocks[height - 1]!.id;
  }

  get partitions(): number {
    return this.network.genesis.partitions;
  }

  groupOf(address: Uint8Array): number {
    return ownerOf(this.network.firstMap, partitionOf(address, this.partitions));
  }

  /** A fresh state of a group; its private index key differs every time. */
  state(
    group: number,
    stored?: StoredState,
    firstBadSignature: GroupStateParts['firstBadSignature'] = () => -1,
  ): GroupState {
    const { genesis } = this.network;
    machines++;
    const machine = Machine.create({
      partitions: genesis.partitions,
      seed: new Uint8Array(32).fill(machines & 255),
      guard: !this.#bare,
      maxRelays: genesis.maxRelays,
      maxStateBytes: genesis.maxStateBytes,
    });
    const check = new StateCheck(genesis.partitions, genesis.maxReorg);
    const parts = {
      network: this.network,
      group,
      machine,
      compile: predaCompiler({ ...genesis, guard: !this.#bare }),
      firstBadSignature,
      ...(this.#bare ? {} : { check }),
      ...(group === 0 && this.#bitcoin !== undefined ? { bitcoin: this.#bitcoin() } : {}),
    };
    const state = new GroupState(parts, stored);
    machineOf.set(state, machine);
    return state;
  }

  machine(state: GroupState): Machine {
    return machineOf.get(state)!;
  }

  tipId(group: number): Uint8Array {
    const { blocks, genesis } = this.lines[group]!;
    return blocks.at(-1)?.id ?? genesis.id;
  }

  /** Builds the next block of a group and has it judged. */
  mine(group: number, options: MineOptions = {}): MinedBlock {
    const line = this.lines[group]!;
    const plan = this.plan(group, options);
    const built = line.builder.build(plan);
    line.builder.commitStaged();
    const header = headerOf(plan, built, this.network.networkId);
    const headerBytes = HEADER.encode(header);
    const body = BODY.decode(built.bodyBytes);
    const block: MinedBlock = {
      id: sha256d(headerBytes),
      header,
      headerBytes,
      map: plan.map,
      body,
      bodyBytes: built.bodyBytes,
      sources: plan.sources,
      outcome: built.outcome,
      shownUpdate: built.shownUpdate,
      receipts: decodeReceipts(built.outcome.receipts),
    };
    if (line.judge !== undefined) this.#judge(line.judge, block);
    line.blocks.push(block);
    for (const { group: source, height } of plan.reads) line.cursors.set(source, height);
    return block;
  }

  plan(group: number, options: MineOptions = {}): BlockPlan {
    const line = this.lines[group]!;
    const height = line.blocks.length + 1;
    // Whom a block adopts the next one may read.
    const known = group === 0 ? this.map : this.#mapRead(line, undefined);
    const read = options.read ?? known.groups.filter((g) => g !== group);
    const queues = [...read].sort((a, b) => a - b).map((source) => this.#unread(line, group, source));
    const sources = this.#inReadingOrder(group, queues);
    const newest = new Map(sources.map((s) => [s.group, s]));
    const map = options.update?.map ?? (group === 0 ? this.map : this.#mapRead(line, newest.get(0)));
    return {
      group,
      height,
      parent: this.tipId(group),
      timestampMs: this.#timeOf(line, [...newest.values()]),
      target: this.network.genesis.floorTarget,
      map,
      miner: options.miner ?? MINER,
      reads: [...newest.values()]
        .sort((a, b) => a.group - b.group)
        .map(({ group: g, height: h, id }) => ({ group: g, height: h, id })),
      sources,
      content: {
        mapUpdate: options.update?.update ?? NO_BYTES,
        bitcoinHeaders: options.bitcoinHeaders ?? [],
        transactions: options.transactions ?? [],
      },
    };
  }

  /** Mines all groups round and round until no relay waits or travels. */
  settle(rounds = 12): MinedBlock[] {
    const out: MinedBlock[] = [];
    for (let i = 0; i < rounds; i++) {
      const round = this.lines.map((_, group) => this.mine(group));
      out.push(...round);
      const quiet = round.every((b) => b.outcome.outbox.length === 0 && b.receipts.length === 0);
      if (quiet && this.lines.every(({ builder }) => builder.queuedRelays === 0)) return out;
    }
    throw new Error('the world does not come to rest');
  }

  transaction(user: User, fields: Partial<TransactionFields>, nonce: bigint = user.nonce++): Uint8Array {
    const all: TransactionFields = {
      kind: TRANSACTION_KIND.call,
      sender: user.publicKey,
      nonce,
      validUntilMs: VALID_UNTIL_MS,
      gasLimit: 100_000n,
      gasPrice: 1n,
      contract: 0n,
      op: 0,
      target: { scope: SCOPE.address, key: user.address },
      args: NO_BYTES,
      ...fields,
    };
    return signTransaction(all, this.network.networkId, user.sign);
  }

  transfer(user: User, to: Uint8Array, amount: bigint, fields: Partial<TransactionFields> = {}): Uint8Array {
    const args = new Uint8Array(8);
    new DataView(args.buffer).setBigUint64(0, amount, true);
    return this.transaction(user, {
      kind: TRANSACTION_KIND.transfer,
      target: { scope: SCOPE.account, key: to },
      args,
      ...fields,
    });
  }

  deploy(
    user: User,
    dapp: string,
    source: string,
    args: Uint8Array,
    fields: Partial<TransactionFields> = {},
  ): Uint8Array {
    return this.transaction(user, {
      kind: TRANSACTION_KIND.deploy,
      gasLimit: 1_500_000n,
      target: { scope: SCOPE.global, key: NO_BYTES },
      args: DEPLOY_ARGS.encode({ dapp, source, args }),
      ...fields,
    });
  }

  balance(address: Uint8Array): bigint {
    const { builder } = this.lines[this.groupOf(address)]!;
    return this.machine(builder).account(address).balance;
  }

  /** Σ balances of users and miner. */
  balances(): bigint {
    return [...this.users.map((u) => u.address), MINER].reduce((sum, a) => sum + this.balance(a), 0n);
  }

  #judge(judge: GroupState, block: MinedBlock): void {
    const body = judge.readBody(block.header, block.bodyBytes);
    if (body === undefined) throw new Error('the body does not match its header');
    const outcome = judge.apply({ ...block, body });
    for (const name of ['diff', 'receipts', 'totals'] as const) {
      if (!equalBytes(outcome[name], block.outcome[name])) throw new Error(`builder and judge differ in ${name}`);
    }
  }

  /** That of the newest block of group 0 a line has read, this block's reads included. */
  #mapRead({ cursors, genesis }: Line, read: SourceBlock | undefined): ShardMap {
    const height = read?.height ?? cursors.get(0) ?? 0;
    const epoch = height === 0 ? genesis.header.epoch : this.lines[0]!.blocks[height - 1]!.header.epoch;
    return this.#maps.get(epoch)!;
  }

  /** A second after its parent, and not before what it reads. */
  #timeOf({ blocks, genesis }: Line, reads: readonly SourceBlock[]): number {
    const parentMs = (blocks.at(-1)?.header ?? genesis.header).timestampMs;
    const times = reads.map(({ group, height }) => this.lines[group]!.blocks[height - 1]!.header.timestampMs);
    return Math.max(parentMs + 1_000, ...times);
  }

  /** Again and again the lowest source whose next block's own past is read; what may not be read yet is left for later. */
  #inReadingOrder(reader: number, queues: readonly SourceBlock[][]): SourceBlock[] {
    const cursors = new Map(this.lines[reader]!.cursors);
    const order: SourceBlock[] = [];
    for (;;) {
      const next = queues.find(([first]) => first !== undefined && this.#pastIsRead(reader, first, cursors))?.shift();
      if (next === undefined) return order;
      cursors.set(next.group, next.height);
      order.push(next);
    }
  }

  #pastIsRead(reader: number, { group, height }: SourceBlock, cursors: ReadonlyMap<number, number>): boolean {
    const { reads } = this.lines[group]!.blocks[height - 1]!.header;
    return reads.every((read) => read.group === reader || read.height <= (cursors.get(read.group) ?? 0));
  }

  #unread(line: Line, reader: number, source: number): SourceBlock[] {
    const from = line.cursors.get(source) ?? 0;
    let seen = 0;
    return this.lines[source]!.blocks.flatMap((block): SourceBlock[] => {
      seen = block.header.reads.find((r) => r.group === reader)?.height ?? seen;
      if (block.header.height <= from) return [];
      const proven = proveLeaf(block.outcome.outbox, outboxDepth(block.map), reader);
      const { height, epoch, outboxRoot } = block.header;
      return [{ group: source, height, id: block.id, epoch, seen, outboxRoot, leaf: proven.leaf, path: proven.path }];
    });
  }
}

let machines = 0;
const machineOf = new WeakMap<GroupState, Machine>();

export function decodeReceipts(bytes: Uint8Array): Receipt[] {
  const out: Receipt[] = [];
  for (let at = 0; at < bytes.length; at += RECEIPT_BYTES)
    out.push(RECEIPT.decode(bytes.subarray(at, at + RECEIPT_BYTES)));
  return out;
}

export interface Shipped {
  readonly source: string;
  readonly abi: Abi;
}

/** A contract of `contracts/`. */
export function shipped(name: string): Shipped {
  const source = readFileSync(new URL(`../../../../contracts/${name}.prd`, import.meta.url), 'utf8');
  const result = compile(source);
  if (!result.ok) throw new Error(`${name} does not compile`);
  return { source, abi: result.abi };
}

export function opOf(abi: Abi, name: string): number {
  const found = abi.functions.find((f) => f.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found.op;
}
