// Signed transactions in the order of payments, made ahead in slices, so that signing never delays sending. Sends nothing.
import { transactionId } from '@rexnet/node/chain/transaction.ts';
import type { LoadAccount } from './accounts.ts';
import type { Clock } from './chains.ts';
import type { Nonces } from './nonces.ts';
import type { Pairs, Payment } from './pairs.ts';
import { accountAt, type Workload } from './workload.ts';

export interface Signed {
  readonly payment: Payment;
  readonly nonce: number;
  /** Of the sender's nonces when it was signed. */
  readonly generation: number;
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface SignAheadParts {
  readonly accounts: readonly LoadAccount[];
  /** Of every account. */
  readonly nonces: readonly Nonces[];
  readonly pairs: Pairs;
  readonly workload: Workload;
  /** For how long a transaction stays valid. */
  readonly clock: Pick<Clock, 'wallMs'>;
}

/** Long enough for a network that stands still for a while, short enough that a pool forgets what nobody mines. */
export const VALID_FOR_MS = 600_000;

export class SignAhead {
  readonly #parts: SignAheadParts;
  #ready: Signed[] = [];
  #taken = 0;

  constructor(parts: SignAheadParts) {
    this.#parts = parts;
  }

  get ready(): number {
    return this.#ready.length - this.#taken;
  }

  /** Signs at most `slice` more, until `target` are ready. */
  fill(target: number, slice: number): void {
    for (let i = 0; i < slice && this.ready < target; i++) this.#ready.push(this.sign(this.#parts.pairs.next()));
  }

  /** The next payment, signed anew when its sender has begun again since. */
  next(): Signed {
    const signed = this.#ready[this.#taken];
    if (signed === undefined) return this.sign(this.#parts.pairs.next());
    this.#taken++;
    if (this.#taken * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#taken);
      this.#taken = 0;
    }
    return this.isCurrent(signed) ? signed : this.sign(signed.payment);
  }

  isCurrent({ payment, generation }: Signed): boolean {
    return this.#noncesOf(payment.from).generation === generation;
  }

  sign(payment: Payment): Signed {
    const { accounts, workload, clock } = this.#parts;
    const nonces = this.#noncesOf(payment.from);
    const nonce = nonces.take();
    const body = workload.body(payment, { nonce, validUntilMs: clock.wallMs() + VALID_FOR_MS });
    const bytes = accountAt(accounts, payment.from).signer.signTransaction(body);
    return { payment, nonce, generation: nonces.generation, id: transactionId(bytes), bytes };
  }

  #noncesOf(account: number): Nonces {
    const nonces = this.#parts.nonces[account];
    if (nonces === undefined) throw new RangeError(`no account ${account}`);
    return nonces;
  }
}
