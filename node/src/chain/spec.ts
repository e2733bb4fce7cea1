// What a person may set of a network, with bounds and defaults: one table for rxd, the planner and the Testnet schema.
// It reads no file and words no cure.

/** Fields of `spec`, of `spec.chain` and of `spec.bitcoin` that genesis is made of. */
export const SPEC = {
  groups: { minimum: 1, maximum: 1_024, default: 2 },
  seed: { minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 1 },
  chain: {
    partitions: { enum: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096], default: 256 },
    blockInterval: { minimum: '100ms', maximum: '10m', default: '1s' },
    blockGas: { minimum: 100_000, maximum: 1_000_000_000_000, default: 4_000_000 },
    difficulty: { enum: ['Floor', 'Asert'], default: 'Floor' },
    confirmations: { minimum: 0, maximum: 100, default: 2 },
  },
  bitcoin: { blockInterval: { default: '10s' } },
} as const;

/** The one rule across fields; undefined when it holds. */
export function groupsProblem(groups: number, partitions: number): string | undefined {
  if (groups <= partitions) return undefined;
  return `spec.groups is ${groups} but spec.chain.partitions is ${partitions}: a group needs at least one partition; use at most ${partitions} groups`;
}
export const GROUPS_CURE = 'lower spec.groups or raise spec.chain.partitions';
