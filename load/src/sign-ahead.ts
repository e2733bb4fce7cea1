// Signed transactions in the order of payments, made ahead in slices, so that signing never delays sending. Sends nothing.
import { transactionId } from '@rexnet/node/chain/transaction.ts';
import type { LoadAccount } from './accounts.ts';
import type { Clock } from './chains.ts';
import type { Nonces } from './nonces.ts';
import type { Pairs, Payment } from './pairs.ts';
import { keyAt } from './tracker.ts';
import { accountAt, type Workload } from './workload.ts';

export interface Signed {
  readonly payment: Payment;
  readonly nonce: number;
  /** Of the sender's nonces when it was signed. */
  readonly generation: number;
  /** Of its id (tracker.ts). */
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** Where offered transactions come from. */
export interface Signing {
  /** Has at most `slice` more ready, until `target` are. */
  fill(target: number, slice: number): void;
  /** The next payment, signed anew when its sender has begun again since. */
  next(): Signed;
  sign(payment: Payment): Signed;
}

export interface SignerParts {
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

/** Signs a payment with its sender's next nonce. */
export function signPayment(parts: SignerParts, payment: Payment, validForMs: number = VALID_FOR_MS): Signed {
  const { accounts, workload, clock } = parts;
  const nonces = noncesOf(parts, payment.from);
  const nonce = nonces.take();
  const body = workload.body(payment, { nonce, validUntilMs: clock.wallMs() + validForMs });
  const bytes = accountAt(accounts, payment.from).signer.signTransaction(body);
  return { payment, nonce, generation: nonces.generation, key: keyAt(transactionId(bytes), 0), bytes };
}

export function noncesOf({ nonces }: Pick<SignerParts, 'nonces'>, account: number): Nonces {
  const found = nonces[account];
  if (found === undefined) throw new RangeError(`no account ${account}`);
  return found;
}

export class SignAhead implements Signing {
  readonly #parts: SignerParts;
  #ready: Signed[] = [];
  #taken = 0;

  constructor(parts: SignerParts) {
    this.#parts = parts;
  }

  get ready(): number {
    return this.#ready.length - this.#taken;
  }

  fill(target: number, slice: number): void {
    for (let i = 0; i < slice && this.ready < target; i++) this.#ready.push(this.sign(this.#parts.pairs.next()));
  }

  next(): Signed {
    const signed = this.#ready[this.#taken];
    if (signed === undefined) return this.sign(this.#parts.pairs.next());
    this.#taken++;
    if (this.#taken * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#taken);
      this.#taken = 0;
    }
    const { payment, generation } = signed;
    return noncesOf(this.#parts, payment.from).generation === generation ? signed : this.sign(payment);
  }

  sign(payment: Payment): Signed {
    return signPayment(this.#parts, payment);
  }
}
