// What group 0 has recorded of a toy parent chain: a miner that starts continues it, and two miners learn each other's headers
// from it. Reads blocks only; which headers are good is the toy chain's business.
import { setTimeout as pause } from 'node:timers/promises';
import { bitcoinHash } from '../consensus/bitcoin-header.ts';
import { equalBytes, toHex } from '../core/bytes.ts';
import { BODY } from '../core/layouts.ts';
import { NodeRpc } from '../rpc/node-client.ts';
import type { ToyParent } from './toy-parent.ts';

/** Enough to see which branch is the longer one. */
const HEADERS_WANTED = 12;
/** Blocks looked through for them. */
const BLOCKS_MAX = 600;
/** Without an answer of group 0 by then the chain begins at its root again; that costs nothing but its height. */
const ANSWER_WAIT_MS = 10_000;
const RETRY_MS = 500;
const FOLLOW_EVERY_MS = 5_000;

/** Where a toy chain goes on. */
export interface ToyStart {
  readonly root: Uint8Array;
  readonly rootHeight: number;
  readonly headers: readonly Uint8Array[];
}

export interface ToyRecordOptions {
  /** First port of the nodes of group 0, asked in this order. */
  readonly addresses: () => readonly string[];
  /** Header 0 of the chain. */
  readonly genesis: Uint8Array;
  readonly signal: AbortSignal;
}

export class ToyRecord {
  readonly #options: ToyRecordOptions;
  #readTo = 0;

  constructor(options: ToyRecordOptions) {
    this.#options = options;
  }

  /** The newest recorded headers, as a chain to continue; the chain's own beginning when nobody answers or knows any. */
  async start(): Promise<ToyStart> {
    const { genesis, signal } = this.#options;
    const begin: ToyStart = { root: genesis, rootHeight: 0, headers: [] };
    const untilMs = performance.now() + ANSWER_WAIT_MS;
    while (!signal.aborted && performance.now() < untilMs) {
      const start = await this.#ask(async (node) => {
        const { tip, bitcoinHeight } = await node.status({ signal });
        this.#readTo = tip.height;
        if (bitcoinHeight === 0) return begin;
        const newest: Uint8Array[] = [];
        const last = Math.max(0, tip.height - BLOCKS_MAX);
        for (let height = tip.height; height > last && newest.length < HEADERS_WANTED; height--) {
          newest.unshift(...(await headersOf(node, height, signal)));
        }
        return continuation(newest, genesis, bitcoinHeight) ?? begin;
      });
      if (start !== undefined) return start;
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    return begin;
  }

  /** Feeds the toy chain what other miners got recorded, until the signal fires. */
  async follow(toy: ToyParent): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      await pause(FOLLOW_EVERY_MS, undefined, { signal }).catch(() => undefined);
      await this.#ask(async (node) => {
        const { tip } = await node.status({ signal });
        for (let height = Math.max(this.#readTo, tip.height - BLOCKS_MAX) + 1; height <= tip.height; height++) {
          for (const header of await headersOf(node, height, signal)) await toy.submit(header);
          this.#readTo = height;
        }
      });
    }
  }

  /** The first answer; undefined when no node gives one. */
  async #ask<T>(question: (node: NodeRpc) => Promise<T>): Promise<T | undefined> {
    for (const address of this.#options.addresses()) {
      const node = new NodeRpc(address);
      try {
        return await question(node);
      } catch {
        // Another node may answer, and the caller comes back.
      } finally {
        node.close();
      }
    }
    return undefined;
  }
}

async function headersOf(node: NodeRpc, height: number, signal: AbortSignal): Promise<Uint8Array[]> {
  const { body } = await node.getBlock({ height }, { signal });
  return BODY.decode(body).bitcoinHeaders.map((header) => Uint8Array.from(header));
}

/** The longest run among headers in order of arrival, from its first one or from the chain's beginning. */
export function continuation(
  headers: readonly Uint8Array[],
  genesis: Uint8Array,
  bestHeight: number,
): ToyStart | undefined {
  const depths = new Map<string, { readonly depth: number; readonly first: Uint8Array }>();
  let best: { readonly depth: number; readonly first: Uint8Array } | undefined;
  for (const header of headers) {
    const before = depths.get(toHex(header.subarray(4, 36)));
    const run = before === undefined ? { depth: 0, first: header } : { depth: before.depth + 1, first: before.first };
    depths.set(toHex(bitcoinHash(header)), run);
    if (best === undefined || run.depth > best.depth) best = run;
  }
  if (best === undefined) return undefined;
  const { depth, first } = best;
  if (equalBytes(first.subarray(4, 36), bitcoinHash(genesis))) return { root: genesis, rootHeight: 0, headers };
  return { root: first, rootHeight: Math.max(1, bestHeight - depth), headers: headers.filter((h) => h !== first) };
}
