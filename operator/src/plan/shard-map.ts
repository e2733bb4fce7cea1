// Plans which partitions move to which group: as few as even the load out, none that is pinned. Pure and exact: the same map,
// load and policy give the same moves on every machine. It moves nothing, and measures nothing.
import { GroupLoads } from './group-loads.ts';

export type Pin = { readonly partition: number; readonly group: number };
export type Move = { readonly partition: number; readonly from: number; readonly to: number };

/** The table on chain, and the groups that may own partitions. */
export type Placement = {
  /** Group of every partition. A group that is not in `groups` leaves, and hands over what it owns. */
  readonly owners: ArrayLike<number>;
  readonly groups: readonly number[];
};
export type PartitionLoads = {
  /** Averaged over a time long enough to last, in any unit; one for each partition. */
  readonly measured: ArrayLike<number>;
  /** In the same unit: what a partition counts at least. Load that is small beside it moves nothing. */
  readonly idle: number;
};
export type MovePolicy = {
  readonly pins: readonly Pin[];
  /** How far a group may lie from the mean before anything moves. */
  readonly maxImbalancePercent: number;
  readonly maxConcurrentMoves: number;
  /** True from the first move of a proposal to its last: what was begun is brought to the goal, not only below the maximum. */
  readonly isUnderWay: boolean;
};
export type Proposal = {
  /** In the order in which they help most. */
  readonly moves: readonly Move[];
  /** The table when all are done. */
  readonly owners: readonly number[];
  readonly imbalanceBeforePercent: number;
  readonly imbalanceAfterPercent: number;
  /** Pins to a group that is not there, or of a partition that is not. */
  readonly unmetPins: readonly Pin[];
};

/** Once something moves, the load is evened out to this share of the maximum, so that it does not move again soon. */
const GOAL_SHARE = 0.25;
/** This share of the mean load of a partition counts as idle at least: no partition is free, and noise weighs less. */
const IDLE_SHARE_MIN = 0.1;
/** Load of a mean partition, in whole numbers: sums of them are exact, in whatever order. */
const MEAN_WEIGHT = 1_000_000;
const PERCENT = 100;

/** Throws when there is no group, or not one load for each partition. */
export function planMoves({ owners, groups }: Placement, loads: PartitionLoads, policy: MovePolicy): Proposal {
  const before = Array.from(owners);
  const weights = weightsOf(before.length, loads);
  const live = [...groups].sort((left, right) => left - right);
  const { met, unmet } = sortPins(policy.pins, before.length, live);
  const state = new GroupLoads(live, before, weights, new Set(met.keys()));
  const imbalanceBeforePercent = state.imbalance() * PERCENT;

  for (const [partition, group] of met) state.give(partition, group);
  // The heaviest first, each to the lightest group.
  const homeless = before
    .map((_, partition) => partition)
    .filter((partition) => !state.isHeld(partition))
    .sort((left, right) => (weights[right] ?? 0) - (weights[left] ?? 0) || left - right);
  for (const partition of homeless) state.give(partition, state.lightest());

  const tolerance = policy.maxImbalancePercent / PERCENT;
  const goal = tolerance * GOAL_SHARE;
  if (state.improvement(policy.isUnderWay ? goal : tolerance) !== undefined) {
    state.settle(goal);
    const mayStay = state.moved.filter((partition) => !met.has(partition) && live.includes(before[partition] ?? -1));
    for (const partition of mayStay.reverse()) leaveAlone(state, partition, before[partition] ?? -1, goal);
  }
  return {
    moves: movesBetween(before, state.owners, state.moved),
    owners: [...state.owners],
    imbalanceBeforePercent,
    imbalanceAfterPercent: state.imbalance() * PERCENT,
    unmetPins: unmet,
  };
}

/** What may begin while others are under way. */
export function movesToStart(
  moves: readonly Move[],
  inFlight: readonly { readonly partition: number }[],
  { maxConcurrentMoves }: Pick<MovePolicy, 'maxConcurrentMoves'>,
): readonly Move[] {
  const busy = new Set(inFlight.map(({ partition }) => partition));
  const room = Math.max(0, maxConcurrentMoves - inFlight.length);
  return moves.filter(({ partition }) => !busy.has(partition)).slice(0, room);
}

/** The way from one table to another: what is left of a proposal after some of its moves. */
export function movesBetween(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  order: readonly number[] = Array.from(from, (_, partition) => partition),
): readonly Move[] {
  return order.flatMap((partition) => {
    const [source, target] = [from[partition], to[partition]];
    return source === undefined || target === undefined || source === target
      ? []
      : [{ partition, from: source, to: target }];
  });
}

/** A move that was overtaken by others is not made. */
function leaveAlone(state: GroupLoads, partition: number, home: number, goal: number): void {
  const away = state.owners[partition];
  if (away === undefined || away === home) return;
  state.give(partition, home);
  if (state.improvement(goal) !== undefined) state.give(partition, away);
}

function weightsOf(partitions: number, { measured, idle }: PartitionLoads): readonly number[] {
  const loads = Array.from(measured);
  if (loads.length !== partitions) throw new RangeError(`${loads.length} loads for ${partitions} partitions`);
  if (![...loads, idle].every((load) => Number.isFinite(load) && load >= 0))
    throw new RangeError('a load is no number, or below zero');
  const mean = loads.reduce((sum, load) => sum + load, 0) / partitions;
  const least = Math.max(idle, (mean * IDLE_SHARE_MIN) / (1 - IDLE_SHARE_MIN));
  if (mean + least === 0) return loads.map(() => MEAN_WEIGHT);
  return loads.map((load) => Math.max(1, Math.round(((load + least) / (mean + least)) * MEAN_WEIGHT)));
}

function sortPins(
  pins: readonly Pin[],
  partitions: number,
  live: readonly number[],
): { readonly met: ReadonlyMap<number, number>; readonly unmet: readonly Pin[] } {
  const canBeMet = ({ partition, group }: Pin): boolean => partition < partitions && live.includes(group);
  const sorted = [...pins].sort((left, right) => left.partition - right.partition);
  return {
    met: new Map(sorted.filter(canBeMet).map(({ partition, group }) => [partition, group])),
    unmet: sorted.filter((pin) => !canBeMet(pin)),
  };
}
