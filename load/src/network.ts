// What the generator needs of a network, as a port: client-network.ts binds it to the node's client, tests to a chain in memory.
// Every call goes to a node of the group that is named; which one, and what to do when it is gone, is the adapter's matter.
import type { Abi } from '@rexnet/preda/index.ts';

/** `index`: of the transaction within its batch. */
export interface Refused {
  readonly index: number;
  readonly code: string;
}

export interface AccountState {
  /** Transactions the chain has seen of it. */
  readonly nonce: number;
  /** What a new transaction should carry. */
  readonly nextNonce: number;
  /** msat */
  readonly balance: bigint;
}

export interface ContractState {
  readonly id: bigint;
  readonly abi: Abi;
}

export interface ReadCall {
  readonly contract: bigint;
  readonly op: number;
  readonly scope: number;
  readonly key: Uint8Array;
  readonly sender: Uint8Array;
  /** None when absent. */
  readonly args?: Uint8Array;
}

/** What happens on the chain of a group, in order and without gaps. A large block comes in several events of one height. */
export type ChainEvent =
  | {
      readonly kind: 'block';
      readonly group: number;
      readonly height: number;
      /** As its header has it. */
      readonly timestampMs: number;
      readonly receipts: Uint8Array;
    }
  /** Blocks above `height` are no longer on the chain. */
  | { readonly kind: 'undone'; readonly group: number; readonly height: number };

export interface LoadNetwork {
  /** Answers what was refused; rejects when nobody knows whether the batch arrived. */
  submit(group: number, transactions: readonly Uint8Array[]): Promise<readonly Refused[]>;
  account(group: number, address: Uint8Array): Promise<AccountState>;
  /** Undefined while the group does not know it. */
  contract(group: number, name: string): Promise<ContractState | undefined>;
  /** The encoded return value of a const function at the tip. */
  read(group: number, call: ReadCall): Promise<Uint8Array>;
  /** The first event says where the chain stands. Goes on until aborted, whatever becomes of single nodes. */
  watch(group: number, signal: AbortSignal): AsyncIterable<ChainEvent>;
  close(): void;
}
