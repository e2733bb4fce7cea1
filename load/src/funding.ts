// Before the load: tokens for the accounts that have none, by airdrops of their owner, and one transfer of his to himself
// that shows what a debit burns. Everything is followed to the end; nothing is offered before.
import { TRANSACTION_KIND, transactionId } from '@rexnet/node/chain/transaction.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { LoadAccount } from './accounts.ts';
import type { Clock } from './chains.ts';
import type { LoadNetwork } from './network.ts';
import { Tracker } from './tracker.ts';
import { bodyOf } from './workload.ts';
import { airdropArgs, type Token, transferArgs } from './workload-token.ts';

export class FundingError extends Error {
  readonly code = 'FUNDING';
}

/** Tokens an account begins with: no run of payments of at most 1,000 uses them up. */
const TOKENS_EACH = 1_000_000_000n;
/** Who has less gets a whole portion. */
export const TOKENS_ENOUGH: bigint = TOKENS_EACH / 100n;
/** The relay, its code, and a cell that grows from nothing. */
const AIRDROP_GAS_EACH = 12_500n;
const AIRDROP_GAS_BASE = 60_000n;
const AIRDROP_RECEIVERS_MAX = 250;
/** Twice what a transfer has ever burnt. */
const PROBE_GAS = 60_000n;
const VALID_FOR_MS = 600_000;
const ATTEMPTS_MAX = 5;

export interface FundingParts {
  readonly network: Pick<LoadNetwork, 'submit' | 'account'>;
  readonly owner: LoadAccount;
  readonly token: Token;
  readonly networkId: Uint8Array;
  readonly gasPrice: bigint;
  readonly userGas: bigint;
  readonly clock: Pick<Clock, 'wallMs'>;
}

interface Step {
  readonly name: 'airdrop' | 'probe';
  readonly body: (nonce: number) => Uint8Array;
}

/** Goes ahead in steps: the caller sends, feeds `tracker` with blocks, and waits until `isDone`. */
export class Funding {
  readonly tracker: Tracker<Step['name']>;
  readonly #parts: FundingParts;
  readonly #steps: readonly Step[];
  #failed = 0;
  #debitGas = 0;

  constructor(parts: FundingParts, poor: readonly Uint8Array[], confirmations: number) {
    this.#parts = parts;
    const room = Number((parts.userGas - AIRDROP_GAS_BASE) / AIRDROP_GAS_EACH);
    const size = Math.max(1, Math.min(AIRDROP_RECEIVERS_MAX, room));
    const chunks = Array.from({ length: Math.ceil(poor.length / size) }, (_, i) =>
      poor.slice(i * size, (i + 1) * size),
    );
    const { airdrop, transfer } = parts.token.functions;
    this.#steps = [
      ...chunks.map((to): Step => {
        const gas = AIRDROP_GAS_BASE + AIRDROP_GAS_EACH * BigInt(to.length);
        return { name: 'airdrop', body: this.#call(airdrop, airdropArgs(to, TOKENS_EACH), gas) };
      }),
      { name: 'probe', body: this.#call(transfer, transferArgs(parts.owner.address, 1n), PROBE_GAS) },
    ];
    this.tracker = new Tracker(confirmations, (tree) => {
      if (tree.failed) this.#failed++;
      if (tree.subject === 'probe') this.#debitGas = tree.rootGas;
    });
  }

  get isDone(): boolean {
    return this.tracker.pending === 0;
  }

  /** What the debit of a transfer burns. Throws when a transaction failed. */
  result(): number {
    if (this.#failed > 0) throw new FundingError(`${this.#failed} of ${this.#steps.length} transactions failed`);
    return this.#debitGas;
  }

  async send(nowMs: number): Promise<void> {
    const { network, owner } = this.#parts;
    let left = this.#steps;
    for (let attempt = 1; ; attempt++) {
      const { nextNonce } = await network.account(owner.group, owner.address);
      const signed = left.map(({ name, body }, i) => {
        const bytes = owner.signer.signTransaction(body(nextNonce + i));
        this.tracker.submitted(transactionId(bytes), nowMs, name);
        return bytes;
      });
      const refused = await network.submit(owner.group, signed);
      for (const { index } of refused) this.tracker.refused(transactionId(signed[index] ?? new Uint8Array(0)));
      const [first] = refused;
      if (first === undefined) return;
      if (attempt === ATTEMPTS_MAX) throw new FundingError(`${owner.name} cannot send an airdrop: ${first.code}`);
      const again = new Set(refused.map(({ index }) => index));
      left = left.filter((_, index) => again.has(index));
    }
  }

  #call(op: number, args: Uint8Array, gasLimit: bigint): (nonce: number) => Uint8Array {
    const { owner, token, networkId, gasPrice, clock } = this.#parts;
    return (nonce) =>
      bodyOf(networkId, {
        kind: TRANSACTION_KIND.call,
        sender: owner.signer.publicKey,
        nonce: BigInt(nonce),
        validUntilMs: clock.wallMs() + VALID_FOR_MS,
        gasLimit,
        gasPrice,
        contract: token.contract,
        op,
        target: { scope: SCOPE.address, key: owner.address },
        args,
      });
  }
}
