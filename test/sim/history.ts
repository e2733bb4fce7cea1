// What happens in one simulated history, drawn from its seed: how many groups and nodes, how bad the network is, who
// crashes, splits, comes late or attacks.
import { Random } from './random.ts';

export interface HistoryPlan {
  readonly seed: number;
  readonly groups: number;
  readonly nodesPerGroup: number;
  readonly confirmations: number;
  readonly blockIntervalMs: number;
  readonly maxReorg: number;
  readonly maxQueue: number;
  /** Time with faults and transactions; healing follows. */
  readonly activeMs: number;
  readonly latencyMs: readonly [number, number];
  readonly loss: number;
  readonly duplication: number;
  /** Chance that a leaf is replaced by an empty one on its way. */
  readonly omission: number;
  /** Mean time a proof takes once a template is due. */
  readonly grindMs: number;
  readonly splits: readonly { readonly atMs: number; readonly forMs: number }[];
  readonly crashes: readonly { readonly atMs: number; readonly forMs: number }[];
  /** A second or third node of a group that starts from nothing. */
  readonly joiners: readonly { readonly atMs: number; readonly group: number }[];
  readonly attacks: readonly { readonly atMs: number; readonly group: number; readonly depth: number }[];
  /** Blocks whose state root is wrong, shown to their own group only. */
  readonly forgeries: readonly { readonly atMs: number; readonly group: number }[];
  /** Moments from which governance wants one group more, whose nodes start after so long. */
  readonly joins: readonly { readonly atMs: number; readonly nodesAfterMs: number }[];
}

const SHORT_MS = 18_000;
const LONG_MS = 45_000;
const DEPTHS = [1, 2, 3, 5, 8, 13, 30];

export function planHistory(seed: number): HistoryPlan {
  const random = new Random(seed);
  // One history in eight is long enough for reorganisations of 30 blocks.
  const long = seed % 8 === 0;
  const groups = 2 + random.below(3);
  const activeMs = long ? LONG_MS : SHORT_MS;
  const some = <T>(max: number, make: () => T): T[] => Array.from({ length: random.below(max + 1) }, make);
  const moment = () => random.between(2_000, activeMs * 0.9);
  const splits = long
    ? [{ atMs: 3_000, forMs: random.between(28_000, 38_000) }]
    : some(1, () => ({ atMs: moment(), forMs: random.between(2_000, 12_000) }));
  return {
    seed,
    groups,
    nodesPerGroup: long || random.chance(0.6) ? 2 : 1,
    confirmations: random.pick([0, 1, 2, 2, 2, 3]),
    blockIntervalMs: 1_000,
    maxReorg: 128,
    maxQueue: random.pick([4, 12, 1_000]),
    activeMs,
    latencyMs: random.pick([
      [5, 20],
      [5, 200],
      [50, 800],
    ] as const),
    loss: random.pick([0, 0.02, 0.1]),
    duplication: random.pick([0, 0.1]),
    omission: random.pick([0, 0.05]),
    grindMs: random.pick([20, 150, 500]),
    splits,
    crashes: some(3, () => ({ atMs: moment(), forMs: random.between(200, 8_000) })),
    joiners: some(1, () => ({ atMs: moment(), group: random.below(groups) })),
    attacks: some(2, () => ({
      atMs: long ? random.between(activeMs * 0.7, activeMs * 0.95) : moment(),
      group: random.chance(0.5) ? 0 : random.below(groups),
      depth: random.pick(DEPTHS),
    })),
    forgeries: some(1, () => ({ atMs: moment(), group: random.below(groups) })),
    joins: [],
  };
}

const JOIN_ATTACK_DEPTHS = [1, 2, 3, 5, 8];

/** The same history with one to three groups that join, and branches of group 0 that leave their adoption out. */
export function planJoins(seed: number): HistoryPlan {
  const plan = planHistory(seed);
  const random = new Random(seed + 1_000_000);
  const joins = Array.from({ length: 1 + random.below(3) }, () => ({
    atMs: random.between(1_000, plan.activeMs * 0.7),
    nodesAfterMs: random.pick([0, 500, 6_000]),
  }));
  const attacks = joins
    .filter(() => random.chance(0.6))
    .map(({ atMs }) => ({
      atMs: atMs + random.between(1_500, 6_000),
      group: 0,
      depth: random.pick(JOIN_ATTACK_DEPTHS),
    }));
  return { ...plan, joins, attacks: [...plan.attacks, ...attacks] };
}
