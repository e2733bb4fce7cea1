import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, toHex, ZERO_HASH } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';
import { decodeWitness, verifyWitness } from './auxpow.ts';
import { CHAIN_BRANCH_MAX, WITNESS, WORK_RECORD } from './auxpow-layouts.ts';
import { bitcoinHash, encodeBitcoinHeader, parseBitcoinHeader } from './bitcoin-header.ts';
import { CLASSIC_CHAIN_BRANCH_MAX, verifyClassicAuxPow } from './classic-auxpow.ts';
import { encodeCompactSize, parseCoinbase } from './coinbase.ts';
import { chainSlot, encodeCommitment, findCommitment, foldBranch, MergedTree } from './commitment.ts';
import { bitsFromTarget, meetsTarget, TARGET_MAX, targetForHashes, targetFromBits } from './target.ts';
import { WitnessSource, witnessFor } from './work-record.ts';

const CHAIN_ID_BASE = 40;
const GROUP = 2;
const CHAIN_ID = CHAIN_ID_BASE + GROUP;
const NONCE = 7;
const BLOCK_ID = new Uint8Array(32).fill(0x5a);
const OTHER_ID = new Uint8Array(32).fill(0x5b);
const TIME_SECONDS = 1_700_000_000;

test.each([
  [7, 1, 30, 672_439_754],
  [0, 98, 6, 56],
  [0, 98, 3, 0],
  [2_677_055_472, 16, 4, 14],
  [0, 1, 8, 235],
  [0, 16, 8, 78],
])('slot(nonce %i, chain %i, height %i) is %i', (nonce, chainId, height, slot) => {
  expect(chainSlot(nonce, chainId, height)).toBe(slot);
});

test('the slot formula agrees with unbounded arithmetic, and ids collide iff they agree modulo 2^h', () => {
  const exact = (nonce: number, chainId: number, height: number) => {
    const modulus = 1n << BigInt(height);
    const step = (r: bigint) => (r * 1_103_515_245n + 12_345n) % modulus;
    return Number(step(step(BigInt(nonce)) + BigInt(chainId)));
  };
  const nonces = fc.nat(0xffff_ffff);
  const ids = fc.nat(100_000);
  fc.assert(
    fc.property(nonces, ids, ids, fc.nat(30), (nonce, a, b, height) => {
      expect(chainSlot(nonce, a, height)).toBe(exact(nonce, a, height));
      const collide = chainSlot(nonce, a, height) === chainSlot(nonce, b, height);
      expect(collide).toBe((a - b) % 2 ** height === 0);
    }),
  );
});

interface Parts {
  readonly script: Uint8Array;
  readonly chainBranch: readonly Uint8Array[];
  readonly slot: number;
  /** Transactions behind the coinbase. */
  readonly others: readonly Uint8Array[];
  readonly proven: number;
  readonly version: number;
  readonly inputs: number;
  readonly timeSeconds: number;
  readonly blockId: Uint8Array;
  readonly chainId: number;
  readonly damageRoot: boolean;
}

const push = (data: Uint8Array) => concatBytes([Uint8Array.of(data.length), data]);

function transaction(script: Uint8Array, inputs = 1): Uint8Array {
  const input = concatBytes([
    new Uint8Array(36).fill(0xff, 32),
    encodeCompactSize(script.length),
    script,
    new Uint8Array(4),
  ]);
  return concatBytes([
    Uint8Array.of(2, 0, 0, 0, inputs),
    ...Array.from({ length: inputs }, () => input),
    Uint8Array.of(1),
    new Uint8Array(8),
    push(Uint8Array.of(0x51)),
    new Uint8Array(4),
  ]);
}

/** A commitment to `leaf`; with `magic` off it is the oldest form, which rule A refuses. */
function data(
  leaf: Uint8Array,
  branch: readonly Uint8Array[],
  options: { slot?: number; size?: number; nonce?: number; magic?: boolean } = {},
) {
  const slot = options.slot ?? chainSlot(NONCE, CHAIN_ID, branch.length);
  const bytes = encodeCommitment({
    root: foldBranch(leaf, branch, slot),
    size: options.size ?? 2 ** branch.length,
    nonce: options.nonce ?? NONCE,
  });
  return options.magic === false ? bytes.slice(4) : bytes;
}

const branchOf = (height: number) => Array.from({ length: height }, (_, i) => new Uint8Array(32).fill(i + 1));

function build(change: Partial<Parts>): {
  parentHeader: Uint8Array;
  coinbase: Uint8Array;
  parts: Parts;
  coinbaseBranch: Uint8Array[];
} {
  const chainBranch = change.chainBranch ?? branchOf(3);
  const parts: Parts = {
    script: push(data(BLOCK_ID, chainBranch)),
    chainBranch,
    slot: chainSlot(NONCE, CHAIN_ID, chainBranch.length),
    others: [],
    proven: 0,
    version: 0x20000000,
    inputs: 1,
    timeSeconds: TIME_SECONDS,
    blockId: BLOCK_ID,
    chainId: CHAIN_ID,
    damageRoot: false,
    ...change,
  };
  const transactions = [transaction(parts.script, parts.inputs), ...parts.others];
  const tree = new MergedTree(transactions.map(sha256d));
  const merkleRoot = new Uint8Array(tree.root);
  if (parts.damageRoot) merkleRoot[0]! ^= 1;
  const header = {
    version: parts.version,
    prev: ZERO_HASH,
    merkleRoot,
    timeSeconds: parts.timeSeconds,
    bits: 0x207fffff,
  };
  let parentHeader = encodeBitcoinHeader({ ...header, nonce: 0 });
  for (let nonce = 1; !meetsTarget(bitcoinHash(parentHeader), targetFromBits(0x207fffff)!); nonce++) {
    parentHeader = encodeBitcoinHeader({ ...header, nonce });
  }
  return { parentHeader, coinbase: transactions[parts.proven]!, parts, coinbaseBranch: tree.branch(parts.proven) };
}

function judgeWitness(change: Partial<Parts>): string {
  const { parentHeader, coinbase, coinbaseBranch, parts } = build(change);
  const count = Uint8Array.of(parts.chainBranch.length);
  // Written by hand where the encoder itself would refuse the height.
  const witness = concatBytes([
    parentHeader,
    new Uint8Array(Uint32Array.of(coinbase.length).buffer),
    coinbase,
    Uint8Array.of(coinbaseBranch.length),
    ...coinbaseBranch,
    count,
    ...parts.chainBranch,
  ]);
  const result = verifyWitness({
    witness,
    blockId: parts.blockId,
    group: parts.chainId - CHAIN_ID_BASE,
    chainIdBase: CHAIN_ID_BASE,
    targetBits: 0x207fffff,
    blockTimestampMs: TIME_SECONDS * 1000,
  });
  return result.ok ? 'ok' : result.code;
}

function judgeClassic(change: Partial<Parts>): string {
  const { parentHeader, coinbase, coinbaseBranch, parts } = build(change);
  const auxpow = concatBytes([
    coinbase,
    ZERO_HASH,
    encodeCompactSize(coinbaseBranch.length),
    ...coinbaseBranch,
    new Uint8Array(4),
    encodeCompactSize(parts.chainBranch.length),
    ...parts.chainBranch,
    new Uint8Array(Int32Array.of(parts.slot).buffer),
    parentHeader,
  ]);
  const target = targetFromBits(0x207fffff)!;
  const claim = { blockHash: parts.blockId, chainId: parts.chainId, target, powHash: bitcoinHash };
  const result = verifyClassicAuxPow(auxpow, claim);
  return result.ok ? 'ok' : result.code;
}

/** Namecoin's 26 unit-test questions; `classic` where Namecoin's format or cap leads to another answer than ours. */
function questions(top: number): { name: string; change: Partial<Parts>; witness: string; classic?: string }[] {
  const branch = branchOf(top);
  const good = data(BLOCK_ID, branch);
  const old = data(BLOCK_ID, branch, { magic: false });
  const wrong = data(OTHER_ID, branch);
  const wrongOld = data(OTHER_ID, branch, { magic: false });
  const script = concatBytes([push(Uint8Array.of(0xf9, 0x0a)), push(good)]);
  const two = (a: Uint8Array, b: Uint8Array) => ({ chainBranch: branch, script: concatBytes([push(a), push(b)]) });
  const one = (a: Uint8Array) => ({ chainBranch: branch, script: push(a) });
  const base = { chainBranch: branch, script };
  const longer = branchOf(top + 1);
  const slot = chainSlot(NONCE, CHAIN_ID, top);
  return [
    { name: 'highest tree allowed', change: base, witness: 'ok' },
    { name: 'no inputs', change: { ...base, inputs: 0 }, witness: 'COINBASE_MALFORMED' },
    { name: 'another block', change: { ...base, blockId: OTHER_ID }, witness: 'ROOT_MISMATCH' },
    { name: 'another chain', change: { ...base, chainId: CHAIN_ID + 1 }, witness: 'ROOT_MISMATCH' },
    { name: 'coinbase beside a copy', change: { ...base, others: [transaction(Uint8Array.of(1, 5))] }, witness: 'ok' },
    {
      name: 'commitment in a transaction that is not the coinbase',
      change: { ...base, script: push(Uint8Array.of(5)), others: [transaction(script)], proven: 1 },
      witness: 'COINBASE_NOT_IN_PARENT',
    },
    { name: 'parent of another chain', change: { ...base, version: 100 << 16 }, witness: 'ok' },
    {
      name: 'parent of our chain',
      change: { ...base, version: CHAIN_ID << 16 },
      witness: 'ok',
      classic: 'SAME_CHAIN_PARENT',
    },
    {
      name: 'tree too high',
      change: { chainBranch: longer, script: push(data(BLOCK_ID, longer)) },
      witness: 'MALFORMED',
      classic: 'CHAIN_BRANCH_TOO_LONG',
    },
    { name: 'same, as it should be', change: base, witness: 'ok' },
    { name: 'other Merkle root', change: { ...base, damageRoot: true }, witness: 'COINBASE_NOT_IN_PARENT' },
    { name: 'oldest form', change: one(old), witness: 'NO_COMMITMENT' },
    { name: 'smuggling 1: old, other old', change: two(old, wrongOld), witness: 'NO_COMMITMENT' },
    { name: 'smuggling 2: other old, old', change: two(wrongOld, old), witness: 'NO_COMMITMENT' },
    { name: 'smuggling 3: old, other', change: two(old, wrong), witness: 'ROOT_MISMATCH' },
    { name: 'smuggling 4: other, old', change: two(wrong, old), witness: 'ROOT_MISMATCH' },
    { name: 'smuggling 5: good, other', change: two(good, wrong), witness: 'SECOND_COMMITMENT' },
    { name: 'smuggling 6: other, good', change: two(wrong, good), witness: 'SECOND_COMMITMENT' },
    { name: 'smuggling 7: good, other old', change: two(good, wrongOld), witness: 'ok' },
    { name: 'smuggling 8: other old, good', change: two(wrongOld, good), witness: 'ok' },
    { name: 'commitment alone', change: one(good), witness: 'ok' },
    { name: 'nonce cut', change: one(good.slice(0, -1)), witness: 'COMMITMENT_CUT' },
    { name: 'half the size', change: one(data(BLOCK_ID, branch, { size: 2 ** (top - 1) })), witness: 'SIZE_MISMATCH' },
    { name: 'nonce + 3', change: one(data(BLOCK_ID, branch, { nonce: NONCE + 3 })), witness: 'ROOT_MISMATCH' },
    {
      name: 'slot + 1',
      change: { ...one(data(BLOCK_ID, branch, { slot: slot + 1 })), slot: slot + 1 },
      witness: 'ROOT_MISMATCH',
    },
    { name: 'right slot again', change: one(good), witness: 'ok' },
  ];
}

test('the table asks 26 questions, 8 of them smuggling', () => {
  expect(questions(3).length).toBe(26);
  expect(questions(3).filter((q) => q.name.startsWith('smuggling')).length).toBe(8);
});

test.each(questions(CHAIN_BRANCH_MAX))('our format: $name → $witness', ({ change, witness }) => {
  expect(judgeWitness(change)).toBe(witness);
});

test.each(questions(CLASSIC_CHAIN_BRANCH_MAX))('classic format: $name', ({ change, witness, classic }) => {
  expect(judgeClassic(change)).toBe(classic ?? witness);
});

test('the classic format has its own field for the slot, and it must be the right one', () => {
  expect(judgeClassic({ slot: chainSlot(NONCE, CHAIN_ID, 3) ^ 8 })).toBe('WRONG_SLOT');
});

test.each([
  [0, 'ok'],
  [299, 'ok'],
  [-299, 'ok'],
  [300, 'PARENT_TIME'],
  [-300, 'PARENT_TIME'],
])('a parent %i s away from the block: %s', (seconds, verdict) => {
  expect(judgeWitness({ timeSeconds: TIME_SECONDS + seconds })).toBe(verdict);
});

test('a height-0 tree needs no branch: the root is the block id', () => {
  expect(judgeWitness({ chainBranch: [] })).toBe('ok');
});

test('two inputs, a spent outpoint, a witness marker, rest bytes and 64 bytes are no coinbase', () => {
  const good = transaction(push(data(BLOCK_ID, [])));
  expect(typeof parseCoinbase(good)).toBe('object');
  expect(parseCoinbase(transaction(Uint8Array.of(1, 5), 2))).toBe('COINBASE_MALFORMED');
  const spends = new Uint8Array(good);
  spends[5] = 1;
  expect(parseCoinbase(spends)).toBe('NOT_A_COINBASE');
  const marked = concatBytes([good.slice(0, 4), Uint8Array.of(0, 1), good.slice(4)]);
  expect(parseCoinbase(marked)).toBe('COINBASE_MALFORMED');
  expect(parseCoinbase(concatBytes([good, Uint8Array.of(0)]))).toBe('COINBASE_MALFORMED');
  expect(parseCoinbase(good.slice(0, -1))).toBe('COINBASE_MALFORMED');
  const longCount = concatBytes([good.slice(0, 4), Uint8Array.of(0xfd, 1, 0), good.slice(5)]);
  expect(parseCoinbase(longCount)).toBe('COINBASE_MALFORMED');
  const tiny = transaction(new Uint8Array(3));
  expect(tiny.length).toBe(64);
  expect(parseCoinbase(tiny)).toBe('COINBASE_TOO_SHORT');
  expect(typeof parseCoinbase(transaction(new Uint8Array(4)))).toBe('object');
});

test('a magic that appears by chance inside the root counts as a second one', () => {
  const root = new Uint8Array(32);
  root.set([0x6d, 0x6d, 0xbe, 0xfa], 10);
  expect(findCommitment(encodeCommitment({ root, size: 1, nonce: 0 }))).toBe('SECOND_COMMITMENT');
});

/** A record for groups 0 … n−1 whose parent meets the target. */
function solvedRecord(groups: number, target: bigint) {
  const height = Math.ceil(Math.log2(groups));
  const leaves = Array.from({ length: 2 ** height }, () => ZERO_HASH);
  const ids = Array.from({ length: groups }, (_, g) => sha256d(Uint8Array.of(g, 1)));
  ids.forEach((id, g) => {
    leaves[chainSlot(NONCE, CHAIN_ID_BASE + g, height)] = id;
  });
  const commitment = encodeCommitment({ root: new MergedTree(leaves).root, size: 2 ** height, nonce: NONCE });
  const { parentHeader, coinbase, coinbaseBranch } = build({
    script: push(commitment),
    others: [transaction(Uint8Array.of(1, 5))],
  });
  const header = parseBitcoinHeader(parentHeader);
  let solved = parentHeader;
  for (let nonce = 0; !meetsTarget(bitcoinHash(solved), target); nonce++)
    solved = encodeBitcoinHeader({ ...header, nonce });
  return { ids, record: { parentHeader: solved, coinbase, coinbaseBranch, nonce: NONCE, leaves } };
}

test('one record proves the block of every group, and each only in its own group', () => {
  const { ids, record } = solvedRecord(5, TARGET_MAX >> 1n);
  const source = new WitnessSource(WORK_RECORD.decode(WORK_RECORD.encode(record)), CHAIN_ID_BASE);
  const ask = (witness: Uint8Array, group: number, blockId: Uint8Array) =>
    verifyWitness({
      witness,
      blockId,
      group,
      chainIdBase: CHAIN_ID_BASE,
      targetBits: 0x207fffff,
      blockTimestampMs: TIME_SECONDS * 1000,
    });
  for (const [group, id] of ids.entries()) {
    expect(toHex(source.blockId(group)!)).toBe(toHex(id));
    expect(source.witness(group)).toEqual(witnessFor(record, group, CHAIN_ID_BASE));
    const proven = ask(source.witness(group)!, group, id);
    expect(proven).toMatchObject({ ok: true, coinbaseDepth: 1 });
    expect(ask(source.witness(group)!, group + 1, id)).toEqual({ ok: false, code: 'ROOT_MISMATCH' });
  }
  expect(source.blockId(5)).toBeUndefined();
  expect(source.witness(5)).toBeUndefined();
});

test('every single-bit damage of one of our witnesses is refused', () => {
  const target = targetForHashes(50_000n);
  const { ids, record } = solvedRecord(5, target);
  const witness = witnessFor(record, GROUP, CHAIN_ID_BASE)!;
  const question = {
    blockId: ids[GROUP]!,
    group: GROUP,
    chainIdBase: CHAIN_ID_BASE,
    targetBits: bitsFromTarget(target),
    blockTimestampMs: TIME_SECONDS * 1000,
  };
  // The compact form rounds the target down a little, so the parent is first shown to meet that too.
  expect(verifyWitness({ ...question, witness }).ok).toBe(true);
  for (let bit = 0; bit < witness.length * 8; bit++) {
    const damaged = new Uint8Array(witness);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(verifyWitness({ ...question, witness: damaged }).ok, `bit ${bit}`).toBe(false);
  }
  expect(verifyWitness({ ...question, witness, targetBits: bitsFromTarget(1n << 200n) })).toMatchObject({
    code: 'HIGH_HASH',
  });
  expect(verifyWitness({ ...question, witness, targetBits: 0 })).toMatchObject({ code: 'BAD_TARGET' });
  const parentHash = bitcoinHash(record.parentHeader);
  expect(verifyWitness({ ...question, witness, blockId: parentHash })).toMatchObject({ code: 'SELF_PARENT' });
});

const bytesOf = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
const hashes = (max: number) => fc.array(bytesOf(32), { maxLength: max });

test('witnesses and records survive a round trip, and only their own bytes decode to them', () => {
  const witness = fc.record({
    parentHeader: bytesOf(80),
    coinbase: fc.uint8Array({ maxLength: 300 }),
    coinbaseBranch: hashes(30),
    chainBranch: hashes(16),
  });
  fc.assert(
    fc.property(witness, (value) => {
      const bytes = WITNESS.encode(value);
      expect(WITNESS.decode(bytes)).toEqual(value);
      expect(decodeWitness(concatBytes([bytes, Uint8Array.of(0)]))).toBeUndefined();
      expect(decodeWitness(bytes.slice(0, -1))).toBeUndefined();
    }),
  );
  const record = fc.nat(4).chain((height) =>
    fc.record({
      parentHeader: bytesOf(80),
      coinbase: fc.uint8Array({ maxLength: 300 }),
      coinbaseBranch: hashes(30),
      nonce: fc.nat(0xffff_ffff),
      leaves: fc.array(bytesOf(32), { minLength: 2 ** height, maxLength: 2 ** height }),
    }),
  );
  fc.assert(
    fc.property(record, (value) => {
      expect(WORK_RECORD.decode(WORK_RECORD.encode(value))).toEqual(value);
    }),
  );
});

test('garbage gets an answer, never an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), bytesOf(32), fc.nat(100), (witness, blockId, group) => {
      const question = { witness, blockId, group, chainIdBase: 1, targetBits: 0x207fffff, blockTimestampMs: 0 };
      expect(verifyWitness(question).ok).toBe(false);
      const claim = { blockHash: blockId, chainId: group, target: TARGET_MAX, powHash: bitcoinHash };
      expect(verifyClassicAuxPow(witness, claim).ok).toBe(false);
    }),
  );
});
