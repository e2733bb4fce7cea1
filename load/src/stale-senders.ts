// Senders whose nonces are no longer known: their payments wait until the chain has been asked, a few at a time. Sends nothing.
import type { LoadAccount } from './accounts.ts';
import type { LoadNetwork } from './network.ts';
import type { Offer } from './offer.ts';
import { accountAt } from './workload.ts';

export type Held = Pick<Offer, 'signed' | 'intendedMs'>;

interface Stale {
  readonly held: Held[];
  isAsking: boolean;
  askMs: number;
}

export interface StaleSendersParts {
  readonly network: Pick<LoadNetwork, 'account'>;
  readonly accounts: readonly LoadAccount[];
  /** The chain expects `nextNonce` of him; `held` are his payments that waited. */
  readonly onFresh: (sender: number, nextNonce: number, held: readonly Held[], nowMs: number) => void;
}

const ASKING_MAX = 32;
export const ASK_AGAIN_MS = 1_000;

export class StaleSenders {
  readonly #parts: StaleSendersParts;
  readonly #stale = new Map<number, Stale>();
  #held = 0;

  constructor(parts: StaleSendersParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#stale.size;
  }

  /** Payments that wait. */
  get held(): number {
    return this.#held;
  }

  /** His nonces are to be asked for, not before `atMs`. */
  add(sender: number, atMs: number): void {
    if (!this.#stale.has(sender)) this.#stale.set(sender, { held: [], isAsking: false, askMs: atMs });
  }

  /** Keeps a payment of his for later; false when he needs no asking. */
  hold(sender: number, offer: Held): boolean {
    const stale = this.#stale.get(sender);
    if (stale === undefined) return false;
    stale.held.push(offer);
    this.#held++;
    return true;
  }

  ask(nowMs: number): void {
    let asking = 0;
    for (const [sender, stale] of this.#stale) {
      if (stale.isAsking) asking++;
      if (asking >= ASKING_MAX) return;
      if (stale.isAsking || stale.askMs > nowMs) continue;
      asking++;
      stale.isAsking = true;
      const { group, address } = accountAt(this.#parts.accounts, sender);
      this.#parts.network.account(group, address).then(
        ({ nextNonce }) => {
          this.#stale.delete(sender);
          this.#held -= stale.held.length;
          this.#parts.onFresh(sender, nextNonce, stale.held, nowMs);
        },
        () => {
          stale.isAsking = false;
          stale.askMs = nowMs + ASK_AGAIN_MS;
        },
      );
    }
  }
}
