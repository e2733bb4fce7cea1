// What the verbs need of a running network, in values a person reads. It is a port: adapter.ts binds it to the client, a test
// to a fake. Nothing here knows gRPC, transactions' bytes or key files.
import type { Abi } from '@rexnet/preda/index.ts';

/** How a transaction stands (protocol-answers 16). */
export const FINAL_STATES = ['Completed', 'CompletedWithFailures', 'Failed', 'Expired', 'Refused'] as const;
export type TransactionState = 'Pending' | 'Included' | 'Running' | 'Executed' | (typeof FINAL_STATES)[number];

/** One answer of one node. */
export type NodeAnswer = {
  readonly node: string;
  readonly group: number;
  readonly networkId: string;
  readonly version: string;
  readonly height: number;
  readonly tipId: string;
  readonly tipTimestampMs: number;
  readonly stateRoot: string;
  readonly epoch: number;
  readonly inSync: boolean;
  readonly pool: number;
  readonly queuedRelays: number;
  readonly peers: number;
  readonly partitions: number;
  readonly hasFaucet: boolean;
  readonly bitcoinHeight: number;
  readonly parents: Parents;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
};
export type Parents = { readonly onChain: number; readonly orphan: number; readonly premature: number };

export type Signer = {
  readonly name: string;
  readonly address: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly publicKey: Uint8Array;
};

export type Account = {
  readonly balanceMsat: bigint;
  readonly nonce: bigint;
  readonly partition: number;
  readonly group: number;
  readonly height: number;
};
export type DeployedContract = {
  readonly id: bigint;
  readonly name: string;
  readonly source: string;
  readonly abi: Abi;
  readonly codeHash: string;
};

/** Whose state an invocation runs on. */
export type Target = { readonly scope: string; readonly key: Uint8Array };

export type Action =
  | { readonly kind: 'transfer'; readonly to: Uint8Array; readonly amountMsat: bigint }
  | {
      readonly kind: 'call';
      readonly contract: bigint;
      readonly op: number;
      readonly target: Target;
      readonly args: Uint8Array;
    }
  | { readonly kind: 'deploy'; readonly dapp: string; readonly source: string; readonly args: Uint8Array };
export type SubmitOptions = {
  /** Estimated when absent. */
  readonly gasLimit?: bigint;
  readonly gasPriceMsat?: bigint;
  readonly validForMs: number;
};

export type Invocation = {
  readonly id: string;
  /** The invocation that sent it; absent for the transaction itself. */
  readonly parent?: string;
  /** Relays it sent. */
  readonly children: number;
  /** Of its block. */
  readonly timestampMs?: number;
  readonly group: number;
  readonly height: number;
  readonly contract: bigint;
  readonly op: number;
  readonly status: number;
  /** 'Success', 'RunOutOfGas', … */
  readonly outcome: string;
  readonly gas: bigint;
};
export type TransactionReport = {
  readonly id: string;
  readonly state: TransactionState;
  readonly group: number | undefined;
  readonly height: number | undefined;
  /** Invocations known to have run, and those the tree is known to have. */
  readonly done: number;
  readonly total: number;
  readonly invocations: readonly Invocation[];
  readonly failure?: { readonly id: string; readonly outcome: string };
  /** What keeps it from going on, when that is known. */
  readonly waiting?: string;
};

export type FeeReport = {
  readonly gas: bigint;
  readonly gasPriceMsat: bigint;
  readonly feeMsat: bigint;
  readonly status: number;
  /** What a trial run came to: 'Success', 'RunOutOfGas', … */
  readonly outcome: string;
};

export type ReadResult = {
  readonly status: number;
  readonly outcome: string;
  readonly value: Uint8Array;
  readonly gas: bigint;
  readonly height: number;
};

export type BlockReport = {
  readonly id: string;
  readonly group: number;
  readonly height: number;
  readonly parentId: string;
  readonly timestampMs: number;
  readonly epoch: number;
  readonly stateRoot: string;
  readonly reads: readonly { readonly group: number; readonly height: number; readonly id: string }[];
  readonly transactions: readonly string[];
  readonly receipts: number;
  readonly gas: bigint;
};

export type AuditReport = {
  readonly clean: boolean;
  /** One sentence for each thing that does not add up. */
  readonly problems: readonly string[];
  /** The height in every group up to which was added up. */
  readonly cut: readonly { readonly group: number; readonly height: number }[];
  readonly supplyMsat: bigint;
  readonly heldMsat: bigint;
  readonly burntMsat: bigint;
  readonly inFlightMsat: bigint;
};

export interface Network {
  /** Asks one node by name; undefined when it does not answer in time. */
  ask(node: string): Promise<NodeAnswer | undefined>;
  account(address: Uint8Array): Promise<Account>;
  /** By `DApp.Contract` or number; undefined when nobody has deployed it. */
  contract(reference: string): Promise<DeployedContract | undefined>;
  /** Runs a const function at the tip; changes nothing. */
  read(call: Extract<Action, { readonly kind: 'call' }>, caller: Uint8Array): Promise<ReadResult>;
  /** What an action would cost now; sends and signs nothing. */
  estimate(action: Action, signer: Signer): Promise<FeeReport>;
  /** Signs and sends; resolves to the id when a node has taken it. */
  submit(action: Action, signer: Signer, options: SubmitOptions): Promise<string>;
  transaction(id: string): Promise<TransactionReport | undefined>;
  block(group: number, which: 'tip' | number | string): Promise<BlockReport | undefined>;
  /** Asks for test money; resolves to the id of the transaction that brings it. */
  faucet(
    address: Uint8Array,
    amountMsat: bigint | undefined,
  ): Promise<{ readonly id: string; readonly amountMsat: bigint }>;
  /** Adds up the totals of all groups over a closed cut. */
  audit(): Promise<AuditReport>;
  close(): Promise<void>;
}
