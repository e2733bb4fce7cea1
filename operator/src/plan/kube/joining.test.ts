import { expect, test } from 'vitest';
import type { ChainSeen } from './chain-seen.ts';
import { haveJoined, joiningGroups, waitsForNodes, withoutBlock } from './joining.ts';

function home(groups: readonly number[], owners: readonly number[]): ChainSeen {
  const seen = groups.map((group) => ({ group, height: 9 }));
  return { height: 9, tipTimestampMs: 0, inSync: true, epoch: 3, owners, bitcoinHeight: 0, groups: seen };
}

test.each([
  ['the map names all', 2, home([0, 1], [0, 1]), undefined],
  ['the map names more', 1, home([0, 1], [0, 1]), undefined],
  ['nobody says what it names', 4, undefined, undefined],
  ['all run', 4, home([0, 1], [0, 1]), { groups: [2, 3] }],
  ['one does not run', 6, home([0, 1], [0, 1]), { groups: [2, 3, 4, 5], absent: 5 }],
])('groups that join: %s', (_, wanted, seen, expected) => {
  expect(joiningGroups(wanted, seen, (group) => group < 5)).toEqual(expected);
});

test('who joined and has no block yet', () => {
  const hasBlock = (group: number): boolean => group === 2;
  expect(withoutBlock(2, home([0, 1, 2, 3], [0, 1]), hasBlock)).toEqual([3]);
  expect(withoutBlock(undefined, home([0, 1, 2, 3], [0, 1]), hasBlock)).toEqual([]);
});

test('what is said of them is a sentence', () => {
  expect(waitsForNodes({ groups: [2] }, 2)).toBe(
    'No node of group 2 answers yet; it joins the network as soon as it runs.',
  );
  expect(waitsForNodes({ groups: [2, 3, 4] }, 3)).toBe(
    'No node of group 3 answers yet; groups 2 to 4 join the network as soon as all of them run.',
  );
  expect(haveJoined(home([0, 1, 2], [0, 1]))).toBe(
    'The shard map of epoch 3 names 3 groups; group 2 owns no partitions, because partitions cannot move yet.',
  );
  expect(haveJoined(home([0, 1], [0, 1]))).toBe('The shard map of epoch 3 names 2 groups.');
});
