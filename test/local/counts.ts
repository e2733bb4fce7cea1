// How much the tests on real processes do: everything with REXNET_FULL=1, a share of it in `npm test`. The one place to scale.

type Counts = {
  readonly loadSeconds: number;
  readonly kills: number;
  readonly freezeSeconds: number;
  readonly awaySeconds: number;
  readonly garbageInputs: number;
  /** Blocks without garbage before memory is judged. */
  readonly settleBlocks: number;
  /** Honest traffic is watched for so long while garbage comes. */
  readonly garbageSeconds: number;
  /** Blocks of the chain a node must restart from within its limit. */
  readonly longChainBlocks: number;
};

const FULL: Counts = {
  loadSeconds: 60,
  kills: 20,
  freezeSeconds: 60,
  awaySeconds: 60,
  garbageInputs: 100_000,
  garbageSeconds: 30,
  settleBlocks: 20,
  longChainBlocks: 1_000,
};
const SHORT: Counts = {
  loadSeconds: 15,
  kills: 5,
  freezeSeconds: 15,
  awaySeconds: 10,
  garbageInputs: 10_000,
  garbageSeconds: 15,
  settleBlocks: 3,
  longChainBlocks: 100,
};

export const IS_FULL: boolean = process.env['REXNET_FULL'] === '1';
export const COUNTS: Counts = IS_FULL ? FULL : SHORT;
/** What is drawn at random in these tests follows from it. */
export const SEED: number = Number(process.env['REXNET_SEED'] ?? 1);
