// Voters who change their minds: most transactions count in the voter's own partition, one in sixteen goes to @global.
import { GLOBAL_RELAY_GAS } from '@rexnet/node/chain/gas.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import { readUint, uint32Args } from './arguments.ts';
import { mapFew } from './map-few.ts';
import type { Effect } from './model.ts';
import type { Payment } from './pairs.ts';
import {
  accountAt,
  callBody,
  opOf,
  type Stamp,
  type Workload,
  type WorkloadKind,
  type WorkloadParts,
} from './workload.ts';

/** Of the poll that is deployed with a Testnet. */
const OPTIONS = 3;
/** Which of them declare: those whose drawn amount says so, so that it follows from the seed. */
const DECLARES_ONE_IN = 16;
/** A first vote makes a cell, a later one moves a count. Both burn the whole of it: they send nothing. */
const CHOOSE_GAS = 24_000n;
/** The asking and one counter. */
const DECLARE_GAS: bigint = 20_500n + GLOBAL_RELAY_GAS + 500n;

export const POLL: WorkloadKind = {
  pairs: { skew: 'even' },
  bind({ id, abi }) {
    const choose = opOf(abi, { name: 'choose', scope: 'address', params: ['uint32'], returns: 'bool' });
    const declare = opOf(abi, { name: 'declare', scope: 'address', params: [], returns: 'void' });
    const choiceOf = opOf(abi, { name: 'choice_of', scope: 'address', params: [], returns: 'uint32' });
    const turnout = opOf(abi, { name: 'turnout', scope: 'shard', params: [], returns: 'uint64' });
    return {
      book: {
        holding: async (network, { group, address }) => {
          const call = { contract: id, op: choiceOf, scope: SCOPE.address, key: address, sender: address };
          return readUint(await network.read(group, call));
        },
        isSupplyShared: true,
        // Votes counted in all partitions, beyond one for each account that has voted.
        supply: async (network, { sender, holdings, owners }) => {
          const counts = await mapFew([...owners.entries()], async ([partition, group]) => {
            const call = { contract: id, op: turnout, scope: SCOPE.shard, key: uint32Args(partition), sender };
            return readUint(await network.read(group, call));
          });
          const votes = counts.reduce((sum, count) => sum + count, 0n);
          return votes - BigInt(holdings.filter((choice) => choice > 0n).length);
        },
      },
      make: (parts) => new PollWorkload(parts, { contract: id, choose, declare }),
    };
  },
};

interface PollParts {
  readonly contract: bigint;
  readonly choose: number;
  readonly declare: number;
}

class PollWorkload implements Workload {
  readonly gasLimit: bigint = (CHOOSE_GAS * BigInt(DECLARES_ONE_IN - 1) + DECLARE_GAS) / BigInt(DECLARES_ONE_IN);
  readonly #parts: WorkloadParts;
  readonly #poll: PollParts;

  constructor(parts: WorkloadParts, poll: PollParts) {
    this.#parts = parts;
    this.#poll = poll;
  }

  body(payment: Payment, stamp: Stamp): Uint8Array {
    const { contract, choose, declare } = this.#poll;
    const call = declares(payment)
      ? { contract, op: declare, args: new Uint8Array(0), gasLimit: DECLARE_GAS }
      : { contract, op: choose, args: uint32Args(optionOf(payment)), gasLimit: CHOOSE_GAS };
    return callBody(this.#parts, accountAt(this.#parts.accounts, payment.from), stamp, call);
  }

  effect(payment: Payment, nonce: number): Effect {
    const { from } = payment;
    const { gasPrice } = this.#parts;
    return declares(payment)
      ? { kind: 'fee', from, fee: DECLARE_GAS * gasPrice }
      : { kind: 'set', from, fee: CHOOSE_GAS * gasPrice, value: BigInt(optionOf(payment) + 1), nonce };
  }
}

function declares({ amount }: Payment): boolean {
  return amount % DECLARES_ONE_IN === 0;
}

function optionOf({ amount }: Payment): number {
  return amount % OPTIONS;
}
