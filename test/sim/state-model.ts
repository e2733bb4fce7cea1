// What a simulation needs of the state its groups run: the tiny model, or the real one. Its checks look at one node's
// view of all groups, and at what any node executed.
import { provenUpdateOf } from '@rexnet/node/chain/map-update.ts';
import type { BlockOutcome, ChainState } from '@rexnet/node/chain/ports.ts';
import type { ViewParams } from '@rexnet/node/chain/view.ts';
import type { HeaderEntry } from '@rexnet/node/consensus/header-entry.ts';
import type { MapRules } from '@rexnet/node/consensus/map-rules.ts';
import type { ShardMap } from '@rexnet/node/consensus/shard-map.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import type { HistoryPlan } from './history.ts';
import type { Random } from './random.ts';
import type { SimNode } from './sim-node.ts';

export class CheckFailed extends Error {
  readonly code: string;

  constructor(code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

export interface ExecutedBlock {
  readonly parent: Uint8Array;
  readonly body: Uint8Array;
  readonly outcome: BlockOutcome;
}

/** Every block any node executed, by id. */
export type Executed = ReadonlyMap<string, ExecutedBlock>;

export interface SimState extends ChainState {
  /** What the header of the tip commits. */
  readonly stateRoot: Uint8Array;
  /** All state at the tip, where the model can begin from that. */
  snapshot?(): Uint8Array;
}

/** A state that took the place of all blocks up to it. */
export interface SimBase {
  readonly id: Uint8Array;
  readonly snapshot: Uint8Array;
}

export interface StateModel {
  readonly params: ViewParams;
  readonly genesisHeaders: readonly Uint8Array[];
  readonly maps: MapRules;
  /** Governance's update that adds one group to a map. */
  addGroup(before: ShardMap): Uint8Array;
  /** Into how many partitions its states are cut for peers; undefined = they are given to nobody. */
  readonly stateParts?: number;
  /** A state at genesis or a base, or after the blocks above it whose outcomes were stored, oldest first. */
  makeState(group: number, stored: readonly BlockOutcome[], base?: SimBase): SimState;
  /** What users of the node's group would like in its next block. */
  transactions(node: SimNode, random: Random): Uint8Array[];
  /** Who the blocks of a node pay. */
  miner(name: string): Uint8Array;
  /** Throws when amounts are missing on a node's view. */
  checkConservation(node: SimNode, executed: Executed): void;
  /** Throws while something sent has not arrived, or when it arrived twice or never. */
  checkDrained(node: SimNode, executed: Executed): void;
  /** A broken rule the states themselves noticed. */
  violation(): string | undefined;
  relays(node: SimNode, executed: Executed): { readonly executed: number; readonly crossed: number };
}

export type MakeModel = (plan: HistoryPlan) => StateModel;

export function executedAt(entry: HeaderEntry, executed: Executed): ExecutedBlock {
  const block = executed.get(entry.key);
  if (block === undefined) throw new CheckFailed('UNEXECUTED', `nobody executed ${entry.group}:${entry.height}`);
  return block;
}

/** Blocks of the chosen chain above genesis, oldest first, also those whose headers the node has let go of. */
export function chosenBlocks(node: SimNode, group: number, executed: Executed): ExecutedBlock[] {
  const blocks: ExecutedBlock[] = [];
  const tip = node.view.tree.tip(group);
  let block = tip.height > 0 ? executed.get(tip.key) : undefined;
  for (; block !== undefined; block = executed.get(toHex(block.parent))) blocks.push(block);
  return blocks.reverse();
}

/** A simulated witness is one byte; what is shown behind it follows. */
export const WITNESS_BYTES = 1;

export function shownBehind(witness: Uint8Array): Uint8Array | undefined {
  return provenUpdateOf(witness.subarray(WITNESS_BYTES));
}
