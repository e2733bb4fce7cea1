import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionOf } from '../core/address.ts';
import { viewOf } from '../core/bytes.ts';
import { TOTALS } from '../core/layouts.ts';
import { auditCut, type CutGroup, compareCells } from './audit.ts';
import { entriesOf } from './cell-entries.ts';
import { describeDifference } from './cell-words.ts';
import { supplyOf } from './genesis.ts';
import { type User, World } from './testing/world.ts';
import { GroupTotals } from './totals.ts';

/** Every group at its tip: what was read is on the sources' chains, so the cut is closed. */
function cutOf(world: World): CutGroup[] {
  return world.lines.map(({ builder, cursors }, group) => ({
    group,
    height: builder.height,
    totals: TOTALS.decode(builder.totals),
    sources: [...cursors].map(([source, height]) => ({
      group: source,
      height,
      totals: TOTALS.decode(world.lines[source]!.blocks[height - 1]!.outcome.totals),
    })),
  }));
}

test('value is conserved under any interleaving, rewards included', () => {
  const move = fc.record({ group: fc.nat(2), to: fc.nat(23), amount: fc.nat(1_000), read: fc.subarray([0, 1, 2]) });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 12 }), (moves) => {
      const world = new World({ groups: 3, constants: { blockReward: 11n } });
      const rules = { supply: supplyOf(world.network.genesis), blockReward: 11n };
      for (const { group, to, amount, read } of moves) {
        const user = world.users.find((u) => u.group === group)!;
        const transactions = [world.transfer(user, world.users[to]!.address, BigInt(amount))];
        world.mine(group, { transactions, read: read.filter((g) => g !== group) });
        expect(auditCut(cutOf(world), rules)).toEqual([]);
      }
    }),
    { numRuns: 8 },
  );
});

test('one msat too many is found, and a changed cell is named', () => {
  const world = new World({ groups: 2 });
  const [user] = world.users as [User];
  world.settle();
  const rules = { supply: supplyOf(world.network.genesis), blockReward: 0n };
  const cut = cutOf(world);
  const [first, ...rest] = cut as [CutGroup, ...CutGroup[]];
  const more = { ...first, totals: { ...first.totals, held: first.totals.held + 1n } };
  expect(auditCut([more, ...rest], rules)).toMatchObject([{ kind: 'supply' }]);

  const machine = world.machine(world.lines[user.group]!.builder);
  const partition = partitionOf(user.address, world.partitions);
  const expected = [...entriesOf(machine.exportPartition(partition))];
  const found = expected.map(({ id, value }) => ({ id, value: value!.slice() }));
  const at = found.findIndex(({ id }) => Buffer.from(id).includes(Buffer.from(user.address)));
  const view = viewOf(found[at]!.value);
  view.setBigUint64(8, view.getBigUint64(8, true) + 1n, true);
  const differences = compareCells(partition, expected, found);
  expect(differences.map((each) => describeDifference(each))).toEqual([
    expect.stringMatching(
      /^account .*:ed25519 in partition \d+: found 1000000000001 msat .*expected 1000000000000 msat/,
    ),
  ]);
  expect(compareCells(partition, expected, found.slice(1))).not.toHaveLength(0);
});

test('totals add up and come back from their bytes', () => {
  const step = fc.tuple(fc.nat(3), fc.bigInt({ min: 0n, max: 1_000n }), fc.boolean());
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const totals = GroupTotals.holding(1_000_000n);
      let held = 1_000_000n;
      for (const [group, amount, isSent] of steps) {
        if (isSent) totals.send(group, amount);
        else totals.receive(group, amount);
        held += isSent ? -amount : amount;
      }
      const back = new GroupTotals(TOTALS.decode(totals.encode()));
      expect(back.record()).toEqual(totals.record());
      expect(back.held).toBe(held);
    }),
  );
});
