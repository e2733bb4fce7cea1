// The second reader against the document it was written from: every layout decodes, every vector comes out the same.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hex, u32Bytes, ZEROS } from './bytes.ts';
import { addressOf, encodeEntry, entriesOf, partitionOf, recordOf } from './cells.ts';
import { batchLeaf, fold, listRoot, sha256, sha256d, tagged, treeRoot } from './hash.ts';
import {
  decodeBatch,
  decodeBody,
  decodeGenesis,
  decodeHeader,
  decodeProvenLeaf,
  decodeReceipt,
  decodeSystem,
  decodeTotals,
  decodeTransaction,
  decodeWitness,
} from './layouts.ts';
import { checkpointRoot, encodeSystem, foldAccumulator, genesisHeader, readNetwork, stateRoot } from './network.ts';
import { decodeProvenUpdate, mapAfter, shownUpdate, updateLeaf } from './shard-map.ts';
import { decodeBlockDiff, decodeSnapshot, decodeUndo } from './stored-layouts.ts';
import { expectedTarget, targetOf } from './target.ts';
import { witnessProblem } from './witness.ts';

const TEXT = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

interface Line {
  readonly layout?: string;
  readonly bytes?: string;
  readonly vector?: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of a document; each test below knows the shape of its own.
  readonly value?: any;
}

const LINES: readonly Line[] = [...TEXT.matchAll(/^```json\n(.*)\n```$/gm)].map(([, line]) => JSON.parse(line!));

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'hex');
}

function layoutBytes(name: string): Uint8Array {
  return bytes(LINES.find(({ layout }) => layout === name)!.bytes!);
}

const DECODERS: Readonly<Record<string, (b: Uint8Array) => unknown>> = {
  Genesis: decodeGenesis,
  Transaction: decodeTransaction,
  Header: decodeHeader,
  Body: decodeBody,
  ProvenLeaf: decodeProvenLeaf,
  Batch: decodeBatch,
  Receipt: decodeReceipt,
  Totals: decodeTotals,
  System: decodeSystem,
  BlockDiff: decodeBlockDiff,
  Snapshot: decodeSnapshot,
  Undo: decodeUndo,
  Witness: decodeWitness,
  ProvenUpdate: decodeProvenUpdate,
};

test('reads every layout, and refuses it cut or with a byte too many', () => {
  for (const [name, decode] of Object.entries(DECODERS)) {
    const good = layoutBytes(name);
    expect(() => decode(good), name).not.toThrow();
    expect(() => decode(good.subarray(1)), name).toThrow();
    expect(() => decode(good.subarray(0, -1)), name).toThrow();
    expect(() => decode(Buffer.concat([good, Uint8Array.of(0)])), name).toThrow();
  }
  expect(hex(encodeSystem(decodeSystem(layoutBytes('System'))))).toBe(hex(layoutBytes('System')));
});

// biome-ignore lint/suspicious/noExplicitAny: as above.
const VECTORS: Readonly<Record<string, (v: any) => void>> = {
  address: ({ key, address }) => expect(hex(addressOf(bytes(key)))).toBe(address),
  partition: (list) => {
    for (const { key, partitions, partition } of list) expect(partitionOf(bytes(key), partitions)).toBe(partition);
  },
  hashes: ({ message, H, Hd, tag, tagged: found }) => {
    expect(hex(sha256(bytes(message)))).toBe(H);
    expect(hex(sha256d(bytes(message)))).toBe(Hd);
    expect(hex(tagged(tag, bytes(message)))).toBe(found);
  },
  relayId: (list) => {
    for (const { emitter, root, index, id } of list) {
      const record = Buffer.alloc(200);
      record.writeUInt32LE(200, 0);
      record.set(bytes(emitter), 48);
      record.set(bytes(root), 80);
      record.set(u32Bytes(index), 188);
      expect(recordOf(record).id).toBe(id);
    }
  },
  listRoot: (list) => {
    for (const { leaves, root } of list) expect(hex(listRoot(leaves.map(bytes)))).toBe(root);
  },
  slotTree: ({ leaves, depth, root, slot, path, emptyRoot }) => {
    expect(hex(treeRoot(leaves.map(bytes), depth))).toBe(root);
    expect(hex(fold(bytes(leaves[slot]), slot, path.map(bytes), sha256))).toBe(root);
    expect(hex(treeRoot([], depth))).toBe(emptyRoot);
  },
  genesis: ({ bytes: text, id, networkId, mapHash, headers, ids }) => {
    const network = readNetwork(bytes(text));
    expect(hex(network.id)).toBe(id);
    expect(hex(network.networkId)).toBe(networkId);
    expect(hex(network.firstMap.hash)).toBe(mapHash);
    expect(network.firstMap.groups.map((group) => hex(genesisHeader(network, group)))).toEqual(headers);
    expect(network.firstMap.groups.map((group) => hex(sha256d(genesisHeader(network, group))))).toEqual(ids);
  },
  receiptsRoot: ({ bytes: text, count, root }) => {
    const all = Buffer.concat(Array.from({ length: count }, () => bytes(text)));
    expect(hex(listRoot([sha256(all.subarray(0, 64 * 184)), sha256(all.subarray(64 * 184))]))).toBe(root);
  },
  outboxRoot: ({ depth, group, batch, leaf, root, emptyRoot }) => {
    expect(hex(batchLeaf(bytes(batch)))).toBe(leaf);
    const leaves = Array.from({ length: group + 1 }, (_, i) => (i === group ? bytes(leaf) : ZEROS));
    expect(hex(treeRoot(leaves, depth))).toBe(root);
    expect(hex(treeRoot([], depth))).toBe(emptyRoot);
  },
  mapUpdate: ({ networkId, publicKey, before, update, after, leaf, leaves, root, proven, joined }) => {
    const genesis = decodeGenesis(layoutBytes('Genesis'));
    const network = readNetwork(layoutBytes('Genesis'));
    expect(hex(network.firstMap.hash)).toBe(before);
    const governance = { networkId: bytes(networkId), publicKey: bytes(publicKey) };
    const map = mapAfter(network.firstMap, bytes(update), governance);
    if (typeof map === 'string') throw new Error(map);
    expect(hex(map.hash)).toBe(after);
    expect(mapAfter(network.firstMap, bytes(update), { ...governance, publicKey: genesis.governance })).toMatch(
      /signed/,
    );
    expect(hex(updateLeaf(bytes(update)))).toBe(leaf);
    expect(hex(listRoot(leaves.map(bytes)))).toBe(root);
    expect(hex(shownUpdate(bytes(proven), bytes(root)) as Uint8Array)).toBe(update);
    expect(shownUpdate(bytes(proven), ZEROS)).toMatch(/not in the block/);
    const { group, read, timestampMs, header, id } = joined;
    const reads = read.map((each: { group: number; height: number; id: string }) => ({ ...each, id: bytes(each.id) }));
    const made = genesisHeader({ ...network, networkId: bytes(networkId) }, group, { map, timestampMs, read: reads });
    expect(hex(made)).toBe(header);
    expect(hex(sha256d(made))).toBe(id);
  },
  targets: (list) => {
    for (const { bits, target, work } of list) {
      const found = targetOf(bits)!;
      expect(found.toString(16).padStart(64, '0')).toBe(target);
      expect(`${(1n << 256n) / (found + 1n)}`).toBe(work);
    }
  },
  asert: (list) => {
    for (const { height, parentTarget, spacingMs, target, ...params } of list) {
      const genesis = { ...decodeGenesis(layoutBytes('Genesis')), ...params };
      const parent = { timestampMs: spacingMs, target: parentTarget };
      expect(expectedTarget(genesis, height, parent, { timestampMs: 0, target: parentTarget })).toBe(target);
    }
  },
  reading: ({ order, reads }) => expect(order).toEqual([...reads].reverse()),
  witness: ({ header, target, blockId, chainIdBase, witness }) => {
    const decoded = { ...decodeHeader(bytes(header)), target };
    expect(hex(sha256d(bytes(header)))).toBe(blockId);
    expect(witnessProblem(decoded, blockId, bytes(witness), chainIdBase)).toBeUndefined();
    expect(witnessProblem({ ...decoded, group: 3 }, blockId, bytes(witness), chainIdBase)).toMatch(/not committed/);
  },
  entry: ({ entries }) => {
    const decoded = entriesOf(bytes(entries));
    expect(decoded.map(({ value }) => value === undefined)).toEqual([false, true]);
    expect(hex(Buffer.concat(decoded.map(encodeEntry)))).toBe(entries);
  },
  stateRoot: ({ partitions, partition, height, diff, accumulator, system, stateRoot: root }) => {
    const accumulators = new Array<Uint8Array>(partitions + 1).fill(ZEROS);
    accumulators[partition] = foldAccumulator(ZEROS, height, bytes(diff));
    expect(hex(accumulators[partition])).toBe(accumulator);
    expect(hex(stateRoot(accumulators, bytes(system)))).toBe(root);
  },
  checkpoint: ({ partitions, partition, cells, root }) => {
    const found = checkpointRoot(partitions, (p) => (p === partition ? bytes(cells) : new Uint8Array(0)));
    expect(hex(found)).toBe(root);
  },
};

test('computes every vector of the document', () => {
  const vectors = LINES.filter(({ vector }) => vector !== undefined);
  expect(vectors.map(({ vector }) => vector).sort()).toEqual(Object.keys(VECTORS).sort());
  for (const { vector, value } of vectors) VECTORS[vector!]!(value);
});
