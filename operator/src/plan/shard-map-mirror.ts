// The ShardMap of a Testnet: the object that mirrors the table on chain, and what the planner would do with it. Pure. It moves nothing:
// the chain cannot do that yet, and the status says so.
import { firstShardMap } from '@rexnet/node/chain/shard-map.ts';
import { API_VERSION } from '../api/definition.ts';
import { REBALANCE_WISHES, type ShardMapSpec, type ShardMapStatus } from '../api/shard-map.ts';
import type { Testnet } from '../api/testnet.ts';
import type { Judged } from './conditions.ts';
import type { ChainSeen } from './kube/chain-seen.ts';
import { type Labels, labelsOf } from './kube/labels.ts';
import { ownerOf } from './kube/owner.ts';
import { type Placement, planMoves } from './shard-map.ts';
import { shardMapStatus } from './shard-map-status.ts';

export type ShardMapWish = {
  readonly apiVersion: string;
  readonly kind: 'ShardMap';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Labels;
    readonly ownerReferences: readonly ReturnType<typeof ownerOf>[];
  };
  readonly spec: ShardMapSpec;
};

export type ShardMapTold = {
  readonly fields: Omit<ShardMapStatus, 'conditions' | 'observedGeneration'>;
  readonly conditions: readonly Judged[];
};

/** Change all the time while something moves. */
export const SHARD_MAP_FIGURES: readonly string[] = ['progress', 'imbalance', 'proposal'];

/** How long a move took in the simulation: confirmations and two blocks, and the way of the bytes. */
const MOVE_BLOCKS = 5;

export function shardMapWish(
  { name, spec }: Testnet,
  { namespace, uid }: { readonly namespace: string; readonly uid: string },
): ShardMapWish {
  return {
    apiVersion: API_VERSION,
    kind: 'ShardMap',
    metadata: {
      name,
      namespace,
      labels: labelsOf(name, 'network'),
      ownerReferences: [ownerOf({ kind: 'Testnet', name, uid })],
    },
    spec: { testnet: name, partitions: spec.chain.partitions, approval: spec.shardMap.approval },
  };
}

/** `asked`: what the annotation says. */
export function shardMapTold(
  { name, spec }: Testnet,
  chain: ChainSeen,
  asked: string | undefined,
  blockIntervalMs: number,
): ShardMapTold {
  const { owners, epoch } = chain;
  const groups = liveGroups(chain);
  const placement: Placement = { owners, groups: stayingGroups(spec.groups, groups) };
  const { pins = [], maxImbalancePercent, maxConcurrentMoves, approval } = spec.shardMap;
  // Nodes do not tell the load of a partition yet: all count alike.
  const loads = { measured: new Float64Array(owners.length), idle: 1 };
  const policy = { pins, maxImbalancePercent, maxConcurrentMoves, isUnderWay: false };
  const proposal = planMoves(placement, loads, policy);
  const wish = REBALANCE_WISHES.find((word) => word === asked);
  const { conditions, ...fields } = shardMapStatus({
    name,
    approval,
    ...(wish === undefined ? {} : { wish }),
    // Only the first table follows from its owners alone: later ones remember since when each is one.
    map: { epoch, owners, groups, ...(epoch === 0 ? { hash: firstShardMap(owners).hash } : {}) },
    proposal,
    maxConcurrentMoves,
    moveMs: (spec.chain.confirmations + MOVE_BLOCKS) * blockIntervalMs,
    ...(proposal.moves.length === 0 ? {} : { obstacle: obstacleOf(placement) }),
  });
  return { fields, conditions };
}

/** What was mirrored stays while nobody answers. */
export function shardMapUnknown(before: ShardMapStatus | undefined): ShardMapTold {
  const { observedGeneration: _g, conditions: _c, ...fields } = before ?? {};
  const message = 'No node tells the table of the chain; it is shown as soon as one answers.';
  const condition = (type: string, status: Judged['status']): Judged => ({
    type,
    status,
    reason: 'Unreachable',
    message,
  });
  return {
    fields,
    conditions: [condition('Ready', 'Unknown'), condition('Reconciling', 'True'), condition('Stalled', 'False')],
  };
}

function liveGroups({ groups, owners }: ChainSeen): readonly number[] {
  return [...new Set([...groups.map(({ group }) => group), ...owners])].sort((a, b) => a - b);
}

/** Those that leave hand over; when all leave, somebody has to keep what there is. */
function stayingGroups(wanted: number, groups: readonly number[]): readonly number[] {
  const staying = groups.filter((group) => group < wanted);
  return staying.length === 0 ? groups : staying;
}

function obstacleOf({ owners, groups }: Placement): string {
  const owning = new Set(Array.from(owners));
  const idle = groups.filter((group) => !owning.has(group));
  const [first] = idle;
  const last = idle.at(-1);
  const who =
    first === undefined
      ? 'everything stays where it is'
      : first === last
        ? `group ${first} stays idle`
        : `groups ${first} to ${last} stay idle`;
  return `The moves wait for a version of the chain that can move partitions; until then ${who}.`;
}
