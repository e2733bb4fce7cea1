// The network port over the node's client: batches over open streams, chains followed through restarts and other nodes,
// the peers file read again when it changes. Decides nothing about transactions.
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { Connection, type Endpoints } from '@rexnet/node/client/connection.ts';
import { Submitter } from '@rexnet/node/client/submit.ts';
import { followLogs } from '@rexnet/node/client/watch.ts';
import { RECEIPT_BYTES } from '@rexnet/node/core/layouts.ts';
import type { Throttling } from '@rexnet/node/telemetry/throttling.ts';
import type { Abi } from '@rexnet/preda/index.ts';
import type { AccountState, ChainEvent, ContractState, LoadNetwork, ReadCall, Refused } from './network.ts';

interface Cursor {
  readonly height: number;
  readonly id: Uint8Array;
}

/** A batch that no node answers is given back after that; the offering sends it again in its own time. */
const SUBMIT_PATIENCE_MS = 3_000;
const VERDICT_MAX_MS = 6_000;
const SILENT_MIN_MS = 4_000;
const SILENT_BLOCKS = 5;
const OPEN_PATIENCE_MS = 60_000;
const PEERS_POLL_MS = 1_000;
const WATCH_PAUSE_MS = 500;
/** Receipts handed on in one go: some milliseconds of work. */
const SLICE_BYTES = 1_024 * RECEIPT_BYTES;
/** Blocks to go back to when a node does not know the newest one we have seen. */
const CURSORS_KEPT = 256;

export class ClientNetwork implements LoadNetwork {
  readonly #connection: Connection;
  readonly #submitter: Submitter;
  readonly #peersFile: string;
  readonly #silentMs: number;

  private constructor(connection: Connection, peersFile: string, silentMs: number) {
    this.#connection = connection;
    this.#silentMs = silentMs;
    this.#submitter = new Submitter(connection);
    this.#peersFile = peersFile;
    watchFile(peersFile, { interval: PEERS_POLL_MS, persistent: false }, () => this.#readPeers());
  }

  /** Waits until a node answers. `silentMs`: time without a block after which another node is asked. */
  static async open(peersFile: string, signal: AbortSignal, silentMs?: number): Promise<ClientNetwork> {
    const connection = await Connection.open(endpointsOf(peersFile), { signal, patienceMs: OPEN_PATIENCE_MS });
    const usual = Math.max(SILENT_MIN_MS, SILENT_BLOCKS * connection.network.blockIntervalMs);
    return new ClientNetwork(connection, peersFile, silentMs ?? usual);
  }

  get genesisId(): Uint8Array {
    return this.#connection.network.genesisId;
  }

  async submit(group: number, transactions: readonly Uint8Array[]): Promise<readonly Refused[]> {
    const node = this.#connection.node(group);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#connection.skip(group, node);
      late.reject(new Error('no verdict in time'));
    }, VERDICT_MAX_MS);
    const submitted = this.#submitter.submit(transactions, { patienceMs: SUBMIT_PATIENCE_MS, group });
    const verdicts = await Promise.race([submitted, late.promise]).finally(() => clearTimeout(timer));
    return verdicts.flatMap((verdict, index) => (verdict === undefined ? [] : [{ index, code: verdict.code }]));
  }

  async account(group: number, address: Uint8Array): Promise<AccountState> {
    const { nonce, nextNonce, balance } = await this.#connection.ask(group, (node) => node.getAccount(address));
    return { nonce: Number(nonce), nextNonce: Number(nextNonce), balance };
  }

  async contract(group: number, name: string): Promise<ContractState | undefined> {
    try {
      const { id, abi } = await this.#connection.ask(group, (node) => node.getContract({ name }));
      return { id, abi: JSON.parse(abi) as Abi };
    } catch (error) {
      if (codeOf(error) === 'UNKNOWN_CONTRACT') return undefined;
      throw error;
    }
  }

  async read(group: number, call: ReadCall): Promise<Uint8Array> {
    const request = { args: new Uint8Array(0), ...call, gas: READ_GAS };
    const { status, exception, value } = await this.#connection.ask(group, (node) => node.call(request));
    if (status !== 0)
      throw new Error(`reading function ${call.op} of contract ${call.contract} failed with ${status}/${exception}`);
    return value;
  }

  async *watch(group: number, signal: AbortSignal): AsyncGenerator<ChainEvent, void, undefined> {
    const seen: Cursor[] = [];
    while (!signal.aborted) {
      const cursor = seen.at(-1);
      const node = this.#connection.node(group);
      // A node that stands still keeps its connections: only silence tells.
      const silence = new AbortController();
      const onSilence = (): void => {
        this.#connection.skip(group, node);
        silence.abort();
      };
      const timer = setTimeout(onSilence, this.#silentMs);
      try {
        for await (const event of followLogs(this.#connection, group, {
          ...(cursor === undefined ? {} : { cursor }),
          signal: AbortSignal.any([signal, silence.signal]),
        })) {
          timer.refresh();
          while ((seen.at(-1)?.height ?? -1) >= event.height) seen.pop();
          seen.push({ height: event.height, id: event.id });
          if (seen.length > CURSORS_KEPT) seen.shift();
          if (event.kind === 'undone') {
            yield { kind: 'undone', group, height: event.height };
            continue;
          }
          const { height, timestampMs, receipts } = event;
          // A block of ten thousand transactions would keep everything else waiting.
          for (let at = 0; at === 0 || at < receipts.length; at += SLICE_BYTES) {
            if (at > 0) await nextTurn();
            yield { kind: 'block', group, height, timestampMs, receipts: receipts.subarray(at, at + SLICE_BYTES) };
          }
        }
      } catch (error) {
        // This node does not know where we are: begin at a block it may know, and undo what came after.
        if (codeOf(error) === 'CURSOR_GONE' && seen.length > 1) {
          seen.length = Math.floor(seen.length / 2);
          yield { kind: 'undone', group, height: seen.at(-1)?.height ?? 0 };
        } else this.#connection.skip(group, node);
      } finally {
        clearTimeout(timer);
      }
      await delay(WATCH_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Asks a node of the group how often it was stopped for having used up its processor; at every call the same node. */
  throttlingOf(group: number): () => Promise<Throttling> {
    const node = this.#connection.node(group);
    return async () => {
      const { cpuPeriods, cpuThrottled } = await node.status();
      return { periods: cpuPeriods, throttled: cpuThrottled };
    };
  }

  close(): void {
    unwatchFile(this.#peersFile);
    this.#submitter.close();
    this.#connection.close();
  }

  /** A file that is half written or wrong is left alone until it changes again. */
  #readPeers(): void {
    try {
      this.#connection.setEndpoints(endpointsOf(this.#peersFile));
    } catch {}
  }
}

/** Far more than reading one value takes. */
const READ_GAS = 1_000_000n;

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** `{"groups": {"0": [{"grpc": "127.0.0.1:1234"}]}}` */
function endpointsOf(peersFile: string): Endpoints {
  const { groups } = JSON.parse(readFileSync(peersFile, 'utf8')) as {
    readonly groups: Readonly<Record<string, readonly { readonly grpc: string }[]>>;
  };
  return new Map(Object.entries(groups).map(([group, nodes]) => [Number(group), nodes.map(({ grpc }) => grpc)]));
}
