import { expect, test } from 'vitest';
import { schedulable } from './given.ts';

test('machines of a given cluster are those that take pods which tolerate nothing', () => {
  const node = (name: string, spec: object) => ({ metadata: { name }, spec });
  const items = [
    node('free', {}),
    node('control', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }),
    node('cordoned', { unschedulable: true }),
  ];
  expect(schedulable({ items })).toEqual(['free']);
});
