// The parent chain of a real bitcoind: templates by long poll, blocks by submitblock. It holds no wallet and trusts no peer.
import { setTimeout as pause } from 'node:timers/promises';
import { type BitcoinRpc, BitcoinRpcError, field, isObject } from '../bitcoin/rpc.ts';
import { BITCOIN_HEADER_BYTES, bitcoinHash, fromDisplayHash, toDisplayHash } from '../consensus/bitcoin-header.ts';
import { equalBytes, fromHex, isZero, toHex } from '../core/bytes.ts';
import type { ParentSource, ParentSubmission, ParentTemplate, ParentTransaction } from './ports.ts';

const RULES = { rules: ['segwit'] };
/** bitcoind answers a long poll after a minute at the latest. */
const LONG_POLL_DEADLINE_MS = 90_000;
/** Beside the long poll, which a busy bitcoind may drop. */
const POLL_MS = 250;
const RETRY_MS = 500;
/** Its code for a block it does not know. */
export const NOT_FOUND = -5;

type Polled = ParentTemplate & { readonly longPollId: string };

export class BitcoindParent implements ParentSource {
  readonly #rpc: BitcoinRpc;
  readonly #onTrouble: (error: unknown) => void;

  constructor(rpc: BitcoinRpc, onTrouble: (error: unknown) => void) {
    this.#rpc = rpc;
    this.#onTrouble = onTrouble;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ParentTemplate> {
    let last: Polled | undefined;
    while (!signal.aborted) {
      try {
        last = last === undefined ? await this.#template({}, signal) : await this.#next(last, signal);
        yield last;
      } catch (error) {
        if (signal.aborted) return;
        this.#onTrouble(error);
        last = undefined;
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async submit(header: Uint8Array, block: Uint8Array): Promise<ParentSubmission> {
    const reason = await this.#rpc.call('submitblock', [toHex(block)]);
    if (reason === null) {
      await this.#keep();
      return { kind: 'on-chain' };
    }
    if (reason === 'inconclusive') return { kind: 'orphan' };
    if (reason === 'duplicate')
      return { kind: (await this.isOnBestChain(bitcoinHash(header))) ? 'on-chain' : 'orphan' };
    return { kind: 'refused', reason: String(reason) };
  }

  async headersUpTo(hash: Uint8Array, isKnown: (hash: Uint8Array) => boolean, countMax: number): Promise<Uint8Array[]> {
    const out: Uint8Array[] = [];
    for (let at = hash; out.length < countMax && !isKnown(at); ) {
      const header = await this.#header(at);
      at = header.subarray(4, 36);
      // Block 0 is everybody's root already.
      if (isZero(at)) break;
      out.push(header);
    }
    return out.reverse();
  }

  async isOnBestChain(hash: Uint8Array): Promise<boolean> {
    try {
      const header = await this.#rpc.call('getblockheader', [toDisplayHash(hash)]);
      return field(header, 'confirmations', 'number') >= 0;
    } catch (error) {
      if (error instanceof BitcoinRpcError && error.rpcCode === NOT_FOUND) return false;
      throw error;
    }
  }

  /** bitcoind writes its chain to disk about once an hour and after a crash begins where it last did: all parents since would be orphans. This call writes first. */
  async #keep(): Promise<void> {
    await this.#rpc.call('gettxoutsetinfo', ['none']).catch(this.#onTrouble);
  }

  async #header(hash: Uint8Array): Promise<Uint8Array> {
    const hex = await this.#rpc.call('getblockheader', [toDisplayHash(hash), false]);
    if (typeof hex !== 'string' || hex.length !== BITCOIN_HEADER_BYTES * 2) {
      throw new BitcoinRpcError('BAD_REPLY', 'getblockheader', 'no header of 80 bytes');
    }
    return fromHex(hex);
  }

  /** Whichever notices first, the long poll or the poll for the tip. */
  async #next(last: Polled, signal: AbortSignal): Promise<Polled> {
    const round = new AbortController();
    const either = AbortSignal.any([signal, round.signal]);
    // The loser is not cancelled on the wire: bitcoind would keep its thread waiting anyway, and the new tip ends it.
    const longPoll = this.#template({ longpollid: last.longPollId }, signal);
    longPoll.catch(() => undefined);
    try {
      const first = await Promise.race([longPoll, this.#tipMoved(last.prevHash, either)]);
      return first ?? (await this.#template({}, signal));
    } finally {
      round.abort();
    }
  }

  async #tipMoved(tip: Uint8Array, signal: AbortSignal): Promise<undefined> {
    try {
      for (;;) {
        await pause(POLL_MS, undefined, { signal });
        const best = await this.#rpc.call('getbestblockhash', [], { signal });
        if (typeof best === 'string' && !equalBytes(fromDisplayHash(best), tip)) return undefined;
      }
    } catch (error) {
      // The long poll won, and this is the echo of ending the round.
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  async #template(extra: { readonly longpollid?: string }, signal: AbortSignal): Promise<Polled> {
    const deadline = extra.longpollid === undefined ? {} : { deadlineMs: LONG_POLL_DEADLINE_MS };
    const reply = await this.#rpc.call('getblocktemplate', [{ ...RULES, ...extra }], { signal, ...deadline });
    return parseTemplate(reply);
  }
}

function parseTemplate(reply: unknown): Polled {
  const commitment = isObject(reply) ? reply['default_witness_commitment'] : undefined;
  const transactions: unknown = isObject(reply) ? reply['transactions'] : undefined;
  if (!Array.isArray(transactions)) throw new BitcoinRpcError('BAD_REPLY', 'getblocktemplate', 'no transactions');
  return {
    prevHash: fromDisplayHash(field(reply, 'previousblockhash', 'string')),
    height: field(reply, 'height', 'number'),
    version: field(reply, 'version', 'number'),
    bits: Number.parseInt(field(reply, 'bits', 'string'), 16),
    timeMinSeconds: field(reply, 'mintime', 'number'),
    rewardSat: BigInt(field(reply, 'coinbasevalue', 'number')),
    ...(typeof commitment === 'string' ? { witnessCommitment: fromHex(commitment) } : {}),
    transactions: transactions.map(parseTransaction),
    longPollId: field(reply, 'longpollid', 'string'),
  };
}

function parseTransaction(value: unknown): ParentTransaction {
  return { data: fromHex(field(value, 'data', 'string')), txid: fromDisplayHash(field(value, 'txid', 'string')) };
}
