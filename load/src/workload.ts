// What a workload is: how a payment becomes the body of a transaction, what that does to balances, and what its contract
// needs and keeps. No I/O but through the network port it is given.
import {
  restamp,
  TRANSACTION_KIND,
  TRANSACTION_VERSION,
  type TransactionFields,
} from '@rexnet/node/chain/transaction.ts';
import { TRANSACTION_BODY } from '@rexnet/node/core/layouts.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { Abi, AbiFunction } from '@rexnet/preda/index.ts';
import type { LoadAccount } from './accounts.ts';
import type { Effect } from './model.ts';
import type { ContractState, LoadNetwork } from './network.ts';
import type { PairsOptions, Payment } from './pairs.ts';

/** What only the moment of signing knows. */
export interface Stamp {
  readonly nonce: number;
  readonly validUntilMs: number;
}

export interface Workload {
  /** Of one transaction with its relays; of a mixed workload the mean. */
  readonly gasLimit: bigint;
  body(payment: Payment, stamp: Stamp): Uint8Array;
  effect(payment: Payment, nonce: number): Effect;
}

export interface WorkloadParts {
  readonly accounts: readonly LoadAccount[];
  readonly networkId: Uint8Array;
  readonly gasPrice: bigint;
}

/** How a contract's functions are read. */
export type Reader = Pick<LoadNetwork, 'account' | 'read'>;
export type Owner = Pick<LoadAccount, 'group' | 'address'>;

export interface SupplyFacts {
  /** In whose name is asked. */
  readonly sender: Uint8Array;
  /** Of all accounts of the run. */
  readonly holdings: readonly bigint[];
  /** The group of every partition. */
  readonly owners: readonly number[];
}

/** What a contract keeps for accounts. */
export interface Book {
  holding(network: Reader, owner: Owner): Promise<bigint>;
  /** What the workload leaves as it is; absent when the contract does not tell. */
  supply?(network: Reader, facts: SupplyFacts): Promise<bigint>;
  /** Accounts of other loads change it as well. */
  readonly isSupplyShared?: true;
}

/** How accounts get what they need: calls of the contract's owner. */
export interface Grant {
  readonly each: bigint;
  /** Who has less gets a whole portion. */
  readonly enough: bigint;
  readonly op: number;
  args(to: readonly Uint8Array[], each: bigint): Uint8Array;
  readonly gasBase: bigint;
  readonly gasEach: bigint;
}

/** A call of the contract's owner to himself that costs its first invocation what one of the workload does. */
export interface Probe {
  readonly op: number;
  args(self: Uint8Array): Uint8Array;
  readonly gasLimit: bigint;
}

/** A workload on one contract of one network. */
export interface Bound {
  readonly book?: Book;
  readonly grant?: Grant;
  readonly probe?: Probe;
  /** `rootGas`: what the probe's first invocation burnt; 0 without a probe. */
  make(parts: WorkloadParts, rootGas: bigint): Workload;
}

/** A workload before it is bound to a network. */
export type WorkloadKind = {
  /** Who pays whom. */
  readonly pairs: Pick<PairsOptions, 'skew' | 'amountMax'>;
  /** One transaction pays as many as the spec says. */
  readonly fansOut?: true;
} /** On a contract; throws WrongContractError. */ & (
  | { bind(found: ContractState, options: { readonly receivers: number }): Bound }
  /** Without one. */
  | { make(parts: WorkloadParts): Workload }
);

export class WrongContractError extends Error {
  readonly code = 'WRONG_CONTRACT';
}

export function accountAt(accounts: readonly LoadAccount[], index: number): LoadAccount {
  const account = accounts[index];
  if (account === undefined) throw new RangeError(`no account ${index}`);
  return account;
}

/** Bytes before the signature. */
export function bodyOf(networkId: Uint8Array, fields: TransactionFields): Uint8Array {
  return TRANSACTION_BODY.encode({ version: TRANSACTION_VERSION, networkId, ...fields });
}

export interface AddressCall {
  readonly contract: bigint;
  readonly op: number;
  readonly args: Uint8Array;
  readonly gasLimit: bigint;
}

/** Body of a call of an `@address` function on its sender's own instance. */
export function callBody(
  { networkId, gasPrice }: Pick<WorkloadParts, 'networkId' | 'gasPrice'>,
  sender: LoadAccount,
  { nonce, validUntilMs }: Stamp,
  { contract, op, args, gasLimit }: AddressCall,
): Uint8Array {
  return bodyOf(networkId, {
    kind: TRANSACTION_KIND.call,
    sender: sender.signer.publicKey,
    nonce: BigInt(nonce),
    validUntilMs,
    gasLimit,
    gasPrice,
    contract,
    op,
    target: { scope: SCOPE.address, key: sender.address },
    args,
  });
}

/** Calls of one function with arguments of one size: a sender's later bodies are made from his first one. */
export class CallBodies {
  readonly #parts: WorkloadParts;
  readonly #call: Omit<AddressCall, 'args'>;
  readonly #argsBytes: number;
  readonly #first: (Uint8Array | undefined)[];

  constructor(parts: WorkloadParts, call: Omit<AddressCall, 'args'>, argsBytes: number) {
    this.#parts = parts;
    this.#call = call;
    this.#argsBytes = argsBytes;
    this.#first = new Array<Uint8Array | undefined>(parts.accounts.length);
  }

  /** The arguments are zeros; they are the last `argsBytes` of it. */
  body(from: number, stamp: Stamp): Uint8Array {
    const first = this.#first[from];
    if (first === undefined) {
      const call = { ...this.#call, args: new Uint8Array(this.#argsBytes) };
      const made = callBody(this.#parts, accountAt(this.#parts.accounts, from), stamp, call);
      this.#first[from] = made;
      return made.slice();
    }
    // Of the shared pool: memory of its own for each would cost more than everything else here.
    const body = Buffer.allocUnsafe(first.length);
    body.set(first, 0);
    restamp(body, stamp.nonce, stamp.validUntilMs);
    return body;
  }
}

export interface Signature {
  readonly name: string;
  readonly scope: AbiFunction['scope'];
  readonly params: readonly string[];
  readonly returns: string;
}

/** Opcodes are the compiler's to choose: functions are found by what they take. Throws WrongContractError. */
export function opOf(abi: Abi, { name, scope, params, returns }: Signature): number {
  const found = abi.functions.find(
    (one) =>
      one.name === name &&
      one.scope === scope &&
      one.returns === returns &&
      one.params.map(({ type }) => type).join() === params.join(),
  );
  if (found === undefined)
    throw new WrongContractError(`${abi.contract} has no @${scope} function ${returns} ${name}(${params.join(', ')})`);
  return found.op;
}
