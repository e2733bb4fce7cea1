// Transfers of a fungible token between load accounts: calls of transfer(address, uint128) as the contract's ABI has it.
import { RELAY_GAS } from '@rexnet/node/chain/gas.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { Abi } from '@rexnet/preda/index.ts';
import { airdropArgs, PAYMENT_BYTES, paymentArgs, readUint, writePayment } from './arguments.ts';
import type { Effect, FailedRelay } from './model.ts';
import type { ContractState } from './network.ts';
import type { Payment } from './pairs.ts';
import {
  accountAt,
  type Book,
  CallBodies,
  type Grant,
  opOf,
  type Probe,
  type Stamp,
  type Workload,
  type WorkloadKind,
  type WorkloadParts,
} from './workload.ts';

/** Tokens an account begins with: no run of payments of at most 1,000 uses them up. */
const TOKENS_EACH = 1_000_000_000n;
export const TOKENS_ENOUGH: bigint = TOKENS_EACH / 100n;
/** The relay, its code, and a cell that grows from nothing. */
const AIRDROP_GAS = { gasBase: 60_000n, gasEach: 12_500n } as const;
/** Twice what a transfer has ever burnt. */
const PROBE_GAS = 60_000n;
/** The credit's code reads and writes 16 bytes: it has never burnt half of this. */
const CREDIT_GAS = 500n;
const HOME_GROUP = 0;

export interface TokenFunctions {
  readonly transfer: number;
  readonly airdrop: number;
  readonly totalSupply: number;
}

/** What every kind of token lets its holders do. */
export function tokenFunctions(abi: Abi): TokenFunctions {
  const asked = { scope: 'address', returns: 'void' } as const;
  return {
    transfer: opOf(abi, { ...asked, name: 'transfer', params: ['address', 'uint128'] }),
    airdrop: opOf(abi, { ...asked, name: 'airdrop', params: ['array<address>', 'uint128'] }),
    totalSupply: opOf(abi, { name: 'total_supply', scope: 'global', params: [], returns: 'uint128' }),
  };
}

export const TOKEN: WorkloadKind = {
  pairs: { skew: 'even' },
  bind(contract) {
    const functions = tokenFunctions(contract.abi);
    return {
      book: tokenBook(contract, functions),
      grant: tokenGrant(functions),
      probe: tokenProbe(functions),
      make: (parts, rootGas) =>
        new TokenWorkload(parts, {
          contract: contract.id,
          transfer: functions.transfer,
          gasLimit: rootGas + RELAY_GAS + CREDIT_GAS,
          failedRelay: 'gone',
        }),
    };
  },
};

function tokenBook({ id, abi }: ContractState, functions: TokenFunctions): Book {
  const balanceOf = opOf(abi, { name: 'balance_of', scope: 'address', params: [], returns: 'uint128' });
  return {
    holding: async (network, { group, address }) => {
      const call = { contract: id, op: balanceOf, scope: SCOPE.address, key: address, sender: address };
      return readUint(await network.read(group, call));
    },
    supply: supplyReader(id, functions),
  };
}

export function supplyReader(contract: bigint, { totalSupply }: TokenFunctions): NonNullable<Book['supply']> {
  return async (network, { sender }) => {
    const call = { contract, op: totalSupply, scope: SCOPE.global, key: new Uint8Array(0), sender };
    return readUint(await network.read(HOME_GROUP, call));
  };
}

export function tokenGrant({ airdrop }: TokenFunctions): Grant {
  return { each: TOKENS_EACH, enough: TOKENS_ENOUGH, op: airdrop, args: airdropArgs, ...AIRDROP_GAS };
}

/** One token to oneself. */
export function tokenProbe({ transfer }: TokenFunctions): Probe {
  return { op: transfer, args: (self) => paymentArgs(self, 1n), gasLimit: PROBE_GAS };
}

export interface TokenParts {
  readonly contract: bigint;
  readonly transfer: number;
  readonly gasLimit: bigint;
  readonly failedRelay: FailedRelay;
}

export class TokenWorkload implements Workload {
  readonly gasLimit: bigint;
  readonly #parts: WorkloadParts;
  readonly #token: TokenParts;
  readonly #bodies: CallBodies;

  constructor(parts: WorkloadParts, token: TokenParts) {
    const { contract, transfer, gasLimit } = token;
    this.#parts = parts;
    this.#token = token;
    this.#bodies = new CallBodies(parts, { contract, op: transfer, gasLimit }, PAYMENT_BYTES);
    this.gasLimit = gasLimit;
  }

  body({ from, to, amount }: Payment, stamp: Stamp): Uint8Array {
    const body = this.#bodies.body(from, stamp);
    writePayment(body, body.length - PAYMENT_BYTES, accountAt(this.#parts.accounts, to).address, BigInt(amount));
    return body;
  }

  effect({ from, to, amount }: Payment): Effect {
    const { failedRelay, gasLimit } = this.#token;
    const fee = gasLimit * this.#parts.gasPrice;
    return { kind: 'pay', from, to: [to], amount: BigInt(amount), asset: 'tokens', fee, failedRelay };
  }
}
