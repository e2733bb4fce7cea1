// One sender, many receivers: calls of airdrop(array<address>, uint128) of the shipped Airdrop, one relay each.
import { RELAY_GAS } from '@rexnet/node/chain/gas.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import { airdropArgs, readUint } from './arguments.ts';
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

/** Half of what the shipped contract is deployed with feeds 500,000 accounts. */
const POINTS_EACH = 1_000_000n;
const POINTS_ENOUGH: bigint = POINTS_EACH / 10n;
/** To each receiver, at most. */
const AMOUNT_MAX = 10;
const AIRDROP_GAS = { gasBase: 60_000n, gasEach: 14_000n } as const;
/** Its code, with the counter of gifts. */
const CREDIT_GAS = 800n;
const PROBE_GAS_EACH = 20_000n;

export const AIRDROP: WorkloadKind = {
  pairs: { skew: 'even', amountMax: AMOUNT_MAX },
  fansOut: true,
  bind({ id, abi }, { receivers }) {
    const params = ['array<address>', 'uint128'];
    const op = opOf(abi, { name: 'airdrop', scope: 'address', params, returns: 'void' });
    const pointsOf = opOf(abi, { name: 'points_of', scope: 'address', params: [], returns: 'uint128' });
    return {
      book: {
        holding: async (network, { group, address }) => {
          const call = { contract: id, op: pointsOf, scope: SCOPE.address, key: address, sender: address };
          return readUint(await network.read(group, call));
        },
      },
      grant: { each: POINTS_EACH, enough: POINTS_ENOUGH, op, args: airdropArgs, ...AIRDROP_GAS },
      probe: {
        op,
        args: (self) => airdropArgs(new Array<Uint8Array>(receivers).fill(self), 1n),
        gasLimit: AIRDROP_GAS.gasBase + PROBE_GAS_EACH * BigInt(receivers),
      },
      make: (parts, rootGas) =>
        new AirdropWorkload(parts, {
          contract: id,
          op,
          gasLimit: rootGas + (RELAY_GAS + CREDIT_GAS) * BigInt(receivers),
        }),
    };
  },
};

interface AirdropParts {
  readonly contract: bigint;
  readonly op: number;
  readonly gasLimit: bigint;
}

class AirdropWorkload implements Workload {
  readonly gasLimit: bigint;
  readonly #parts: WorkloadParts;
  readonly #airdrop: AirdropParts;

  constructor(parts: WorkloadParts, airdrop: AirdropParts) {
    this.#parts = parts;
    this.#airdrop = airdrop;
    this.gasLimit = airdrop.gasLimit;
  }

  body(payment: Payment, stamp: Stamp): Uint8Array {
    const { accounts } = this.#parts;
    const to = receiversOf(payment).map((index) => accountAt(accounts, index).address);
    const args = airdropArgs(to, BigInt(payment.amount));
    return callBody(this.#parts, accountAt(accounts, payment.from), stamp, { ...this.#airdrop, args });
  }

  /** A receiver's part that cannot be credited is gone; who got his is not known then. */
  effect(payment: Payment): Effect {
    const fee = this.gasLimit * this.#parts.gasPrice;
    const pay = { kind: 'pay', asset: 'tokens', failedRelay: 'gone' } as const;
    return { ...pay, from: payment.from, to: receiversOf(payment), amount: BigInt(payment.amount), fee };
  }
}

function receiversOf({ to, others = [] }: Payment): readonly number[] {
  return [to, ...others];
}
