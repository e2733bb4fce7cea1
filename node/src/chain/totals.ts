// Cumulative sums of value a group commits in every block: what it holds, sent, received, burnt. It moves nothing itself.
import { TOTALS, type Totals } from '../core/layouts.ts';

const U64_END = 1n << 64n;
/** What a group may hold: whoever received more would read a forged batch. */
export const HELD_MAX: bigint = U64_END - 1n;

/** Sums over the life of a chain wrap around, so that moving a fortune to and fro cannot stop it; differences stay right. */
function wrap(msat: bigint): bigint {
  return msat % U64_END;
}

/** One group's sums; amounts are msat. */
export class GroupTotals {
  #held: bigint;
  #burnt: bigint;
  readonly #sent: Map<number, bigint>;
  readonly #received: Map<number, bigint>;

  constructor(totals: Totals) {
    this.#held = totals.held;
    this.#burnt = totals.burnt;
    this.#sent = new Map(totals.perGroup.map((row) => [row.group, row.sent]));
    this.#received = new Map(totals.perGroup.map((row) => [row.group, row.received]));
  }

  static holding(msat: bigint): GroupTotals {
    return new GroupTotals({ held: msat, burnt: 0n, perGroup: [] });
  }

  get held(): bigint {
    return this.#held;
  }

  /** Value that came into being here: the block reward. */
  mint(msat: bigint): void {
    this.#setHeld(this.#held + msat);
  }

  burn(msat: bigint): void {
    this.#setHeld(this.#held - msat);
    this.#burnt += msat;
  }

  send(group: number, msat: bigint): void {
    if (msat === 0n) return;
    this.#setHeld(this.#held - msat);
    this.#sent.set(group, wrap((this.#sent.get(group) ?? 0n) + msat));
  }

  receive(group: number, msat: bigint): void {
    if (msat === 0n) return;
    this.#setHeld(this.#held + msat);
    this.#received.set(group, wrap((this.#received.get(group) ?? 0n) + msat));
  }

  record(): Totals {
    const groups = [...new Set([...this.#sent.keys(), ...this.#received.keys()])].sort((a, b) => a - b);
    const perGroup = groups.map((group) => ({
      group,
      sent: this.#sent.get(group) ?? 0n,
      received: this.#received.get(group) ?? 0n,
    }));
    return { held: this.#held, burnt: this.#burnt, perGroup };
  }

  encode(): Uint8Array {
    return TOTALS.encode(this.record());
  }

  #setHeld(msat: bigint): void {
    if (msat < 0n || msat > HELD_MAX) throw new Error(`a group cannot hold ${msat} msat: value was forged or lost`);
    this.#held = msat;
  }
}
