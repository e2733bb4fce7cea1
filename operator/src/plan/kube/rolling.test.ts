import type { V1StatefulSet } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { PodSeen } from './pod-seen.ts';
import { outdatedOf, partitionOf, withPartition } from './rolling.ts';

const OLD = 'demo-g0-old';
const NEW = 'demo-g0-new';

function set(replicas: number, partition?: number, revision = NEW, isObserved = true): V1StatefulSet {
  return {
    metadata: { name: 'demo-g0', generation: 2 },
    spec: {
      replicas,
      selector: {},
      template: {},
      serviceName: 'demo-g0',
      ...(partition === undefined ? {} : { updateStrategy: { rollingUpdate: { partition } } }),
    },
    status: { replicas, observedGeneration: isObserved ? 2 : 1, updateRevision: revision },
  };
}

function pod(ordinal: number, revision: string, more: Partial<PodSeen> = {}): PodSeen {
  const state = { isRunning: true, isReady: true, isTerminating: false, restarts: 0 };
  return { name: `demo-g0-${ordinal}`, component: 'node', ordinal, revision, ...state, ...more };
}

const away: Partial<PodSeen> = { isReady: false };

test.each<[string, V1StatefulSet, V1StatefulSet | undefined, readonly PodSeen[], number]>([
  ['a new group', set(2), undefined, [], 2],
  ['nothing to roll', set(2), set(2, 2), [pod(0, NEW), pod(1, NEW)], 2],
  ['not yet known what is new', set(2), set(2, 2, OLD, false), [pod(0, OLD), pod(1, OLD)], 2],
  ['all in sync: the last one first', set(2), set(2, 2), [pod(0, OLD), pod(1, OLD)], 1],
  ['another is not in sync', set(2), set(2, 2), [pod(0, OLD, away), pod(1, OLD)], 2],
  ['another is going', set(2), set(2, 2), [pod(0, OLD, { isTerminating: true }), pod(1, OLD)], 2],
  ['the next one is away itself', set(2), set(2, 2), [pod(0, OLD), pod(1, OLD, away)], 1],
  ['the one made anew is not there yet', set(2), set(2, 1), [pod(0, OLD)], 1],
  ['the one made anew is not in sync yet', set(2), set(2, 1), [pod(0, OLD), pod(1, NEW, away)], 1],
  ['the one made anew is in sync', set(2), set(2, 1), [pod(0, OLD), pod(1, NEW)], 0],
  ['a group of one', set(1), set(1, 1), [pod(0, OLD)], 0],
  ['a node more, and so a new rule of placement', set(2), set(1, 1), [pod(0, NEW)], 1],
  ['after a suspension', set(2), set(0, 0), [], 2],
  ['a suspension', set(0), set(2, 2), [pod(0, NEW), pod(1, NEW)], 0],
  [
    'another one cannot start, and the new template may mend it',
    set(2),
    set(2, 2),
    [pod(0, OLD, { ...away, waiting: { reason: 'ImagePullBackOff', message: '' } }), pod(1, OLD)],
    1,
  ],
  [
    'another one starts',
    set(2),
    set(2, 2),
    [pod(0, OLD, { ...away, waiting: { reason: 'ContainerCreating', message: '' } }), pod(1, OLD)],
    2,
  ],
])('%s', (_, wish, live, pods, partition) => {
  expect(partitionOf(wish, live, pods)).toBe(partition);
});

test('pods of an older template are known once the newest is', () => {
  const pods = [pod(0, OLD), pod(1, NEW)];
  expect(outdatedOf(set(2), pods).map(({ name }) => name)).toEqual(['demo-g0-0']);
  expect(outdatedOf(set(2, 2, OLD, false), pods)).toEqual([]);
  expect(outdatedOf(undefined, [])).toEqual([]);
});

test('of the StatefulSet only the strategy changes', () => {
  const wish = set(2);
  expect(withPartition(wish, 1)).toEqual({
    ...wish,
    spec: { ...wish.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
  });
});
