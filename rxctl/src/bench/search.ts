// The search for the highest rate that holds (perf.md 4.1): a quarter more each step until one does not hold, then halving the
// gap, then a longer look at a little less. Pure: it says what to try next and is told how it went.

export interface Trial {
  readonly tps: number;
  readonly phase: 'rise' | 'narrow' | 'confirm';
}

const RISE = 1.25;
/** The gap at which narrowing ends. */
const GAP_MAX = 1.03;
const CONFIRM_AT = 0.95;
const TRIALS_MAX = 40;

export class RateSearch {
  readonly #first: number;
  #holds: number | undefined;
  #fails: number | undefined;
  #trial: Trial | undefined;
  #confirmed: number | undefined;
  #count = 0;

  constructor(firstTps: number) {
    this.#first = firstTps;
  }

  /** What to try now; undefined when it is over. */
  next(): Trial | undefined {
    this.#trial = this.#over() ? undefined : this.#nextTrial();
    this.#count++;
    return this.#trial;
  }

  /** How the trial went. */
  heard(held: boolean): void {
    const trial = this.#trial;
    if (trial === undefined) throw new Error('nothing was tried');
    if (trial.phase === 'confirm') {
      if (held) this.#confirmed = trial.tps;
      // What holds for a moment and not for long does not hold.
      else {
        this.#fails = trial.tps;
        this.#holds = trial.tps * CONFIRM_AT;
      }
    } else if (held) this.#holds = Math.max(this.#holds ?? 0, trial.tps);
    else this.#fails = Math.min(this.#fails ?? Number.POSITIVE_INFINITY, trial.tps);
  }

  /** The rate that held when it was looked at for longer. */
  get confirmed(): number | undefined {
    return this.#confirmed;
  }

  #over(): boolean {
    return this.#confirmed !== undefined || this.#count >= TRIALS_MAX;
  }

  #nextTrial(): Trial {
    const [holds, fails] = [this.#holds, this.#fails];
    if (holds === undefined) return { tps: fails === undefined ? this.#first : fails / RISE, phase: 'rise' };
    if (fails === undefined) return { tps: holds * RISE, phase: 'rise' };
    if (fails / holds > GAP_MAX) return { tps: Math.sqrt(holds * fails), phase: 'narrow' };
    return { tps: holds * CONFIRM_AT, phase: 'confirm' };
  }
}

/** Of what was offered, what must complete in the same window. */
const GOODPUT_MIN = 0.98;
const BACKLOG_INTERVALS = 3;

export interface Step {
  readonly offeredTps: number;
  readonly tps: number;
  readonly p99Ms: number;
  readonly blockIntervalMs: number;
  /** The p99 of a load that is no strain: confirmations are no queue. */
  readonly calmP99Ms: number;
}

/** Why a rate does not hold; undefined when it does. */
export function strain({ offeredTps, tps, p99Ms, blockIntervalMs, calmP99Ms }: Step): string | undefined {
  if (tps < GOODPUT_MIN * offeredTps) return `${((tps / offeredTps) * 100).toFixed(1)} % of what was offered completed`;
  const over = p99Ms - calmP99Ms;
  if (over > BACKLOG_INTERVALS * blockIntervalMs)
    return `p99 ${(over / 1_000).toFixed(1)} s above that of a calm network: a backlog grows`;
  return undefined;
}
