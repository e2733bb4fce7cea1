// Channels to the nodes of a network: who owns what, which node to ask, whom to ask next when one is silent.
import { setTimeout as delay } from 'node:timers/promises';
import { partitionOf } from '../core/address.ts';
import type { NetworkConstants, StatusView } from '../rpc/backend.ts';
import { type ErrorCode, RpcError, retryOf } from '../rpc/errors.ts';
import { NodeRpc } from '../rpc/node-client.ts';

/** `host:port` of the nodes of each group. */
export type Endpoints = ReadonlyMap<number, readonly string[]>;

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Silence is answered by other nodes and later attempts until then. */
  readonly patienceMs?: number;
}

export const PATIENCE_MS = 15_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 1_000;
/** A partition that moves while we ask is met by asking again; so often and no more. */
const MAX_HOPS = 3;
/** Codes that say nothing about the request: another node, or the same one later, may answer. */
const SILENCE: ReadonlySet<ErrorCode> = new Set(['UNREACHABLE', 'STOPPING', 'NOT_READY', 'DEADLINE', 'BUSY']);

export function isSilence(error: unknown): error is RpcError {
  return error instanceof RpcError && SILENCE.has(error.code);
}

export class Connection {
  readonly #nodes = new Map<string, NodeRpc>();
  readonly #turn = new Map<number, number>();
  readonly #closed = new AbortController();
  #endpoints: Endpoints;
  #network: NetworkConstants;
  #epoch = -1;
  #owners: readonly number[] = [];

  private constructor(endpoints: Endpoints, network: NetworkConstants) {
    this.#endpoints = endpoints;
    this.#network = network;
  }

  /** Asks any node what network this is. Throws UNREACHABLE when none answers in time. */
  static async open(endpoints: Endpoints, options: AskOptions = {}): Promise<Connection> {
    const unknown: NetworkConstants = {
      genesisId: new Uint8Array(32),
      networkId: new Uint8Array(4),
      partitions: 1,
      confirmations: 0,
      blockIntervalMs: 0,
      gasPriceFloor: 0n,
      blockGas: 0n,
      userGas: 0n,
    };
    const connection = new Connection(endpoints, unknown);
    try {
      await connection.refresh(options);
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  get network(): NetworkConstants {
    return this.#network;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The group of every partition, by the newest map seen. */
  get owners(): readonly number[] {
    return this.#owners;
  }

  /** Groups of the newest map, ascending. */
  get groups(): readonly number[] {
    return [...new Set(this.#owners)].sort((a, b) => a - b);
  }

  /** The group that holds the partition of a key. */
  ownerOf(key: Uint8Array): number {
    return this.#owners[partitionOf(key, this.#network.partitions)] ?? 0;
  }

  /** Takes over a changed list of nodes; channels of nodes no longer in it are closed. */
  setEndpoints(endpoints: Endpoints): void {
    this.#endpoints = endpoints;
    const kept = new Set([...endpoints.values()].flat());
    for (const [address, node] of this.#nodes) {
      if (kept.has(address)) continue;
      node.close();
      this.#nodes.delete(address);
    }
  }

  /** A node of the group; the next call for this group after `skip` gives another one. */
  node(group: number): NodeRpc {
    const addresses = this.#addresses(group);
    const address = addresses[(this.#turn.get(group) ?? 0) % Math.max(1, addresses.length)];
    if (address === undefined) throw new RpcError('UNREACHABLE', { message: `no node of group ${group} is known` });
    let node = this.#nodes.get(address);
    if (node === undefined) {
      node = new NodeRpc(address);
      this.#nodes.set(address, node);
    }
    return node;
  }

  /** A node given for this group did not answer. Nothing happens when others have left it already: they must not bring each other back. */
  skip(group: number, failed: NodeRpc): void {
    if (this.#addresses(group).length > 0 && this.node(group) === failed)
      this.#turn.set(group, (this.#turn.get(group) ?? 0) + 1);
  }

  /** Asks a node of the group, others and later when there is silence. */
  ask<T>(group: number, run: (node: NodeRpc) => Promise<T>, options: AskOptions = {}): Promise<T> {
    return this.#patiently(() => group, run, options);
  }

  /** Asks the group that holds a key, and follows it when its partition has moved. */
  askOwner<T>(key: Uint8Array, run: (node: NodeRpc) => Promise<T>, options: AskOptions = {}): Promise<T> {
    return this.askFrom(this.ownerOf(key), run, options);
  }

  /** Asks a group, and whichever group it says to ask instead. */
  async askFrom<T>(first: number, run: (node: NodeRpc) => Promise<T>, options: AskOptions = {}): Promise<T> {
    let group = first;
    for (let hop = 1; ; hop++) {
      try {
        return await this.ask(group, run, options);
      } catch (error) {
        if (!(error instanceof RpcError) || retryOf(error.code) !== 'elsewhere' || hop === MAX_HOPS) throw error;
        await this.refresh(options);
        group = error.refusal.group ?? group;
      }
    }
  }

  /** Learns constants and shard map from the first node that answers; an older map than the one known is ignored. */
  async refresh(options: AskOptions = {}): Promise<StatusView> {
    const groups = [...this.#endpoints.keys()].sort((a, b) => a - b);
    let turn = 0;
    const next = (): number => groups[turn++ % Math.max(1, groups.length)] ?? 0;
    const status = await this.#patiently(next, (node) => node.status(), options);
    this.#network = status.network;
    if (status.epoch > this.#epoch) {
      this.#epoch = status.epoch;
      this.#owners = status.owners;
    }
    return status;
  }

  /** Nobody goes on being patient after it. */
  close(): void {
    this.#closed.abort();
    for (const node of this.#nodes.values()) node.close();
    this.#nodes.clear();
  }

  async #patiently<T>(nextGroup: () => number, run: (node: NodeRpc) => Promise<T>, options: AskOptions): Promise<T> {
    const until = performance.now() + (options.patienceMs ?? PATIENCE_MS);
    const closed = this.#closed.signal;
    const signal = options.signal === undefined ? closed : AbortSignal.any([closed, options.signal]);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)) {
      const group = nextGroup();
      let node: NodeRpc | undefined;
      try {
        node = this.node(group);
        return await run(node);
      } catch (error) {
        if (!isSilence(error) || performance.now() + pauseMs > until || signal.aborted) throw error;
        if (node !== undefined) this.skip(group, node);
        await delay(pauseMs, undefined, { signal });
      }
    }
  }

  /** A group without nodes of its own is asked through any other: every node takes every transaction. */
  #addresses(group: number): readonly string[] {
    const own = this.#endpoints.get(group);
    return own !== undefined && own.length > 0 ? own : [...this.#endpoints.values()].flat();
  }
}
