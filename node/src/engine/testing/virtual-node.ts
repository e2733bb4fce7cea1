// A node's engine over a real folder with a clock of the test's own and the little work a test network asks for: chains of
// hundreds of blocks in a second. It talks to other such nodes only when the test says so.
import { deriveKey, signer } from '../../chain/keys.ts';
import { transactionId } from '../../chain/transaction.ts';
import { buildTransaction } from '../../client/build.ts';
import { targetFromBits, targetToBytes } from '../../consensus/target.ts';
import { WitnessSource } from '../../consensus/work-record.ts';
import { PROVEN_LEAF } from '../../core/layouts.ts';
import { HeaderSearch, targetWords } from '../../miner/midstate.ts';
import { buildWork } from '../../miner/work.ts';
import type { Template } from '../../rpc/backend.ts';
import type { EngineEvents, Want } from '../api.ts';
import { CheckpointShelf } from '../checkpoint-shelf.ts';
import { type Heritage, type OpenEngine, openEngine } from '../open.ts';

const EASIEST_BITS = 0x207fffff;
const SEARCH_HASHES = 1_000_000;
const HEADERS_PER_ANSWER = 1_000;
const NO_LEAF = new Uint8Array(0);

export interface VirtualNodeOptions {
  readonly genesis: Uint8Array;
  readonly group: number;
  readonly dataDir: string;
  readonly clock: { nowMs: number };
}

export class VirtualNode {
  readonly group: number;
  /** Whether it gives states to others. */
  givesStates = true;
  /** States that came from peers and took the place of the node's own, by height. */
  readonly installed: number[] = [];
  readonly #options: VirtualNodeOptions;
  #open: OpenEngine;
  #shelf: CheckpointShelf;
  #template: Template | undefined;

  constructor(options: VirtualNodeOptions) {
    this.#options = options;
    this.group = options.group;
    this.#open = this.#openFolder();
    this.#shelf = this.#makeShelf();
  }

  get open(): OpenEngine {
    return this.#open;
  }

  get height(): number {
    return this.#open.view.tip.height;
  }

  /** What the node lacks, as it tells its network. */
  wants(): Want[] {
    return this.#open.engine.wants();
  }

  /** Ends as a crash would, but for the handle on the folder, and starts again. */
  async restart(): Promise<void> {
    await this.close();
    this.#open = this.#openFolder();
    this.#shelf = this.#makeShelf();
  }

  close(): Promise<void> {
    return this.#open.store.close();
  }

  mine(): void {
    const { clock } = this.#options;
    const { network, view, engine } = this.#open;
    const { blockIntervalMs, chainIdBase } = network.genesis;
    clock.nowMs = Math.max(clock.nowMs, view.tip.header.timestampMs + blockIntervalMs);
    this.#template = undefined;
    // The first look may find the beat over for a moment that has passed.
    for (let i = 0; i < 2 && this.#template === undefined; i++) {
      engine.tick();
      if (this.#template === undefined) clock.nowMs += blockIntervalMs;
    }
    const template = this.#template as Template | undefined;
    if (template === undefined) throw new Error(`group ${this.group} has no template at ${this.height}`);
    const { blockId, header, target, notBeforeMs } = template;
    const work = buildWork({
      parent: {
        prevHash: new Uint8Array(32),
        height: 1,
        version: 0x20000000,
        bits: EASIEST_BITS,
        timeMinSeconds: 0,
        rewardSat: 0n,
        transactions: [],
      },
      due: [{ group: this.group, header, blockId, targetBits: target, timestampMs: notBeforeMs, notBeforeMs }],
      groups: view.tree.groups,
      chainIdBase,
      extraNonce: blockId.subarray(0, 8),
      timeSeconds: Math.floor(clock.nowMs / 1_000),
      payoutScript: Uint8Array.of(0x51),
    });
    const nonce = new HeaderSearch(work.header, 0).find(
      targetWords(targetToBytes(targetFromBits(target)!)),
      SEARCH_HASHES,
    );
    const witness =
      nonce === undefined ? undefined : new WitnessSource(work.record(nonce), chainIdBase).witness(this.group);
    if (witness === undefined) throw new Error('no work was found');
    engine.submitProof(blockId, witness);
  }

  /** A transfer of a funded test key into the pool. */
  pay(from: string, to: string, nonce: bigint): void {
    const { network, pool } = this.#open;
    const [payer, payee] = [deriveKey(1, from), deriveKey(1, to)];
    const envelope = { nonce, validUntilMs: Number.MAX_SAFE_INTEGER, gasLimit: 60_000n, gasPrice: 1n };
    const bytes = buildTransaction({ kind: 'transfer', to: payee.address, amount: 5n }, envelope, network.networkId, {
      publicKey: payer.publicKey,
      sign: signer(payer.secret),
    });
    pool.add(bytes, this.#options.clock.nowMs, transactionId(bytes));
  }

  /** Learns the headers of all groups that a peer serves. */
  learn(peer: VirtualNode): void {
    for (const group of this.#open.view.tree.groups) {
      for (let more = true; more; ) {
        const question = { group, locator: this.#open.history.locator(group), limit: HEADERS_PER_ANSWER, branches: [] };
        const headers = peer.open.history.headersAfter(question);
        const announced = headers.map(({ header, witness }) => ({ header, witness, leaf: NO_LEAF }));
        more = this.#open.engine.takeHeaders(announced, peer.#options.dataDir).accepted > 0;
      }
    }
  }

  /** Is given what it wants of a peer but for headers, over and over; answers how many things that were. */
  fetch(peer: VirtualNode, most: number = Number.POSITIVE_INFINITY): number {
    let had = 0;
    for (let before = -1; before !== had && had < most; ) {
      before = had;
      for (const want of this.wants()) if (had < most && this.#giveTo(want, peer)) had++;
    }
    return had;
  }

  part(id: Uint8Array, part: number): Uint8Array | undefined {
    const chunks: Uint8Array[] = [];
    for (let index = 0; ; index++) {
      const chunk = this.#shelf.chunk(id, part, index);
      if (chunk === undefined) return undefined;
      chunks.push(chunk.bytes);
      if (chunk.last) return Uint8Array.from(Buffer.concat(chunks));
    }
  }

  #giveTo(want: Want, peer: VirtualNode): boolean {
    const { engine } = this.#open;
    const entry = 'id' in want ? peer.open.view.tree.get(want.id) : undefined;
    switch (want.kind) {
      case 'body': {
        const body = peer.group === this.group ? peer.open.store.body(want.id) : undefined;
        return body !== undefined && engine.takeBody(want.id, body, true).accepted > 0;
      }
      case 'leaf': {
        const leaf =
          peer.group !== want.group || entry === undefined ? undefined : peer.open.view.leafFor(entry, this.group);
        return leaf !== undefined && engine.takeLeaf(want.id, PROVEN_LEAF.encode(leaf)).accepted > 0;
      }
      case 'part': {
        const bytes = peer.group === this.group && peer.givesStates ? peer.part(want.block, want.part) : undefined;
        return bytes !== undefined && engine.takePart(want.block, want.part, bytes).accepted > 0;
      }
      case 'headers':
        return false;
      default:
        return want satisfies never;
    }
  }

  #openFolder(heritage?: Heritage): OpenEngine {
    const { genesis, group, dataDir, clock } = this.#options;
    const emit = <K extends keyof EngineEvents>(name: K, payload: EngineEvents[K]): void => {
      if (name === 'template') this.#template = payload as Template;
      if (name !== 'resync') return;
      const { installed, height } = payload as EngineEvents['resync'];
      if (installed) this.installed.push(height);
    };
    return openEngine(
      { genesis, group, dataDir, miner: deriveKey(1, `miner/${group}`).address, checkState: true },
      {
        nowMs: () => clock.nowMs,
        reopen: (left) => {
          this.#open = this.#openFolder(left);
          this.#shelf = this.#makeShelf();
          this.#open.engine.resume();
        },
        emit,
      },
      heritage,
    );
  }

  #makeShelf(): CheckpointShelf {
    const { view, store } = this.#open;
    return new CheckpointShelf({
      snapshot: (id) => {
        const entry = view.tree.get(id);
        return entry === undefined ? undefined : store.snapshot(entry);
      },
      nowMs: () => this.#options.clock.nowMs,
    });
  }
}
