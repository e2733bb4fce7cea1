// The load of groups while partitions are given from one to another, and the one move that evens it out most. It lives as long
// as one planning and knows no policy.

export class GroupLoads {
  /** Group of every partition. */
  readonly owners: number[];
  readonly #groups: readonly number[];
  readonly #weights: readonly number[];
  readonly #pinned: ReadonlySet<number>;
  /** Load of and partitions held by each group, in the order of the groups. */
  readonly #loads: number[];
  readonly #held: readonly Set<number>[];
  readonly #indexOf: ReadonlyMap<number, number>;
  readonly #moved = new Set<number>();
  readonly #total: number;

  /** Groups ascend; weights are whole and at least 1. What others own is held by nobody. */
  constructor(
    groups: readonly number[],
    owners: readonly number[],
    weights: readonly number[],
    pinned: ReadonlySet<number>,
  ) {
    if (groups.length === 0) throw new RangeError('no group can own a partition');
    this.#groups = groups;
    this.#weights = weights;
    this.#pinned = pinned;
    this.owners = [...owners];
    this.#loads = groups.map(() => 0);
    this.#held = groups.map(() => new Set());
    this.#indexOf = new Map(groups.map((group, index) => [group, index]));
    for (const [partition, owner] of owners.entries()) this.#hold(partition, owner);
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Partitions that were given at least once, in that order. */
  get moved(): number[] {
    return [...this.#moved];
  }

  isHeld(partition: number): boolean {
    return this.#indexOf.has(this.owners[partition] ?? -1);
  }

  give(partition: number, to: number): void {
    const from = this.owners[partition];
    if (from === undefined || from === to) return;
    const giver = this.#indexOf.get(from);
    if (giver !== undefined && this.#held[giver]?.delete(partition)) {
      this.#loads[giver] = this.#load(giver) - this.#weight(partition);
    }
    this.#hold(partition, to);
    this.owners[partition] = to;
    this.#moved.add(partition);
  }

  lightest(): number {
    return this.#groups[this.#survey([]).lightest] ?? -1;
  }

  /** How far the group that lies farthest from the mean lies from it; 1 is the mean. */
  imbalance(): number {
    const mean = this.#total / this.#groups.length;
    return Math.max(...this.#loads.map((load) => Math.abs(load - mean))) / mean;
  }

  /** Gives until nothing is left to improve. */
  settle(tolerance: number): void {
    // Each step lowers the sum of the squares of the loads; a partition is given once or twice.
    const stepsMax = this.owners.length * this.#groups.length + 1;
    for (let step = 0; step < stepsMax; step++) {
      const next = this.improvement(tolerance);
      if (next === undefined) return;
      this.give(next.partition, next.to);
    }
  }

  /**
   * The next partition to give, while a group lies farther from the mean than tolerated. A group too heavy that can give none,
   * because one partition makes it so, is left out of the mean: it must not keep the others moving.
   */
  improvement(tolerance: number): { readonly partition: number; readonly to: number } | undefined {
    const isLeftOut: boolean[] = [];
    for (let judged = this.#groups.length; judged > 1; judged--) {
      const { heaviest, lightest, mean } = this.#survey(isLeftOut);
      const to = this.#groups[lightest] ?? -1;
      if (this.#load(heaviest) - mean > tolerance * mean) {
        const partition = this.#best(heaviest, lightest, mean);
        if (partition !== undefined) return { partition, to };
        isLeftOut[heaviest] = true;
        continue;
      }
      const lightLoad = this.#load(lightest);
      if (lightLoad !== 0 && mean - lightLoad <= tolerance * mean) return undefined;
      const partition = this.#bestOfAny(isLeftOut, lightest, mean);
      return partition === undefined ? undefined : { partition, to };
    }
    return undefined;
  }

  /** What the heaviest group that can give gives best. */
  #bestOfAny(isLeftOut: readonly boolean[], to: number, mean: number): number | undefined {
    const donors = [...this.#loads.keys()]
      .filter((index) => !isLeftOut[index])
      .sort((left, right) => this.#load(right) - this.#load(left) || left - right);
    for (const donor of donors) {
      const partition = this.#best(donor, to, mean);
      if (partition !== undefined) return partition;
    }
    return undefined;
  }

  /** The partition that brings both nearest to the mean; none when giving any would only turn the tables. */
  #best(from: number, to: number, mean: number): number | undefined {
    const [heavy, light] = [this.#load(from), this.#load(to)];
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const partition of this.#held[from] ?? []) {
      const weight = this.#weight(partition);
      if (weight >= heavy - light || this.#pinned.has(partition)) continue;
      const distance = Math.max(Math.abs(heavy - weight - mean), Math.abs(light + weight - mean));
      if (distance < least || (distance === least && partition < best)) [best, least] = [partition, distance];
    }
    return best === -1 ? undefined : best;
  }

  /** The first of the heaviest, the first of the lightest, and the mean of all that are not left out. */
  #survey(isLeftOut: readonly boolean[]): {
    readonly heaviest: number;
    readonly lightest: number;
    readonly mean: number;
  } {
    let [heaviest, lightest, sum, count] = [-1, -1, 0, 0];
    for (let index = 0; index < this.#loads.length; index++) {
      if (isLeftOut[index]) continue;
      const load = this.#load(index);
      if (heaviest === -1 || load > this.#load(heaviest)) heaviest = index;
      if (lightest === -1 || load < this.#load(lightest)) lightest = index;
      sum += load;
      count++;
    }
    return { heaviest, lightest, mean: sum / count };
  }

  #hold(partition: number, group: number): void {
    const index = this.#indexOf.get(group);
    if (index === undefined) return;
    this.#held[index]?.add(partition);
    this.#loads[index] = this.#load(index) + this.#weight(partition);
  }

  #load(index: number): number {
    return this.#loads[index] ?? 0;
  }

  #weight(partition: number): number {
    return this.#weights[partition] ?? 0;
  }
}
