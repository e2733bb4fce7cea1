// Parts of a look that are the same wherever a network is: what nodes answer, as sights of nodes, groups and the parent. Pure.
import type { NodeAnswer } from '../network.ts';
import { parentsOf } from '../run-report.ts';
import type { GroupSight, NodeSight, ParentSight } from './source.ts';

type Answered = Pick<
  NodeSight,
  'height' | 'tipId' | 'stateRoot' | 'isInSync' | 'peers' | 'pool' | 'queuedRelays' | 'version'
>;

export function answeredOf(answer: NodeAnswer, isInSync: boolean): Answered {
  const { height, tipId, stateRoot, peers, pool, queuedRelays, version } = answer;
  return { height, tipId, stateRoot, isInSync, peers, pool, queuedRelays, version };
}

/** What its nodes say; counters of one of them come from `figures`. */
export function groupSightOf(
  group: number,
  nodes: readonly NodeSight[],
  answers: readonly NodeAnswer[],
  atMs: number,
  figures: Partial<GroupSight> = {},
): GroupSight {
  const members = nodes.filter((node) => node.group === group);
  const highest = highestOf(group, answers);
  return {
    group,
    nodes: members.length,
    readyNodes: members.filter(({ process, isInSync }) => process === 'Running' && isInSync === true).length,
    height: highest?.height ?? 0,
    ...(highest === undefined ? {} : { tipId: highest.tipId, tipAgeMs: Math.max(0, atMs - highest.tipTimestampMs) }),
    partitions: 0,
    pool: highest?.pool ?? 0,
    queuedRelays: highest?.queuedRelays ?? 0,
    ...figures,
  };
}

export function highestOf(group: number, answers: readonly NodeAnswer[]): NodeAnswer | undefined {
  return answers
    .filter((answer) => answer.group === group)
    .reduce<NodeAnswer | undefined>(
      (best, answer) => (best === undefined || answer.height > best.height ? answer : best),
      undefined,
    );
}

export function parentSightOf(kind: ParentSight['kind'], answers: readonly NodeAnswer[]): ParentSight {
  const height = Math.max(0, ...answers.map(({ bitcoinHeight }) => bitcoinHeight));
  return { kind, ...(height === 0 ? {} : { height }), ...parentsOf(answers) };
}
