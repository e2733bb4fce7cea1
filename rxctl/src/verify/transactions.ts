// One user transaction without state: form, network, limits, signature. Nonce and funds are the replay's.
import { FormatError, hex, join, same, viewOf } from './bytes.ts';
import { addressOf, isAddress, partitionOf } from './cells.ts';
import { validSignature } from './ed25519.ts';
import { checkDeployArguments, decodeTransaction, type Transaction } from './layouts.ts';
import { type Network, ownerOf } from './network.ts';

const TAG = Buffer.from('rexnet/transaction/1');
const INTRINSIC_GAS = 20_000n;
const SCOPE = { account: 0, address: 1, shard: 2, global: 3 };

export interface CheckedTransaction {
  readonly transaction: Transaction;
  readonly address: Uint8Array;
}

/** Gas that the user transactions of one block may ask for together. */
export function userGas({ genesis }: Network): bigint {
  return (genesis.blockGas * BigInt(genesis.userShareNumerator)) / BigInt(genesis.userShareDenominator);
}

/** A transaction, or what makes it unfit for a block of `group` stamped `timestampMs`. */
export function checkTransaction(
  network: Network,
  group: number,
  timestampMs: number,
  bytes: Uint8Array,
): CheckedTransaction | string {
  try {
    const transaction = decodeTransaction(bytes);
    const problem = problemOf(network, group, timestampMs, transaction, bytes);
    return problem ?? { transaction, address: addressOf(transaction.sender) };
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

function problemOf(
  network: Network,
  group: number,
  timestampMs: number,
  t: Transaction,
  bytes: Uint8Array,
): string | undefined {
  const { genesis, networkId } = network;
  if (t.version !== 1) return `version ${t.version}`;
  if (!same(t.networkId, networkId)) return `network ${hex(t.networkId)}`;
  if (t.gasLimit < INTRINSIC_GAS || t.gasLimit > userGas(network)) return `gas limit ${t.gasLimit}`;
  if (t.gasPrice < genesis.gasPriceFloor) return `gas price ${t.gasPrice}`;
  if (t.validUntilMs < timestampMs) return `expired at ${t.validUntilMs}`;
  const partition = partitionOf(addressOf(t.sender), genesis.partitions);
  if (ownerOf(network, partition) !== group) return `its sender lives in group ${ownerOf(network, partition)}`;
  const shape = shapeProblem(t, genesis.partitions);
  if (shape !== undefined) return shape;
  const signed = join([TAG, bytes.subarray(0, bytes.length - 64)]);
  return validSignature(t.sender, signed, t.signature) ? undefined : 'its signature is wrong';
}

function shapeProblem(t: Transaction, partitions: number): string | undefined {
  const isBare = t.contract === 0n && t.op === 0;
  switch (t.kind) {
    case 0:
      if (!isBare || t.scope !== SCOPE.account || !isAddress(t.key)) return 'a transfer to no account';
      return t.args.length === 8 ? undefined : 'a transfer without amount';
    case 1:
      return callFits(t, partitions) ? undefined : 'a call of a target that users may not name';
    case 2:
      if (!isBare || t.scope !== SCOPE.global) return 'a deploy that names a target';
      checkDeployArguments(t.args);
      return undefined;
    default:
      return `kind ${t.kind}`;
  }
}

function callFits(t: Transaction, partitions: number): boolean {
  if (t.contract === 0n || t.scope === SCOPE.account) return false;
  if (t.scope === SCOPE.shard) return viewOf(t.key).getUint32(0, true) < partitions;
  return t.scope !== SCOPE.address || same(t.key, addressOf(t.sender));
}
