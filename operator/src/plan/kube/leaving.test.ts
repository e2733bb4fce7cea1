import { expect, test } from 'vitest';
import { idleGroups, leavingGroups } from './leaving.ts';

function chain(owners: readonly number[], groups: readonly number[]) {
  return {
    height: 9,
    tipTimestampMs: 0,
    inSync: true,
    epoch: 1,
    owners,
    bitcoinHeight: 0,
    groups: groups.map((group) => ({ group, height: 9 })),
  };
}

test.each([
  ['all asked for', 2, [0, 1], chain([0, 1], [0, 1]), [], []],
  ['one that the chain never knew', 2, [0, 1, 2], chain([0, 1], [0, 1]), [], [2]],
  ['one that owns partitions', 1, [0, 1], chain([0, 1, 1], [0, 1]), [1], []],
  ['one that owns nothing, but is counted on', 1, [0, 1], chain([0, 0], [0, 1]), [1], []],
  ['nobody answers', 1, [0, 1, 2], undefined, [1, 2], []],
])('groups that left the spec: %s', (_, groups, existing, seen, retiring, gone) => {
  const leaving = leavingGroups(groups, existing, seen);
  expect(leaving.retiring).toEqual(retiring);
  expect(leaving.gone).toEqual(gone);
  expect(leaving.message === undefined).toBe(retiring.length === 0);
});

test('why a group stays is said with what to do', () => {
  expect(leavingGroups(1, [0, 1], chain([0, 1, 1], [0, 1])).message).toBe(
    'Group 1 is to go, but still owns 2 partitions; it stays until they have moved, or set spec.groups back to 2 or more to keep it.',
  );
});

test('groups without partitions are named once the chain has spoken', () => {
  expect(idleGroups(3, chain([0, 1], [0, 1]))).toEqual([2]);
  expect(idleGroups(3, undefined)).toEqual([]);
});
