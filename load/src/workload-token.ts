// Transfers of a fungible token between load accounts: calls of transfer(address, uint128) as the contract's ABI has it.
import { TRANSACTION_KIND } from '@rexnet/node/chain/transaction.ts';
import { viewOf } from '@rexnet/node/core/bytes.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { Abi, AbiFunction } from '@rexnet/preda/index.ts';
import type { Transfer } from './model.ts';
import type { Payment } from './pairs.ts';
import { accountAt, bodyOf, type Stamp, type Workload, type WorkloadParts } from './workload.ts';

const ADDRESS_BYTES = 36;
const UINT128_BYTES = 16;

export class NoTokenError extends Error {
  readonly code = 'NO_TOKEN';
}

/** The functions of a token by what they take; opcodes are the compiler's to choose. */
export interface TokenFunctions {
  readonly transfer: number;
  readonly airdrop: number;
  readonly balanceOf: number;
  readonly totalSupply: number;
}

export function tokenFunctions(abi: Abi): TokenFunctions {
  const find = (name: string, scope: AbiFunction['scope'], params: readonly string[], returns: string): number => {
    const found = abi.functions.find(
      (one) =>
        one.name === name &&
        one.scope === scope &&
        one.returns === returns &&
        one.params.map(({ type }) => type).join() === params.join(),
    );
    if (found === undefined) {
      throw new NoTokenError(`${abi.contract} has no @${scope} function ${returns} ${name}(${params.join(', ')})`);
    }
    return found.op;
  };
  return {
    transfer: find('transfer', 'address', ['address', 'uint128'], 'void'),
    airdrop: find('airdrop', 'address', ['array<address>', 'uint128'], 'void'),
    balanceOf: find('balance_of', 'address', [], 'uint128'),
    totalSupply: find('total_supply', 'global', [], 'uint128'),
  };
}

export interface Token {
  readonly contract: bigint;
  readonly functions: TokenFunctions;
}

export class TokenWorkload implements Workload {
  readonly gasLimit: bigint;
  readonly #parts: WorkloadParts;
  readonly #token: Token;

  constructor(parts: WorkloadParts, token: Token) {
    this.#parts = parts;
    this.#token = token;
    this.gasLimit = parts.gasLimit;
  }

  body({ from, to, amount }: Payment, { nonce, validUntilMs }: Stamp): Uint8Array {
    const { accounts, networkId, gasPrice } = this.#parts;
    const sender = accountAt(accounts, from);
    return bodyOf(networkId, {
      kind: TRANSACTION_KIND.call,
      sender: sender.signer.publicKey,
      nonce: BigInt(nonce),
      validUntilMs,
      gasLimit: this.gasLimit,
      gasPrice,
      contract: this.#token.contract,
      op: this.#token.functions.transfer,
      target: { scope: SCOPE.address, key: sender.address },
      args: transferArgs(accountAt(accounts, to).address, BigInt(amount)),
    });
  }

  transfer({ from, to, amount }: Payment): Transfer {
    return { from, to, amount: BigInt(amount), asset: 'tokens', fee: this.gasLimit * this.#parts.gasPrice };
  }
}

/** Arguments of transfer(address, uint128). */
export function transferArgs(to: Uint8Array, amount: bigint): Uint8Array {
  const args = new Uint8Array(ADDRESS_BYTES + UINT128_BYTES);
  args.set(to, 0);
  writeUint128(args, ADDRESS_BYTES, amount);
  return args;
}

/** Arguments of airdrop(array<address>, uint128). */
export function airdropArgs(to: readonly Uint8Array[], each: bigint): Uint8Array {
  const args = new Uint8Array(4 + to.length * ADDRESS_BYTES + UINT128_BYTES);
  viewOf(args).setUint32(0, to.length, true);
  for (const [i, address] of to.entries()) args.set(address, 4 + i * ADDRESS_BYTES);
  writeUint128(args, args.length - UINT128_BYTES, each);
  return args;
}

function writeUint128(out: Uint8Array, at: number, value: bigint): void {
  const view = viewOf(out);
  view.setBigUint64(at, BigInt.asUintN(64, value), true);
  view.setBigUint64(at + 8, value >> 64n, true);
}

export function readUint128(bytes: Uint8Array): bigint {
  if (bytes.length !== UINT128_BYTES) throw new RangeError(`a uint128 has ${UINT128_BYTES} bytes, not ${bytes.length}`);
  const view = viewOf(bytes);
  return view.getBigUint64(0, true) + (view.getBigUint64(8, true) << 64n);
}
