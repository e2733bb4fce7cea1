// What share of the offered load the chains carry out, counted from block to block and timed by the blocks themselves: neither
// the way through the blocks nor the beat they come in counts, only whether less is carried out than was offered.
import { until } from './until.ts';

/** As much of a block as is counted. */
export type CountedBlock = {
  readonly group: number;
  readonly height: number;
  readonly timestampMs: number;
  readonly receipts: number;
};

export type CarriedRateOptions = {
  /** The groups that count. */
  readonly groups: readonly number[];
  /** Invocations each of them has to carry out a second. */
  readonly invocationsPerSecond: number;
  readonly everyMs?: number;
  readonly block: (group: number, which: 'tip' | number) => Promise<CountedBlock | undefined>;
};

/** So many times the span asked for is looked at, before too slow is too slow. */
const SECOND_CHANCES = 4;
const SPARE_MS = 60_000;
const LOOK_EVERY_MS = 500;

export class CarriedRate {
  readonly #options: CarriedRateOptions;
  readonly #first = new Map<number, CountedBlock>();
  readonly #last = new Map<number, CountedBlock>();
  #receipts = 0;

  private constructor(options: CarriedRateOptions) {
    this.#options = options;
  }

  /** Counts from the blocks that are newest now. */
  static async start(options: CarriedRateOptions): Promise<CarriedRate> {
    const rate = new CarriedRate(options);
    for (const group of options.groups) {
      const tip = await options.block(group, 'tip');
      if (tip === undefined) throw new Error(`group ${group} has no block`);
      rate.#first.set(group, tip);
      rate.#last.set(group, tip);
    }
    return rate;
  }

  /** 1 = all of it. */
  get value(): number {
    const seconds = this.#spans.reduce((sum, span) => sum + span, 0);
    return seconds === 0 ? 0 : this.#receipts / (seconds * this.#options.invocationsPerSecond);
  }

  /** What every group has been counted for at least. */
  get seconds(): number {
    return Math.min(...this.#spans);
  }

  /** Counts the blocks that have come since. */
  async look(): Promise<void> {
    const { groups, block } = this.#options;
    await Promise.all(
      groups.map(async (group) => {
        const tip = await block(group, 'tip');
        for (let height = (this.#last.get(group)?.height ?? 0) + 1; height <= (tip?.height ?? 0); height++) {
          const next = await block(group, height);
          if (next === undefined) return;
          this.#receipts += next.receipts;
          this.#last.set(group, next);
        }
      }),
    );
  }

  /**
   * The rate over at least `seconds` of every chain. A machine that was taken away for a moment catches up: while the rate
   * stays below `enough` it is counted on, for a bounded time. What is really slowed never gets there.
   */
  async over(seconds: number, enough: number): Promise<number> {
    await until({
      what: `${seconds} s of blocks`,
      withinMs: (SECOND_CHANCES + 1) * seconds * 1_000 + SPARE_MS,
      look: () => this.look(),
      holds: () => this.seconds >= seconds && (this.value >= enough || this.seconds >= SECOND_CHANCES * seconds),
      everyMs: this.#options.everyMs ?? LOOK_EVERY_MS,
      tell: () => `${this.seconds} s at ${this.value.toFixed(3)}`,
    });
    return this.value;
  }

  get #spans(): readonly number[] {
    return this.#options.groups.map(
      (group) => ((this.#last.get(group)?.timestampMs ?? 0) - (this.#first.get(group)?.timestampMs ?? 0)) / 1_000,
    );
  }
}
