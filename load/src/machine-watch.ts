// What a generator in a pod can see of the machine while it measures: how busy the cores were, what the host took away, how long it
// waited itself, and who was stopped for having used up its share: itself or a node it asks. What others used up it cannot tell.
import { readFileSync } from 'node:fs';
import { readThrottling, type Throttling } from '@rexnet/node/telemetry/throttling.ts';
import type { MachineReading } from './verdict/reading.ts';

/** Somebody with a share of the processor of his own. */
export interface Quota {
  /** `a node of group 3`, `the generator` */
  readonly who: string;
  readonly read: () => Promise<Throttling>;
}

/** Fields of the first line of /proc/stat, after its name. */
const FIELDS = { user: 0, nice: 1, system: 2, idle: 3, iowait: 4, irq: 5, softirq: 6, steal: 7 } as const;

interface Look {
  readonly busy: number;
  readonly steal: number;
  readonly all: number;
  readonly ran: number;
  readonly waited: number;
  /** Nothing of whom does not answer. */
  readonly quotas: Promise<readonly (Throttling | undefined)[]>;
}

export class MachineWatch {
  readonly #quotas: readonly Quota[];
  readonly #read: (path: string) => string;
  #from: Look | undefined;
  #to: Look | undefined;

  constructor(nodes: readonly Quota[], read: (path: string) => string = readOr) {
    this.#quotas = [{ who: 'the generator', read: async () => readThrottling() }, ...nodes];
    this.#read = read;
  }

  begin(): void {
    this.#from = this.#look();
  }

  end(): void {
    this.#to = this.#look();
  }

  /** Zeros of a window that never opened. */
  async reading(): Promise<MachineReading> {
    const [from, to] = [this.#from, this.#to];
    if (from === undefined || to === undefined)
      return { busyShare: 0, foreignShare: 0, stealShare: 0, waitShare: 0, throttledShare: 0 };
    const all = to.all - from.all;
    const waited = to.waited - from.waited;
    return {
      busyShare: share(to.busy - from.busy, all),
      foreignShare: 0,
      stealShare: share(to.steal - from.steal, all),
      waitShare: share(waited, waited + to.ran - from.ran),
      ...throttlingOf(sharesOf(this.#quotas, await from.quotas, await to.quotas)),
    };
  }

  #look(): Look {
    const ticks = coreTicks(this.#read('/proc/stat'));
    const of = (...names: readonly (keyof typeof FIELDS)[]): number =>
      names.reduce((sum, name) => sum + (ticks[FIELDS[name]] ?? 0), 0);
    const busy = of('user', 'nice', 'system', 'irq', 'softirq');
    const [ran = 0, waited = 0] = this.#read('/proc/self/schedstat').trim().split(' ').map(Number);
    return {
      busy,
      steal: of('steal'),
      all: busy + of('idle', 'iowait', 'steal'),
      ran,
      waited,
      quotas: Promise.all(this.#quotas.map(({ read }) => read().catch(() => undefined))),
    };
  }
}

function coreTicks(text: string): readonly number[] {
  const line = text.split('\n').find((each) => each.startsWith('cpu '));
  return (line ?? '').trim().split(/\s+/).slice(1).map(Number);
}

type Stopped = { readonly who: string; readonly share: number };

/** In the order of the quotas. A node that started anew counts from nothing: of it only what it counted since is known. */
function sharesOf(
  quotas: readonly Quota[],
  from: readonly (Throttling | undefined)[],
  to: readonly (Throttling | undefined)[],
): readonly Stopped[] {
  return quotas.map(({ who }, index) => {
    const [before, after] = [from[index], to[index]];
    if (before === undefined || after === undefined) return { who, share: 0 };
    const isAnew = after.periods < before.periods;
    const [periods, throttled] = isAnew ? [0, 0] : [before.periods, before.throttled];
    return { who, share: share(after.throttled - throttled, after.periods - periods) };
  });
}

/** The generator comes first. */
function throttlingOf(
  shares: readonly Stopped[],
): Pick<MachineReading, 'throttledShare' | 'throttled' | 'generatorThrottledShare'> {
  const generatorThrottledShare = shares[0]?.share ?? 0;
  const worst = shares.toSorted((a, b) => b.share - a.share)[0];
  return worst === undefined || worst.share === 0
    ? { throttledShare: 0, generatorThrottledShare }
    : { throttledShare: worst.share, throttled: worst.who, generatorThrottledShare };
}

/** 0 where nothing was counted. */
function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
