// What an attacker knows of a network: real blocks, leaves and transactions to twist, a key with money, and the means to do
// the little work a block takes. Every draw comes from one seed.
import { readFileSync } from 'node:fs';
import type { Random } from '../../load/src/random.ts';
import { type Network as Genesis, readGenesis } from '../../node/src/chain/genesis.ts';
import { deriveKey } from '../../node/src/chain/keys.ts';
import { buildTransaction, type Envelope } from '../../node/src/client/build.ts';
import { targetFromBits, targetToBytes } from '../../node/src/consensus/target.ts';
import { WitnessSource } from '../../node/src/consensus/work-record.ts';
import { sha256d } from '../../node/src/core/hash.ts';
import { HEADER, type Header } from '../../node/src/core/layouts.ts';
import { HeaderSearch, targetWords } from '../../node/src/miner/midstate.ts';
import { buildWork } from '../../node/src/miner/work.ts';
import { NodeRpc } from '../../node/src/rpc/node-client.ts';
import { PeerRpc } from '../../node/src/rpc/peer-client.ts';
import { Signer } from '../../node/src/signatures/signer.ts';

/** A node as an attacker sees it. */
export type Target = {
  readonly name: string;
  readonly group: number;
  readonly grpc: string;
  readonly peer: string;
  readonly metrics: string;
};

export type RealBlock = {
  readonly id: Uint8Array;
  readonly header: Uint8Array;
  readonly witness: Uint8Array;
  readonly body: Uint8Array;
  /** For the next group. */
  readonly leaf: Uint8Array;
};

const REAL_BLOCKS = 8;
const EASIEST_BITS = 0x207fffff;
const SEARCH_HASHES = 1_000_000;
const GAS_LIMIT = 60_000n;
const VALID_FOR_MS = 200_000;

export class World {
  readonly genesis: Genesis;
  readonly targets: readonly Target[];
  readonly blocks: ReadonlyMap<number, readonly RealBlock[]>;
  /** Ran long ago. */
  readonly oldTransactions: readonly Uint8Array[];
  readonly #signer: Signer;

  private constructor(
    genesis: Genesis,
    targets: readonly Target[],
    blocks: ReadonlyMap<number, readonly RealBlock[]>,
    oldTransactions: readonly Uint8Array[],
    signer: Signer,
  ) {
    this.genesis = genesis;
    this.targets = targets;
    this.blocks = blocks;
    this.oldTransactions = oldTransactions;
    this.#signer = signer;
  }

  /** `oldTransactions`: bytes that ran before. */
  static async look(
    genesisFile: string,
    targets: readonly Target[],
    oldTransactions: readonly Uint8Array[],
  ): Promise<World> {
    const genesis = readGenesis(readFileSync(genesisFile));
    const blocks = new Map<number, readonly RealBlock[]>();
    for (const target of targets) {
      const node = new NodeRpc(target.grpc);
      const peer = new PeerRpc(target.peer);
      const { tip } = await node.status();
      const found: RealBlock[] = [];
      for (let height = Math.max(1, tip.height - REAL_BLOCKS); height < tip.height; height++) {
        const { id, header, witness, body } = await node.getBlock({ height });
        const destination = (target.group + 1) % targets.length;
        for await (const { leaf } of peer.batches(destination, [id])) found.push({ id, header, witness, body, leaf });
      }
      node.close();
      peer.close();
      blocks.set(target.group, found);
    }
    return new World(
      genesis,
      targets,
      blocks,
      oldTransactions,
      new Signer(deriveKey(genesis.genesis.seed, 'heidi').secret),
    );
  }

  block(random: Random, group?: number): RealBlock {
    const from = this.blocks.get(group ?? random.below(this.blocks.size)) ?? [];
    const block = from[random.below(Math.max(1, from.length))];
    if (block === undefined) throw new Error('no real block is known');
    return block;
  }

  /** A transfer, rightly signed, with an envelope as wrong as asked for. */
  transfer(random: Random, wrong: Partial<Envelope> = {}, networkId: Uint8Array = this.genesis.networkId): Uint8Array {
    const to = deriveKey(random.below(2 ** 31), 'nobody').address;
    const envelope = {
      nonce: BigInt(1_000_000 + random.below(1_000)),
      validUntilMs: Date.now() + VALID_FOR_MS,
      gasLimit: GAS_LIMIT,
      gasPrice: 1n,
      ...wrong,
    };
    return buildTransaction({ kind: 'transfer', to, amount: 1n }, envelope, networkId, this.#signer);
  }

  /** A header like a real one but for `changes`, with real work done for it. */
  minedHeader(
    random: Random,
    like: RealBlock,
    changes: Partial<Header>,
  ): { readonly header: Uint8Array; readonly witness: Uint8Array } {
    const fields = { ...HEADER.decode(like.header), ...changes };
    const header = HEADER.encode({ ...fields, reads: [...fields.reads] });
    const { chainIdBase } = this.genesis.genesis;
    const { group, target, timestampMs } = fields;
    const blockId = sha256d(header);
    const work = buildWork({
      parent: {
        prevHash: bytes(random, 32),
        height: 1,
        version: 0x20000000,
        bits: EASIEST_BITS,
        timeMinSeconds: 0,
        rewardSat: 0n,
        transactions: [],
      },
      due: [{ group, header, blockId, targetBits: target, timestampMs, notBeforeMs: timestampMs }],
      groups: [...this.blocks.keys()],
      chainIdBase,
      extraNonce: bytes(random, 8),
      timeSeconds: Math.floor(timestampMs / 1_000),
      payoutScript: Uint8Array.of(0x51),
    });
    const words = targetWords(targetToBytes(targetFromBits(target) ?? 0n));
    const nonce = new HeaderSearch(work.header, 0).find(words, SEARCH_HASHES);
    const witness = nonce === undefined ? undefined : new WitnessSource(work.record(nonce), chainIdBase).witness(group);
    if (witness === undefined) throw new Error('no work was found');
    return { header, witness };
  }
}

export function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

/** One bit flipped, or some of the end cut off, or some random bytes put there. */
export function twisted(random: Random, original: Uint8Array): Uint8Array {
  if (original.length === 0) return bytes(random, 1);
  // A Buffer's own slice would be a view.
  const copy = new Uint8Array(original);
  const at = random.below(copy.length);
  switch (random.below(3)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      return copy;
    case 1:
      return copy.subarray(0, at);
    default:
      return Uint8Array.from([...copy, ...bytes(random, 1 + random.below(64))]);
  }
}
