// What balances must be after a run: what they were before and what the signed transactions that ran did to them.
// Computed here, apart from any node; compared with what the chain says. The order of transactions makes no difference to it.

/** One account's holdings. */
export interface Holding {
  /** msat */
  readonly native: bigint;
  /** What the workload's contract keeps for it: tokens, points, or the option it votes for. */
  readonly tokens: bigint;
}

/**
 * What becomes of a payment whose relay fails: it goes back to its sender, it is gone, or it was to happen there and has not
 * happened at all.
 */
export type FailedRelay = 'returned' | 'gone' | 'nothing';

/** What a signed transaction is meant to do. */
export type Effect = {
  readonly from: number;
  /** msat, charged whatever becomes of it. */
  readonly fee: bigint;
} & (
  | {
      readonly kind: 'pay';
      readonly to: readonly number[];
      /** To each of them. */
      readonly amount: bigint;
      readonly asset: keyof Holding;
      readonly failedRelay: FailedRelay;
    }
  /** The account's holding becomes `value`, unless a transaction of its own with a later nonce has set it. */
  | { readonly kind: 'set'; readonly value: bigint; readonly nonce: number }
  | { readonly kind: 'fee' }
);

/** `debited`: the first invocation succeeded and a relay failed. */
export type Outcome = 'completed' | 'failed' | 'debited';

interface Account {
  native: bigint;
  tokens: bigint;
  /** Of the transaction that set `tokens`. */
  setBy: number;
}

export class Model {
  readonly #accounts: readonly Account[];
  readonly #uncertain = new Set<number>();

  constructor(before: readonly Holding[]) {
    this.#accounts = before.map(({ native, tokens }) => ({ native, tokens, setBy: -1 }));
  }

  apply(effect: Effect, outcome: Outcome): void {
    const payer = this.#of(effect.from);
    payer.native -= effect.fee;
    if (outcome === 'failed' || effect.kind === 'fee') return;
    if (effect.kind === 'set') {
      if (payer.setBy > effect.nonce) return;
      payer.setBy = effect.nonce;
      payer.tokens = effect.value;
      return;
    }
    const { to, amount, asset, failedRelay } = effect;
    if (outcome === 'completed') {
      payer[asset] -= amount * BigInt(to.length);
      for (const one of to) this.#of(one)[asset] += amount;
    } else if (to.length > 1) {
      // Some arrived and some did not.
      this.unknown(effect);
    } else if (failedRelay === 'gone') payer[asset] -= amount;
  }

  /** Nobody knows how far it came: its accounts are not judged. */
  unknown(effect: Effect): void {
    this.#uncertain.add(effect.from);
    if (effect.kind === 'pay') for (const one of effect.to) this.#uncertain.add(one);
  }

  /** Accounts whose holdings are known. */
  get certain(): number {
    return this.#accounts.length - this.#uncertain.size;
  }

  /** Nothing is unknown. */
  get isCertain(): boolean {
    return this.#uncertain.size === 0;
  }

  /** How much of an asset all accounts hold together; undefined when some are not known. */
  total(asset: keyof Holding): bigint | undefined {
    if (this.#uncertain.size > 0) return undefined;
    return this.#accounts.reduce((sum, account) => sum + account[asset], 0n);
  }

  /** The first account that differs from what the chain holds, as a sentence. */
  firstDifference(found: readonly Holding[], names: readonly string[]): string | undefined {
    for (const [index, expected] of this.#accounts.entries()) {
      if (this.#uncertain.has(index)) continue;
      for (const asset of ['native', 'tokens'] as const) {
        const got = found[index]?.[asset];
        if (got !== expected[asset])
          return `${names[index]} holds ${got} ${UNITS[asset]}, its transactions imply ${expected[asset]}`;
      }
    }
    return undefined;
  }

  #of(index: number): Account {
    const account = this.#accounts[index];
    if (account === undefined) throw new RangeError(`no account ${index}`);
    return account;
  }
}

const UNITS = { native: 'msat', tokens: 'tokens' } as const satisfies Record<keyof Holding, string>;
