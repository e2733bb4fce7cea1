// What no block shows for too long. Before anything is sent again, each group is asked about its oldest: a pool that is merely
// full of earlier ones keeps what it has, and copies of it would be load that nobody offered.

import type { LoadAccount } from './accounts.ts';
import type { LoadNetwork } from './network.ts';
import type { Offer } from './offer.ts';
import type { Tracker } from './tracker.ts';
import { accountAt } from './workload.ts';

export interface ResendingParts {
  readonly network: Pick<LoadNetwork, 'account'>;
  readonly accounts: readonly LoadAccount[];
  readonly tracker: Pick<Tracker<Offer>, 'unfinished'>;
  /** Nothing of a transaction in any block for so long: it may be lost. */
  readonly afterMs: number;
  readonly resend: (offer: Offer) => void;
}

const AT_ONCE_MAX = 2_000;
const FACTOR_MAX = 16;

export class Resending {
  readonly #parts: ResendingParts;
  readonly #asking = new Set<number>();
  /** Groups that still have what we sent: not asked again before that. */
  readonly #quietUntilMs = new Map<number, number>();
  #count = 0;

  constructor(parts: ResendingParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#count;
  }

  sweep(nowMs: number): void {
    const seen = new Set<number>();
    for (const offer of this.#overdue(nowMs)) {
      const { group } = accountAt(this.#parts.accounts, offer.signed.payment.from);
      if (seen.has(group)) continue;
      seen.add(group);
      if (!this.#asking.has(group) && (this.#quietUntilMs.get(group) ?? 0) <= nowMs) this.#ask(group, offer, nowMs);
    }
  }

  #ask(group: number, { signed }: Offer, nowMs: number): void {
    const { address } = accountAt(this.#parts.accounts, signed.payment.from);
    this.#asking.add(group);
    this.#parts.network
      .account(group, address)
      .then(
        ({ nextNonce }) => {
          if (nextNonce > signed.nonce) this.#quietUntilMs.set(group, nowMs + this.#parts.afterMs);
          else this.#resend(group, nowMs);
        },
        // A group that does not answer is asked again in the next sweep.
        () => undefined,
      )
      .finally(() => this.#asking.delete(group));
  }

  #resend(group: number, nowMs: number): void {
    let count = 0;
    for (const offer of this.#overdue(nowMs)) {
      if (count >= AT_ONCE_MAX) break;
      if (accountAt(this.#parts.accounts, offer.signed.payment.from).group !== group) continue;
      offer.attempts++;
      offer.resendMs = nowMs + this.#parts.afterMs * Math.min(FACTOR_MAX, 2 ** offer.attempts);
      this.#parts.resend(offer);
      count++;
    }
    this.#count += count;
  }

  *#overdue(nowMs: number): Generator<Offer> {
    for (const { subject, isIncluded } of this.#parts.tracker.unfinished()) {
      if (!isIncluded && subject.resendMs <= nowMs) yield subject;
      // They come as they were sent: whoever was sent once and is not overdue has only younger ones behind him.
      else if (subject.attempts === 0 && subject.resendMs > nowMs) return;
    }
  }
}
