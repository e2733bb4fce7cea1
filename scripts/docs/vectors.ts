// What the text of docs/protocol.md claims, computed by the node's own code from fixed values.
import { receiptsRoot } from '@rexnet/node/chain/effects.ts';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { genesisHeader, joinedHeader } from '@rexnet/node/chain/genesis-block.ts';
import { deriveKey, signer } from '@rexnet/node/chain/keys.ts';
import { mapAfter, proveUpdate, signAddition, updateLeaf } from '@rexnet/node/chain/map-update.ts';
import { batchHash, outboxTree } from '@rexnet/node/chain/outbox-proof.ts';
import { relayId } from '@rexnet/node/chain/relay.ts';
import { Accumulators, checkpointOf, foldAccumulator } from '@rexnet/node/chain/state.ts';
import { WITNESS } from '@rexnet/node/consensus/auxpow-layouts.ts';
import { chainSlot, encodeCommitment, MergedTree } from '@rexnet/node/consensus/commitment.ts';
import { nextTarget } from '@rexnet/node/consensus/difficulty.ts';
import { HeaderEntry } from '@rexnet/node/consensus/header-entry.ts';
import { HeaderTree } from '@rexnet/node/consensus/header-tree.ts';
import { judgeReading } from '@rexnet/node/consensus/reading.ts';
import { targetFromBits, workOfTarget } from '@rexnet/node/consensus/target.ts';
import { formatAddress, partitionOf } from '@rexnet/node/core/address.ts';
import { concatBytes, toHex, viewOf } from '@rexnet/node/core/bytes.ts';
import { acceptedByZip215 } from '@rexnet/node/core/ed25519.ts';
import { sha256, sha256d, taggedHash } from '@rexnet/node/core/hash.ts';
import { GENESIS, HEADER, type Header, SYSTEM } from '@rexnet/node/core/layouts.ts';
import { listRoot, SlotTree } from '@rexnet/node/core/merkle.ts';
import { buildCoinbase } from '@rexnet/node/miner/coinbase.ts';
import { ALICE, BOB, ENTRIES, GENESIS_SAMPLE, HEADER_SAMPLE, run, SYSTEM_SAMPLE } from './samples.ts';

type Json = null | boolean | number | string | bigint | Uint8Array | readonly Json[] | { readonly [key: string]: Json };

const utf8 = new TextEncoder();

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => run(32, i + 1));
}

function hashVectors(): Json {
  const message = utf8.encode('rexnet');
  return {
    message,
    H: sha256(message),
    Hd: sha256d(message),
    tag: 'rexnet/batch',
    tagged: taggedHash('rexnet/batch', message),
  };
}

function slotVector(): Json {
  const leaves = leavesOf(3);
  const tree = new SlotTree(leaves, 3);
  return { leaves, depth: 3, root: tree.root, slot: 2, path: tree.path(2), emptyRoot: new SlotTree([], 3).root };
}

function outboxVector(): Json {
  const leaves = [{ group: 2, leaf: utf8.encode('a batch') }];
  return {
    depth: 2,
    group: 2,
    batch: leaves[0]!.leaf,
    leaf: batchHash(leaves[0]!.leaf),
    root: outboxTree(leaves, 2).root,
    emptyRoot: outboxTree([], 2).root,
  };
}

function genesisVector(): Json {
  const bytes = GENESIS.encode(GENESIS_SAMPLE);
  const network = readGenesis(bytes);
  const { secret, publicKey } = deriveKey(GENESIS_SAMPLE.seed, 'alice');
  return {
    bytes,
    id: network.id,
    networkId: network.networkId,
    mapHash: network.firstMap.hash,
    headers: [0, 1].map((group) => genesisHeader(network, group)),
    ids: [0, 1].map((group) => sha256d(genesisHeader(network, group))),
    alice: { secret, publicKey },
  };
}

/** The network of the genesis sample with a governance key whose secret is known adds group 2. */
function mapUpdateVector(): Json {
  const { secret, publicKey } = deriveKey(GENESIS_SAMPLE.seed, 'governance');
  const network = readGenesis(GENESIS.encode({ ...GENESIS_SAMPLE, governance: publicKey }));
  const { firstMap, networkId } = network;
  const update = signAddition(firstMap, 1, networkId, signer(secret));
  const map = mapAfter(firstMap, update, { networkId, publicKey, accepts: acceptedByZip215 });
  if (typeof map === 'string') throw new Error(map);
  const leaf = updateLeaf(update);
  const leaves = [leaf, run(32, 1), run(32, 2)];
  const read = [
    { group: 0, height: 9, id: run(32, 3) },
    { group: 1, height: 7, id: run(32, 4) },
  ];
  const timestampMs = 1_700_000_002_000;
  const header = joinedHeader(network, 2, { map, read }, timestampMs);
  return {
    networkId,
    publicKey,
    before: firstMap.hash,
    update,
    after: map.hash,
    leaf,
    leaves,
    root: listRoot(leaves),
    proven: proveUpdate(update, leaves),
    joined: { group: 2, read, timestampMs, header, id: sha256d(header) },
  };
}

function targetVectors(): Json {
  return [0x1f41_8937, 0x207f_ffff, 0x1d00_ffff].map((bits) => {
    const target = targetFromBits(bits)!;
    return { bits, target: target.toString(16).padStart(64, '0'), work: workOfTarget(target) };
  });
}

function asertVectors(): Json {
  const params = { difficulty: 1, floorTarget: 0x1f41_8937, halfLifeMs: 60_000, blockIntervalMs: 1_000 };
  const parent = { target: 0x1e10_0000 };
  return [1_000, 1_250, 2_000, 61_250, 3_600_000].map((spacingMs) => ({
    ...params,
    height: 3,
    parentTarget: parent.target,
    spacingMs,
    target: nextTarget(params, 3, { timestampMs: spacingMs, ...parent }, { timestampMs: 0, ...parent }),
  }));
}

function stateVector(): Json {
  const accumulators = new Accumulators(4);
  const acc = foldAccumulator(new Uint8Array(32), 8, ENTRIES);
  accumulators.set(3, acc);
  const system = SYSTEM.encode(SYSTEM_SAMPLE);
  return {
    partitions: 4,
    partition: 3,
    height: 8,
    diff: ENTRIES,
    accumulator: acc,
    system,
    stateRoot: accumulators.stateRoot(system),
  };
}

function checkpointVector(): Json {
  const none = new Uint8Array(0);
  return { partitions: 4, partition: 3, cells: ENTRIES, root: checkpointOf((p) => (p === 3 ? ENTRIES : none), 4) };
}

function witnessVector(): Json {
  const id = sha256d(HEADER.encode(HEADER_SAMPLE));
  const [nonce, chainIdBase, height] = [5, 0x5258, 2];
  const slot = chainSlot(nonce, chainIdBase + HEADER_SAMPLE.group, height);
  const tree = new MergedTree(Array.from({ length: 4 }, (_, i) => (i === slot ? id : new Uint8Array(32))));
  const { stripped } = buildCoinbase({
    height: 100,
    commitment: encodeCommitment({ root: tree.root, size: 4, nonce }),
    extraNonce: run(4, 1),
    rewardSat: 5_000_000_000n,
    payoutScript: Uint8Array.of(0x51),
  });
  const sibling = run(32, 9);
  const parentHeader = new Uint8Array(80);
  parentHeader.set(sha256d(concatBytes([sha256d(stripped), sibling])), 36);
  viewOf(parentHeader).setUint32(68, Math.floor(HEADER_SAMPLE.timestampMs / 1_000), true);
  viewOf(parentHeader).setUint32(72, 0x207f_ffff, true);
  const witness = WITNESS.encode({
    parentHeader,
    coinbase: stripped,
    coinbaseBranch: [sibling],
    chainBranch: tree.branch(slot),
  });
  return { header: HEADER.encode(HEADER_SAMPLE), target: 0x2100_ffff, blockId: id, chainIdBase, slot, witness };
}

/** Group 1's block has read group 2's, so group 0 must read that first. */
function readingVector(): Json {
  const header = (group: number, height: number): Header => ({
    ...HEADER_SAMPLE,
    group,
    height,
    timestampMs: height,
    reads: [],
  });
  const entryOf = (group: number, height: number, parent?: HeaderEntry, read?: HeaderEntry): HeaderEntry =>
    new HeaderEntry({
      id: run(32, group * 16 + height),
      header: header(group, height),
      bytes: new Uint8Array(0),
      witness: new Uint8Array(0),
      parent,
      ownWork: 1n,
      reads: read === undefined ? [] : [read],
      readingOrder: [],
    });
  const genesis = [0, 1, 2].map((group) => entryOf(group, 0));
  const tree = new HeaderTree(genesis);
  const second = entryOf(2, 1, genesis[2]!);
  const first = entryOf(1, 1, genesis[1]!, second);
  for (const entry of [second, first]) tree.add(entry);
  const reading = judgeReading({ parent: genesis[0]!, timestampMs: 1, newest: [first, second], confirmations: 0 });
  const place = ({ group, height }: HeaderEntry): Json => ({ group, height });
  return {
    reader: 0,
    blocks: [
      { block: place(first), reads: [place(second)] },
      { block: place(second), reads: [] },
    ],
    reads: [place(first), place(second)],
    order: reading.kind === 'ok' ? reading.order.map(place) : [],
  };
}

export const VECTORS: Readonly<Record<string, () => Json>> = {
  address: () => ({ key: ALICE.subarray(0, 32), address: ALICE, text: formatAddress(ALICE) }),
  partition: () =>
    [ALICE, run(4, 1), run(8, 1), run(16, 1), run(64, 1)].map((key) => ({
      key,
      partitions: 256,
      partition: partitionOf(key, 256),
    })),
  hashes: hashVectors,
  relayId: () =>
    [
      { emitter: run(32, 1), root: run(32, 1) },
      { emitter: new Uint8Array(32).fill(255), root: new Uint8Array(32).fill(255) },
      { emitter: run(32, 2), root: run(32, 1) },
    ].map(({ emitter, root }) => ({ emitter, root, index: 258, id: relayId(emitter, root, 258) })),
  listRoot: () => [0, 1, 2, 3, 5].map((count) => ({ leaves: leavesOf(count), root: listRoot(leavesOf(count)) })),
  slotTree: slotVector,
  genesis: genesisVector,
  receiptsRoot: () => ({
    bytes: run(184, 0),
    count: 65,
    root: receiptsRoot(concatBytes(Array.from({ length: 65 }, () => run(184, 0)))),
  }),
  outboxRoot: outboxVector,
  mapUpdate: mapUpdateVector,
  targets: targetVectors,
  asert: asertVectors,
  reading: readingVector,
  witness: witnessVector,
  entry: () => ({ address: ALICE, gone: BOB, entries: ENTRIES }),
  stateRoot: stateVector,
  checkpoint: checkpointVector,
};

/** A fenced line of JSON that programs find again. */
export function renderVector(name: string, value: Json): string {
  return fenced({ vector: name, value: plain(value) });
}

export function renderLayout(name: string, bytes: Uint8Array): string {
  return fenced({ layout: name, bytes: toHex(bytes) });
}

function fenced(value: unknown): string {
  return ['```json', JSON.stringify(value), '```'].join('\n');
}

function plain(value: Json): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  }
  return value;
}
