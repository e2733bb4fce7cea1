// Makes data folders for tests by the node's own code: a few groups with tokens and money moving, real witnesses over an easy
// target, a stale branch. No sockets, no clock.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { proveLeaf } from '@rexnet/node/chain/outbox-proof.ts';
import { outboxDepth } from '@rexnet/node/chain/shard-map.ts';
import { type MinedBlock, opOf, type Shipped, shipped, type User, World } from '@rexnet/node/chain/testing/world.ts';
import { WITNESS } from '@rexnet/node/consensus/auxpow-layouts.ts';
import { chainSlot, encodeCommitment, MergedTree } from '@rexnet/node/consensus/commitment.ts';
import { meetsTarget, targetFromBits } from '@rexnet/node/consensus/target.ts';
import { concatBytes, toHex } from '@rexnet/node/core/bytes.ts';
import { sha256d } from '@rexnet/node/core/hash.ts';
import { BODY, GENESIS, PROVEN_LEAF } from '@rexnet/node/core/layouts.ts';
import { buildCoinbase } from '@rexnet/node/miner/coinbase.ts';
import { leavesInBody } from '@rexnet/node/store/body-leaves.ts';
import { ChainStore } from '@rexnet/node/store/chain-store.ts';
import { encodeArgs, findFunction, type Json } from '@rexnet/preda/index.ts';

const TREE_HEIGHT = 3;
const GROUPS = 3;
const FLOOR_HASHES = 1_000n;
const CHECKPOINT_EVERY = 4;
/** The group whose values go to the log from this size on; the others keep what is so small in the database. */
export const LOGGED_GROUP = 1;
const LOGGED_FROM_BYTES = 300;

export interface StoredNetwork {
  readonly genesis: string;
  /** One data folder per group. */
  readonly folders: readonly string[];
}

/** `random` decides who pays whom; a group joins half-way when one is asked for. */
export async function storeNetwork(
  dir: string,
  rounds: number,
  random: () => number,
  joins = false,
): Promise<StoredNetwork> {
  const token = shipped('token');
  const world = new World({
    groups: GROUPS,
    chain: { confirmations: 0 },
    constants: { floorHashes: FLOOR_HASHES, checkpointEvery: CHECKPOINT_EVERY },
    bare: true,
  });
  const stale = runStory(world, token, rounds, random, joins);
  mkdirSync(dir, { recursive: true });
  const genesis = join(dir, 'genesis.bin');
  writeFileSync(genesis, genesisBytes(world));
  const witnesses = new Map<string, Uint8Array>();
  const folders = world.lines.map((_, group) => join(dir, `g${group}`));
  for (const [group, folder] of folders.entries()) await store(world, group, folder, stale, witnesses);
  return { genesis, folders };
}

/** The genesis the world was made with. */
function genesisBytes({ network }: World): Uint8Array {
  return GENESIS.encode(network.genesis);
}

/** Deploys the token, hands it out, lets everybody pay. Answers a block that was left behind. */
function runStory(world: World, token: Shipped, rounds: number, random: () => number, joins: boolean): MinedBlock {
  const owner = world.users[0]!;
  const call = (user: User, fn: string, values: Json, gasLimit: bigint): Uint8Array =>
    world.transaction(user, {
      contract: 1n,
      op: opOf(token.abi, fn),
      args: argsOf(token, fn, values),
      gasLimit,
    });
  const onDeploy = argsOf(token, 'on_deploy', ['T', '1000000', toHex(owner.address)]);
  round(world, [[owner, world.deploy(owner, 'Cash', token.source, onDeploy)]]);
  world.settle();
  const others = world.users.slice(1).map((user) => toHex(user.address));
  round(world, [[owner, call(owner, 'airdrop', [others, '1000'], 1_000_000n)]]);
  world.settle();
  const pick = (): User => world.users[Math.floor(random() * world.users.length)]!;
  const pay = (): [User, Uint8Array] => {
    const [from, to] = [pick(), pick()];
    const amount = Math.floor(random() * 1_200);
    if (random() < 0.5) return [from, world.transfer(from, to.address, BigInt(amount))];
    return [from, call(from, 'transfer', [toHex(to.address), `${amount}`], 100_000n)];
  };
  const half = Math.floor(rounds / 2);
  for (let i = 0; i < half; i++) round(world, [pay(), pay(), pay(), pay(), pay()]);
  const stale = leaveBehind(world, GROUPS - 1, pick);
  if (joins) world.adopt();
  for (let i = half; i < rounds; i++) round(world, [pay(), pay(), pay(), pay(), pay()]);
  return stale;
}

function argsOf(contract: Shipped, fn: string, values: Json): Uint8Array {
  return encodeArgs(contract.abi, findFunction(contract.abi, fn)!, values);
}

/** One block of every group, in the order of their ids. */
function round(world: World, transactions: readonly (readonly [User, Uint8Array])[]): void {
  for (const group of world.lines.keys()) {
    world.mine(group, {
      transactions: transactions.filter(([user]) => user.group === group).map(([, bytes]) => bytes),
    });
  }
}

/** A block of the last group that nobody builds on. */
function leaveBehind(world: World, group: number, pick: () => User): MinedBlock {
  const line = world.lines[group]!;
  const cursors = new Map(line.cursors);
  let user = pick();
  while (user.group !== group) user = pick();
  const block = world.mine(group, { transactions: [world.transfer(user, pick().address, 77n)] });
  user.nonce--;
  line.builder.undo(block.outcome.undo);
  line.blocks.pop();
  line.cursors.clear();
  for (const [source, height] of cursors) line.cursors.set(source, height);
  return block;
}

async function store(
  world: World,
  group: number,
  folder: string,
  stale: MinedBlock,
  witnesses: Map<string, Uint8Array>,
): Promise<void> {
  const inline = group === LOGGED_GROUP ? { inlineBytes: LOGGED_FROM_BYTES } : {};
  const chain = new ChainStore(folder, { genesisId: toHex(world.network.id), group }, inline);
  chain.commit(() => {
    for (const block of [...world.lines.flatMap(({ blocks }) => blocks), stale]) {
      const { header, id, headerBytes } = block;
      const witness = witnesses.get(toHex(id)) ?? concatBytes([witnessOf(world, block), block.shownUpdate]);
      witnesses.set(toHex(id), witness);
      chain.putHeader({ group: header.group, height: header.height, id, header: headerBytes, witness });
      if (header.group !== group)
        chain.putLeaf(id, PROVEN_LEAF.encode(proveLeaf(block.outcome.outbox, outboxDepth(block.map), group)));
    }
    const executed = stale.header.group === group ? [stale] : [];
    for (const block of [...executed, ...world.lines[group]!.blocks]) {
      chain.putExecuted({
        height: block.header.height,
        id: block.id,
        body: block.bodyBytes,
        outcome: block.outcome,
        leaves: leavesInBody(block.bodyBytes, BODY.decode(block.bodyBytes), sourcesOf(block)),
      });
    }
    const { builder, blocks } = world.lines[group]!;
    chain.putSnapshot({ height: builder.height, id: blocks.at(-1)!.id, bytes: builder.snapshot() });
  });
  await chain.close();
}

/** In the order of its batches. */
function sourcesOf({ sources }: MinedBlock): Uint8Array[] {
  return sources.toSorted((a, b) => a.group - b.group || a.height - b.height).map(({ id }) => id);
}

/** Work for one block, as a miner would do it. */
function witnessOf({ network }: World, { header, id }: MinedBlock): Uint8Array {
  const target = targetFromBits(header.target)!;
  const nonce = header.height;
  const slot = chainSlot(nonce, network.genesis.chainIdBase + header.group, TREE_HEIGHT);
  const leaves = Array.from({ length: 2 ** TREE_HEIGHT }, (_, i) => (i === slot ? id : sha256d(Uint8Array.of(i))));
  const tree = new MergedTree(leaves);
  const coinbase = buildCoinbase({
    height: header.height,
    commitment: encodeCommitment({ root: tree.root, size: leaves.length, nonce }),
    extraNonce: Uint8Array.of(1, 2, 3, 4),
    rewardSat: 5_000_000_000n,
    payoutScript: Uint8Array.of(0x51),
  });
  const sibling = sha256d(id);
  const parent = Buffer.alloc(80);
  parent.writeInt32LE(0x2000_0000, 0);
  parent.set(sha256d(Buffer.concat([sha256d(coinbase.stripped), sibling])), 36);
  parent.writeUInt32LE(Math.floor(header.timestampMs / 1_000), 68);
  parent.writeUInt32LE(0x207f_ffff, 72);
  for (let tried = 0; !meetsTarget(sha256d(parent), target); tried++) parent.writeUInt32LE(tried, 76);
  return WITNESS.encode({
    parentHeader: parent,
    coinbase: coinbase.stripped,
    coinbaseBranch: [sibling],
    chainBranch: tree.branch(slot),
  });
}
