// From a table, a proposal and what was seen of its moves to the status of a ShardMap: phase, figures as text, and a sentence that
// says what is waited for and what to do. Pure; it plans no move and remembers nothing.
import { toHex } from '@rexnet/node/core/bytes.ts';
import { taggedHash } from '@rexnet/node/core/hash.ts';
import { CONDITION_MESSAGE_MAX_LENGTH } from '../api/conditions.ts';
import {
  MOVES_IN_FLIGHT_MAX,
  type MoveInFlight,
  REBALANCE_ANNOTATION,
  type REBALANCE_WISHES,
  type ShardMapPhase,
  type ShardMapSpec,
  type ShardMapStatus,
  SUMMARY_MAX_LENGTH,
} from '../api/shard-map.ts';
import type { Proposal } from './shard-map.ts';
import { printTable } from './shard-map-table.ts';

export type ShardMapObserved = {
  readonly name: string;
  readonly approval: ShardMapSpec['approval'];
  /** What the annotation says. */
  readonly wish?: (typeof REBALANCE_WISHES)[number];
  /** The newest table on chain. */
  readonly map: {
    readonly epoch: number;
    readonly owners: ArrayLike<number>;
    readonly groups: readonly number[];
    /** Absent while it is not known. */
    readonly hash?: Uint8Array;
  };
  /** Absent while the load of the partitions is not known. */
  readonly proposal?: Proposal;
  /** State of each partition, when it is known. */
  readonly partitionBytes?: ArrayLike<number>;
  readonly maxConcurrentMoves: number;
  /** How long one move takes, as far as is known. */
  readonly moveMs: number;
  /** There from the first move of an approved proposal to the last. */
  readonly run?: {
    readonly moves: number;
    readonly movesDone: number;
    readonly inFlight: readonly MoveInFlight[];
  };
  /** Why nothing can move, as a sentence with a cure. */
  readonly obstacle?: string;
  /** Why moves were given up, as a sentence with a cure. */
  readonly failure?: string;
};

export type ShardMapCondition = {
  readonly type: 'Ready' | 'Reconciling' | 'Stalled';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
};
/** The shell adds generations and times. */
export type ShardMapJudged = Omit<ShardMapStatus, 'observedGeneration' | 'conditions'> & {
  readonly phase: ShardMapPhase;
  readonly conditions: readonly ShardMapCondition[];
};

const PERCENT = 100;
const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 3_600;
const KIB = 1_024;
const ID_BYTES = 16;

export function shardMapStatus(observed: ShardMapObserved): ShardMapJudged {
  const { map, proposal, run } = observed;
  const phase = phaseOf(observed);
  return {
    phase,
    epoch: map.epoch,
    groups: map.groups.length,
    ...(proposal === undefined ? {} : { imbalance: percentText(proposal.imbalanceBeforePercent) }),
    ...(map.hash === undefined ? {} : { tableHash: toHex(map.hash) }),
    table: printTable(map.owners),
    ...(proposal === undefined || proposal.moves.length === 0 ? {} : { proposal: proposalOf(observed, proposal) }),
    ...(run === undefined ? {} : { progress: progressOf(observed, run) }),
    conditions: conditionsOf(observed, phase),
  };
}

/** The same for the same table and moves, so that an approval is of what was seen. */
export function proposalId(epoch: number, owners: ArrayLike<number>): string {
  const text = new TextEncoder().encode(`${epoch} ${printTable(owners)}`);
  return toHex(taggedHash('rexnet/operator-proposal', text).subarray(0, ID_BYTES));
}

function phaseOf({ failure, run, wish, proposal }: ShardMapObserved): ShardMapPhase {
  if (failure !== undefined) return 'Failed';
  if (run !== undefined && run.movesDone < run.moves) {
    return wish === 'stop' && run.inFlight.length === 0 ? 'Stopped' : 'Rebalancing';
  }
  if (proposal === undefined) return 'PendingProposal';
  return proposal.moves.length === 0 ? 'Balanced' : 'ProposalReady';
}

function proposalOf(
  { map, partitionBytes, maxConcurrentMoves, moveMs }: ShardMapObserved,
  proposal: Proposal,
): NonNullable<ShardMapStatus['proposal']> {
  const { moves, owners, imbalanceBeforePercent, imbalanceAfterPercent } = proposal;
  const bytes = moves.reduce((sum, { partition }) => sum + (partitionBytes?.[partition] ?? 0), 0);
  return {
    id: proposalId(map.epoch, owners),
    moves: moves.length,
    ...(partitionBytes === undefined ? {} : { bytes: bytesText(bytes) }),
    imbalanceBefore: percentText(imbalanceBeforePercent),
    imbalanceAfter: percentText(imbalanceAfterPercent),
    estimatedDuration: durationText(durationMs(moves.length, maxConcurrentMoves, moveMs)),
    summary: summaryOf(map.owners, owners),
  };
}

function progressOf(
  { maxConcurrentMoves, moveMs }: ShardMapObserved,
  { moves, movesDone, inFlight }: NonNullable<ShardMapObserved['run']>,
): NonNullable<ShardMapStatus['progress']> {
  return {
    text: `${moves === 0 ? PERCENT : Math.floor((movesDone / moves) * PERCENT)}%`,
    eta: durationText(durationMs(moves - movesDone, maxConcurrentMoves, moveMs)),
    movesDone,
    inFlight: inFlight.slice(0, MOVES_IN_FLIGHT_MAX),
  };
}

type Verdict = readonly [reason: string, message: string];

function conditionsOf(observed: ShardMapObserved, phase: ShardMapPhase): readonly ShardMapCondition[] {
  const [reason, message] = verdictOf(observed, phase);
  const isWaiting =
    phase === 'Stopped' || (phase === 'ProposalReady' && (isForPerson(observed) || observed.obstacle !== undefined));
  const isAtRest = phase === 'Balanced' || phase === 'Failed' || isWaiting;
  const condition = (type: ShardMapCondition['type'], holds: boolean): ShardMapCondition => {
    return { type, status: holds ? 'True' : 'False', reason, message: cut(message, CONDITION_MESSAGE_MAX_LENGTH) };
  };
  return [
    condition('Ready', phase === 'Balanced'),
    condition('Reconciling', !isAtRest),
    condition('Stalled', phase === 'Failed'),
  ];
}

function isForPerson({ approval, wish }: ShardMapObserved): boolean {
  return wish === 'stop' || (approval === 'Manual' && wish !== 'approve');
}

function verdictOf(observed: ShardMapObserved, phase: ShardMapPhase): Verdict {
  const { name, map, run, proposal, failure = '', obstacle } = observed;
  const annotate = `kubectl annotate --overwrite shardmap/${name} ${REBALANCE_ANNOTATION}=approve`;
  switch (phase) {
    case 'Failed':
      return ['MovesFailed', failure];
    case 'Stopped':
      return [
        'StoppedByAnnotation',
        `Stopped after ${run?.movesDone} of ${run?.moves} moves, no partition is under way; ${annotate} goes on.`,
      ];
    case 'Rebalancing':
      return ['Rebalancing', rebalancing(observed)];
    case 'PendingProposal':
      return [
        'LoadUnknown',
        'The load of the partitions is not known yet; a proposal follows when nodes have told it.',
      ];
    case 'Balanced':
      return ['Balanced', balanced(observed)];
    case 'ProposalReady': {
      const what = wouldMove(observed, proposal);
      if (obstacle !== undefined) return ['CannotMove', `${what}. ${obstacle}`];
      if (isForPerson(observed)) return ['WaitingForApproval', `${what}; ${annotate} begins it.`];
      return ['Approved', `${what}; it begins now, at epoch ${map.epoch}.`];
    }
  }
}

function balanced({ map, proposal }: ShardMapObserved): string {
  const unmet = proposal?.unmetPins[0];
  const pins =
    unmet === undefined
      ? ''
      : ` Partition ${unmet.partition} is pinned to group ${unmet.group}, which is not there; correct spec.shardMap.pins.`;
  const imbalance = percentText(proposal?.imbalanceBeforePercent ?? 0);
  return `${map.owners.length} partitions lie on ${map.groups.length} groups, no group farther than ${imbalance} from the mean.${pins}`;
}

function wouldMove(observed: ShardMapObserved, proposal: Proposal | undefined): string {
  if (proposal === undefined) return '';
  const { moves, imbalanceBeforePercent, imbalanceAfterPercent } = proposal;
  const { maxConcurrentMoves, moveMs, map } = observed;
  const takes = durationText(durationMs(moves.length, maxConcurrentMoves, moveMs));
  return `Moving ${moves.length} of ${map.owners.length} partitions takes the imbalance from ${percentText(imbalanceBeforePercent)} to ${percentText(imbalanceAfterPercent)}, in about ${takes}`;
}

function rebalancing({ run, wish, maxConcurrentMoves, moveMs }: ShardMapObserved): string {
  if (run === undefined) return '';
  const left = durationText(durationMs(run.moves - run.movesDone, maxConcurrentMoves, moveMs));
  const [first] = run.inFlight;
  const waits = first?.state === undefined ? '' : ` Partition ${first.partition} waits for ${first.state}.`;
  if (wish === 'stop')
    return `Stopping: ${run.inFlight.length} moves are still under way and will be finished.${waits}`;
  return `${run.movesDone} of ${run.moves} partitions have moved, ${run.inFlight.length} are under way, about ${left} left.${waits}`;
}

/** 'g0..g3: 64 -> 32 partitions each; g4..g7: 0 -> 32'. */
export function summaryOf(before: ArrayLike<number>, after: ArrayLike<number>): string {
  const [old, next] = [countsOf(before), countsOf(after)];
  const groups = [...new Set([...old.keys(), ...next.keys()])].sort((left, right) => left - right);
  const runs: { first: number; last: number; readonly from: number; readonly to: number }[] = [];
  for (const group of groups) {
    const [from, to] = [old.get(group) ?? 0, next.get(group) ?? 0];
    const open = runs.at(-1);
    if (open !== undefined && open.last === group - 1 && open.from === from && open.to === to) open.last = group;
    else runs.push({ first: group, last: group, from, to });
  }
  const text = runs
    .map(({ first, last, from, to }) => {
      const named = first === last ? `g${first}` : `g${first}..g${last}`;
      return `${named}: ${from === to ? from : `${from} -> ${to}`}${first === last ? '' : ' each'}`;
    })
    .join('; ');
  return cut(text, SUMMARY_MAX_LENGTH);
}

function countsOf(owners: ArrayLike<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const owner of Array.from(owners)) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return counts;
}

function durationMs(moves: number, maxConcurrentMoves: number, moveMs: number): number {
  return Math.ceil(moves / maxConcurrentMoves) * moveMs;
}

function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}

/** '35s', '2m5s', '3h10m'. */
function durationText(wholeMs: number): string {
  const seconds = Math.ceil(wholeMs / SECOND_MS);
  if (seconds < MINUTE_S) return `${seconds}s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)}m${seconds % MINUTE_S}s`;
  return `${Math.floor(seconds / HOUR_S)}h${Math.floor((seconds % HOUR_S) / MINUTE_S)}m`;
}

function percentText(percent: number): string {
  return `${percent < PERCENT ? percent.toFixed(1).replace(/\.0$/, '') : Math.round(percent)}%`;
}

function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 'B'];
  for (const larger of ['KiB', 'MiB', 'GiB', 'TiB']) {
    if (value < KIB) break;
    [value, unit] = [value / KIB, larger];
  }
  return `${value.toFixed(1).replace(/\.0$/, '')}${unit}`;
}
