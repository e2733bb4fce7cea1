// What balances must be after a run: what they were before and what the signed transactions that ran did to them.
// Computed here, apart from any node; compared with what the chain says.

/** One account's holdings. */
export interface Holding {
  /** msat */
  readonly native: bigint;
  readonly tokens: bigint;
}

/** What a signed transaction is meant to do. */
export interface Transfer {
  readonly from: number;
  readonly to: number;
  readonly amount: bigint;
  readonly asset: keyof Holding;
  /** msat, charged whatever becomes of it. */
  readonly fee: bigint;
}

/** `debited`: the sender paid and the receiver's side failed. */
export type Outcome = 'completed' | 'failed' | 'debited';

export class Model {
  readonly #holdings: { native: bigint; tokens: bigint }[];
  readonly #uncertain = new Set<number>();

  constructor(before: readonly Holding[]) {
    this.#holdings = before.map((holding) => ({ ...holding }));
  }

  apply({ from, to, amount, asset, fee }: Transfer, outcome: Outcome): void {
    this.#of(from).native -= fee;
    if (outcome === 'failed') return;
    // A value that cannot be credited goes back to its sender; a token's relay that fails is lost with its debit.
    if (outcome === 'debited' && asset === 'native') return;
    this.#of(from)[asset] -= amount;
    if (outcome === 'completed') this.#of(to)[asset] += amount;
  }

  /** Nobody knows how far it came: its accounts are not judged. */
  unknown({ from, to }: Transfer): void {
    this.#uncertain.add(from);
    this.#uncertain.add(to);
  }

  /** Accounts whose holdings are known. */
  get certain(): number {
    return this.#holdings.length - this.#uncertain.size;
  }

  /** How much of an asset all accounts hold together; undefined when some are not known. */
  total(asset: keyof Holding): bigint | undefined {
    if (this.#uncertain.size > 0) return undefined;
    return this.#holdings.reduce((sum, holding) => sum + holding[asset], 0n);
  }

  /** The first account that differs from what the chain holds, as a sentence. */
  firstDifference(found: readonly Holding[], names: readonly string[]): string | undefined {
    for (const [index, expected] of this.#holdings.entries()) {
      if (this.#uncertain.has(index)) continue;
      for (const asset of ['native', 'tokens'] as const) {
        const got = found[index]?.[asset];
        if (got !== expected[asset])
          return `${names[index]} holds ${got} ${UNITS[asset]}, its transactions imply ${expected[asset]}`;
      }
    }
    return undefined;
  }

  #of(index: number): { native: bigint; tokens: bigint } {
    const holding = this.#holdings[index];
    if (holding === undefined) throw new RangeError(`no account ${index}`);
    return holding;
  }
}

const UNITS = { native: 'msat', tokens: 'tokens' } as const satisfies Record<keyof Holding, string>;
