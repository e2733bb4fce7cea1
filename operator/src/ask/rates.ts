// Rates out of counters looked at again and again. A block brings its transactions all at once, so what is divided is what
// blocks hold by the time their stamps say they took: windows from block to block, as throughput is judged. Pure.

/** One look at the counters of one node. */
export type CounterLook = {
  readonly atMs: number;
  /** Counters of another node, or of the same one after a restart, do not continue these. */
  readonly node: string;
  readonly height: number;
  readonly tipMs: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly invocations: number;
  readonly gas: number;
};

export type BlockRates = { readonly tps: number; readonly utps: number; readonly gasPerBlock: number };

/** Enough blocks to even out how a beat falls between looks, few enough to follow a change. */
const WINDOW_MS = 5_000;
/** Who looks so often that more of them fall into the window gets by with the newest. */
const LOOKS_MAX = 64;

/** The rates of one group. */
export class RateWindow {
  readonly #windowMs: number;
  #looks: readonly CounterLook[] = [];

  constructor(windowMs: number = WINDOW_MS) {
    this.#windowMs = windowMs;
  }

  /** Undefined until there are two looks to compare. */
  look(look: CounterLook): BlockRates | undefined {
    const continued = this.#looks.at(-1);
    const isContinued = continued?.node === look.node && look.blocks >= continued.blocks;
    const kept = isContinued ? this.#looks : [];
    // One look from before the window stays: it is where the window begins.
    const inside = kept.findIndex(({ atMs }) => atMs >= look.atMs - this.#windowMs);
    this.#looks = [...kept.slice(inside < 0 ? -1 : Math.max(0, inside - 1)), look].slice(-LOOKS_MAX);
    const [first] = this.#looks;
    return first === undefined || first === look ? undefined : between(first, look);
  }
}

function between(first: CounterLook, last: CounterLook): BlockRates {
  const blocks = last.blocks - first.blocks;
  const spanMs = last.tipMs - first.tipMs;
  const heights = last.height - first.height;
  if (blocks <= 0 || spanMs <= 0 || heights <= 0) return { tps: 0, utps: 0, gasPerBlock: 0 };
  // Status and counters are asked one after the other: a block may fall between, so each is divided by its own count.
  const blocksPerSecond = (heights * 1_000) / spanMs;
  return {
    tps: ((last.transactions - first.transactions) / blocks) * blocksPerSecond,
    utps: ((last.invocations - first.invocations) / blocks) * blocksPerSecond,
    gasPerBlock: (last.gas - first.gas) / blocks,
  };
}
