// What the replay hands to each of its checks. Shapes only.
import type { CheckedBlock } from './check-blocks.ts';
import type { System } from './layouts.ts';
import type { Network } from './network.ts';
import type { Findings } from './report.ts';
import type { BlockDiff } from './stored-layouts.ts';
import type { Standing } from './world.ts';

/** One block between the state before it and the state after it. */
export interface Step {
  readonly network: Network;
  readonly group: number;
  readonly block: CheckedBlock;
  readonly diff: BlockDiff;
  readonly before: Standing;
  readonly system: System;
  /** Relays in queues before the block. */
  readonly waitingBefore: number;
  readonly findings: Findings;
}
