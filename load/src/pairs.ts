// Who pays whom and how much, as an endless sequence that follows from a seed. Knows neither keys nor time.
import { Random } from './random.ts';

export interface Payment {
  /** Numbers of accounts. */
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

export interface PairsOptions {
  /** The group of every account, ascending. */
  readonly groups: readonly number[];
  readonly seed: number;
  /** Absent: the receiver is any other account. */
  readonly crossGroupPercent?: number | undefined;
}

export const AMOUNT_MAX = 1_000;
const PERCENT_STEPS = 1_000;

/**
 * Senders take turns, group by group and account by account, so that every group is offered the same and no sender has
 * many transactions waiting at once. Receivers are random.
 */
export class Pairs {
  readonly #random: Random;
  readonly #members: readonly (readonly number[])[];
  readonly #groups: readonly number[];
  readonly #crossGroupPercent: number | undefined;
  #count = 0;

  constructor({ groups, seed, crossGroupPercent }: PairsOptions) {
    this.#random = new Random(seed);
    this.#groups = groups;
    const ids = [...new Set(groups)];
    this.#members = ids.map((id) => groups.flatMap((group, index) => (group === id ? [index] : [])));
    this.#crossGroupPercent = ids.length > 1 ? crossGroupPercent : undefined;
  }

  next(): Payment {
    const turn = this.#count++;
    const members = this.#members[turn % this.#members.length] ?? [];
    const from = members[Math.floor(turn / this.#members.length) % members.length] ?? 0;
    return { from, to: this.#receiver(from, members), amount: 1 + this.#random.below(AMOUNT_MAX) };
  }

  #receiver(from: number, members: readonly number[]): number {
    const count = this.#groups.length;
    if (this.#crossGroupPercent === undefined) return other(this.#random.below(count - 1), from);
    const crosses = this.#random.below(100 * PERCENT_STEPS) < this.#crossGroupPercent * PERCENT_STEPS;
    const first = members[0] ?? 0;
    if (!crosses) return first + other(this.#random.below(members.length - 1), from - first);
    // Members of a group stand side by side: who is not among them is numbered as if they were not there.
    const outside = this.#random.below(count - members.length);
    return outside < first ? outside : outside + members.length;
  }
}

/** The n-th number that is not `without`. */
function other(n: number, without: number): number {
  return n < without ? n : n + 1;
}
