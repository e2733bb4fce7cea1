// Who pays whom and how much, as an endless sequence that follows from a seed. Knows neither keys nor time.
import { Random } from './random.ts';
import { shuffled, Zipf } from './zipf.ts';

export interface Payment {
  /** Numbers of accounts. */
  readonly from: number;
  readonly to: number;
  /** To each receiver. */
  readonly amount: number;
  /** Further receivers of the same transaction. */
  readonly others?: readonly number[];
}

/** `even`: senders take turns, receivers are drawn alike. `zipf`: both by Zipf's law. `one`: all pay one account. */
export type Skew = 'even' | 'zipf' | 'one';

export interface PairsOptions {
  /** The group of every account; members of a group stand side by side. */
  readonly groups: readonly number[];
  readonly seed: number;
  /** Absent: the receiver is any other account. */
  readonly crossGroupPercent?: number | undefined;
  readonly skew?: Skew;
  /** Receivers of one transaction; 1 when absent. */
  readonly receivers?: number;
  readonly amountMax?: number;
}

export const AMOUNT_MAX = 1_000;
const PERCENT_STEPS = 1_000;
/** Draws of a skewed receiver that is on the right side; then an even one is taken. */
const SKEWED_DRAWS_MAX = 64;

interface Group {
  /** Its members are numbered from here on. */
  readonly first: number;
  readonly count: number;
  /** Its members, the busiest first. */
  readonly order: readonly number[];
  readonly zipf: Zipf;
}

/**
 * Groups take turns, so that each is offered the same whatever the skew. Within a group senders take turns as well (so that
 * none has many transactions waiting at once), or are drawn by Zipf's law.
 */
export class Pairs {
  readonly #random: Random;
  readonly #members: readonly Group[];
  readonly #accounts: number;
  readonly #crossGroupPercent: number | undefined;
  readonly #skew: Skew;
  readonly #receivers: number;
  readonly #amountMax: number;
  /** All accounts, the most paid first. */
  readonly #order: readonly number[];
  readonly #zipf: Zipf;
  #count = 0;

  constructor(options: PairsOptions) {
    const { groups, seed, crossGroupPercent, skew = 'even', receivers = 1, amountMax = AMOUNT_MAX } = options;
    this.#random = new Random(seed);
    this.#accounts = groups.length;
    const ids = [...new Set(groups)];
    const isZipf = skew === 'zipf';
    this.#members = ids.map((id) => {
      const first = groups.indexOf(id);
      const count = groups.lastIndexOf(id) + 1 - first;
      const order = isZipf ? shuffled(count, this.#random).map((i) => first + i) : [];
      return { first, count, order, zipf: new Zipf(isZipf ? count : 0) };
    });
    this.#order = isZipf ? shuffled(groups.length, this.#random) : [];
    this.#zipf = new Zipf(isZipf ? groups.length : 0);
    this.#crossGroupPercent = ids.length > 1 ? crossGroupPercent : undefined;
    this.#skew = skew;
    this.#receivers = receivers;
    this.#amountMax = amountMax;
  }

  next(): Payment {
    const turn = this.#count++;
    const members = this.#members[turn % this.#members.length];
    if (members === undefined) throw new RangeError('nobody pays');
    const from = this.#sender(members, Math.floor(turn / this.#members.length));
    const to = this.#receiver(from, members);
    const amount = 1 + this.#random.below(this.#amountMax);
    if (this.#receivers === 1) return { from, to, amount };
    const others = Array.from({ length: this.#receivers - 1 }, () => this.#receiver(from, members));
    return { from, to, amount, others };
  }

  #sender({ first, count, order, zipf }: Group, round: number): number {
    if (this.#skew === 'zipf') return order[zipf.draw(this.#random)] ?? first;
    return first + (round % count);
  }

  #receiver(from: number, members: Group): number {
    // The last account of the last group is the one; it pays its neighbour.
    if (this.#skew === 'one') return from === this.#accounts - 1 ? from - 1 : this.#accounts - 1;
    const percent = this.#crossGroupPercent;
    const crosses =
      percent === undefined ? undefined : this.#random.below(100 * PERCENT_STEPS) < percent * PERCENT_STEPS;
    return (
      (this.#skew === 'zipf' ? this.#skewed(from, members, crosses) : undefined) ?? this.#even(from, members, crosses)
    );
  }

  #skewed(from: number, members: Group, crosses: boolean | undefined): number | undefined {
    for (let draw = 0; draw < SKEWED_DRAWS_MAX; draw++) {
      const to = this.#order[this.#zipf.draw(this.#random)];
      if (to === undefined || to === from) continue;
      const isOutside = to < members.first || to >= members.first + members.count;
      if (crosses === undefined || crosses === isOutside) return to;
    }
    return undefined;
  }

  #even(from: number, { first, count }: Group, crosses: boolean | undefined): number {
    if (crosses === undefined) return other(this.#random.below(this.#accounts - 1), from);
    if (!crosses) return first + other(this.#random.below(count - 1), from - first);
    // Who is not a member is numbered as if the members were not there.
    const outside = this.#random.below(this.#accounts - count);
    return outside < first ? outside : outside + count;
  }
}

/** The n-th number that is not `without`. */
function other(n: number, without: number): number {
  return n < without ? n : n + 1;
}
