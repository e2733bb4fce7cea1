// Single transfers of rxBTC that a test follows by hand, from a dev key to new addresses of one group.
import { readFileSync } from 'node:fs';
import { type Network as Genesis, readGenesis } from '../../node/src/chain/genesis.ts';
import { DEV_KEYS, deriveKey } from '../../node/src/chain/keys.ts';
import { ownerOf } from '../../node/src/chain/shard-map.ts';
import { partitionOf } from '../../node/src/core/address.ts';
import { fromHex } from '../../node/src/core/bytes.ts';
import { NodeRpc } from '../../node/src/rpc/node-client.ts';
import { devKey } from '../../rxctl/src/context.ts';
import type { Folders } from '../../rxctl/src/local/folders.ts';
import type { Network, Signer, TransactionReport, TransactionState } from '../../rxctl/src/network.ts';
import { placeOfFiles } from '../../rxctl/src/network-place.ts';
import { until } from './until.ts';

export const AMOUNT_MSAT = 1_000n;
const VALID_FOR_MS = 280_000;
const ADDRESSES_TRIED_MAX = 10_000;

export class Transfers {
  readonly #network: Network;
  readonly #genesis: Genesis;
  readonly #sender: Signer;
  readonly #to: number;
  readonly #recipients = new Map<string, Uint8Array>();
  #next = 0;

  /** From the first dev key of group `from` to group `to`. */
  constructor(network: Network, folders: Folders, from: number, to: number) {
    this.#network = network;
    this.#genesis = readGenesis(readFileSync(folders.genesis));
    this.#to = to;
    const { seed } = this.#genesis.genesis;
    const name = DEV_KEYS.find((each) => this.#groupOf(deriveKey(seed, each).address) === from);
    if (name === undefined) throw new Error(`no dev key lives in group ${from}`);
    this.#sender = devKey(placeOfFiles(folders), name);
  }

  /** Sends so many, each to an address nobody has used; answers their ids. */
  async send(count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      const to = this.#newAddress();
      const action = { kind: 'transfer', to, amountMsat: AMOUNT_MSAT } as const;
      const id = await this.#network.submit(action, this.#sender, { validForMs: VALID_FOR_MS });
      this.#recipients.set(id, to);
      ids.push(id);
    }
    return ids;
  }

  reports(ids: readonly string[]): Promise<readonly (TransactionReport | undefined)[]> {
    return Promise.all(ids.map((id) => this.#network.transaction(id)));
  }

  async reach(
    ids: readonly string[],
    states: readonly TransactionState[],
    withinMs: number,
  ): Promise<readonly TransactionReport[]> {
    const reports = await until({
      what: `${ids.length} transfers ${states.join(' or ')}`,
      withinMs,
      look: () => this.reports(ids),
      holds: (seen) => seen.every((report) => report !== undefined && states.includes(report.state)),
      tell: (seen) => seen.map((report) => report?.state ?? 'unknown').join(' '),
    });
    return reports.filter((report) => report !== undefined);
  }

  /** What the recipients of these have now. */
  balances(ids: readonly string[]): Promise<readonly bigint[]> {
    return Promise.all(
      ids.map(async (id) => {
        const to = this.#recipients.get(id);
        return to === undefined ? 0n : (await this.#network.account(to)).balanceMsat;
      }),
    );
  }

  /** Their signed bytes, as a node of the sender's group has them. */
  async bytes(ids: readonly string[], grpc: string): Promise<readonly Uint8Array[]> {
    const node = new NodeRpc(grpc);
    try {
      return await Promise.all(ids.map(async (id) => (await node.getTransaction(fromHex(id))).transaction));
    } finally {
      node.close();
    }
  }

  #newAddress(): Uint8Array {
    for (let tries = 0; tries < ADDRESSES_TRIED_MAX; tries++) {
      const { address } = deriveKey(Date.now(), `recipient/${this.#next++}`);
      if (this.#groupOf(address) === this.#to) return address;
    }
    throw new Error(`no address falls into group ${this.#to}`);
  }

  #groupOf(address: Uint8Array): number {
    return ownerOf(this.#genesis.firstMap, partitionOf(address, this.#genesis.genesis.partitions));
  }
}
