import { evenOwners } from '@rexnet/node/chain/shard-map.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MovePolicy, movesBetween, movesToStart, type Pin, type Placement, planMoves } from './shard-map.ts';

const POLICY: MovePolicy = { pins: [], maxImbalancePercent: 20, maxConcurrentMoves: 8, isUnderWay: false };
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const even = (partitions: number): { measured: number[]; idle: number } => ({
  measured: upTo(partitions).map(() => 10),
  idle: 1,
});

type Case = {
  readonly placement: Placement;
  readonly loads: { readonly measured: readonly number[]; readonly idle: number };
  readonly policy: MovePolicy;
};

const load = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 5_000, noNaN: true }) },
);
const aCase: fc.Arbitrary<Case> = fc
  .tuple(
    fc.integer({ min: 1, max: 48 }),
    fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 7 }),
  )
  .chain(([partitions, groups]) =>
    fc.record({
      placement: fc.record({
        // Groups that are not live leave.
        owners: fc.array(fc.oneof(fc.constantFrom(...groups), fc.integer({ min: 0, max: 9 })), {
          minLength: partitions,
          maxLength: partitions,
        }),
        groups: fc.constant(groups),
      }),
      loads: fc.record({
        measured: fc.array(load, { minLength: partitions, maxLength: partitions }),
        idle: fc.constantFrom(0, 1, 100),
      }),
      policy: fc.record({
        pins: fc.uniqueArray(
          fc.record({ partition: fc.integer({ min: 0, max: partitions }), group: fc.integer({ min: 0, max: 9 }) }),
          { maxLength: 6, selector: ({ partition }) => partition },
        ),
        maxImbalancePercent: fc.integer({ min: 1, max: 100 }),
        maxConcurrentMoves: fc.integer({ min: 1, max: 16 }),
        isUnderWay: fc.boolean(),
      }),
    }),
  );

function hold(property: (one: Case) => void): void {
  fc.assert(fc.property(aCase, property), { numRuns: 150 });
}

test('the moves lead from the table to the proposed one, each partition once', () => {
  hold(({ placement, loads, policy }) => {
    const { owners, moves } = planMoves(placement, loads, policy);
    const after = [...Array.from(placement.owners)];
    expect(new Set(moves.map(({ partition }) => partition)).size).toBe(moves.length);
    for (const { partition, from, to } of moves) {
      expect(after[partition]).toBe(from);
      expect(from).not.toBe(to);
      after[partition] = to;
    }
    expect(after).toEqual(owners);
    for (const owner of owners) expect(placement.groups).toContain(owner);
    expect([...movesBetween(placement.owners, owners)].sort(byPartition)).toEqual([...moves].sort(byPartition));
  });
});

test('pins are respected', () => {
  hold(({ placement, loads, policy }) => {
    const { owners, unmetPins } = planMoves(placement, loads, policy);
    const canBeMet = ({ partition, group }: Pin): boolean =>
      partition < owners.length && placement.groups.includes(group);
    for (const { partition, group } of policy.pins.filter(canBeMet)) expect(owners[partition]).toBe(group);
    expect([...unmetPins].sort(byPartition)).toEqual(policy.pins.filter((pin) => !canBeMet(pin)).sort(byPartition));
  });
});

test('the same input gives the same moves, whatever the order of groups and pins, and is left alone', () => {
  hold(({ placement, loads, policy }) => {
    const written = JSON.stringify({ placement, loads, policy });
    const once = planMoves(placement, loads, policy);
    expect(JSON.stringify({ placement, loads, policy })).toBe(written);
    const turned = { ...placement, groups: placement.groups.toReversed() };
    expect(planMoves(turned, loads, { ...policy, pins: policy.pins.toReversed() })).toEqual(once);
  });
});

test('a table that was planned needs no other plan, begun or not', () => {
  hold(({ placement, loads, policy }) => {
    const { owners } = planMoves(placement, loads, policy);
    expect(planMoves({ ...placement, owners }, loads, policy).moves).toEqual([]);
    const { owners: settled } = planMoves(placement, loads, { ...policy, isUnderWay: true });
    for (const isUnderWay of [true, false])
      expect(planMoves({ ...placement, owners: settled }, loads, { ...policy, isUnderWay }).moves).toEqual([]);
  });
});

test('what is left uneven cannot be helped by any move', () => {
  hold(({ placement, loads, policy }) => {
    const { owners, imbalanceAfterPercent } = planMoves(placement, loads, policy);
    if (imbalanceAfterPercent <= policy.maxImbalancePercent) return;
    const pinned = new Set(
      policy.pins.filter(({ group }) => placement.groups.includes(group)).map((pin) => pin.partition),
    );
    const weights = weightsOf(loads);
    const load = loadsOf(owners, weights, placement.groups);
    const lightest = Math.min(...load.values());
    const canGive = (group: number): boolean =>
      owners.some(
        (owner, partition) =>
          owner === group && !pinned.has(partition) && weights[partition]! < load.get(group)! - lightest - 1e-3,
      );
    // Without the groups that are too heavy and can give nothing, the rest lies within the bound, or nobody can give.
    const rest = [...placement.groups].sort((left, right) => load.get(right)! - load.get(left)!);
    while (rest.length > 1 && !canGive(rest[0]!)) rest.shift();
    const mean = rest.reduce((sum, group) => sum + load.get(group)!, 0) / rest.length;
    const isWithin = rest.every(
      (group) => Math.abs(load.get(group)! - mean) <= mean * (policy.maxImbalancePercent / 100) * 1.0001,
    );
    expect(isWithin || rest.length === 1).toBe(true);
  });
});

test('nothing moves that need not: every move that is not forced is missed when left out', () => {
  hold(({ placement, loads, policy }) => {
    const { moves, owners } = planMoves(placement, loads, policy);
    const free = moves.filter(
      ({ partition, from }) =>
        placement.groups.includes(from) && !policy.pins.some((pin) => pin.partition === partition),
    );
    for (const { partition, from } of free) {
      const without = owners.with(partition, from);
      const again = planMoves({ ...placement, owners: without }, loads, { ...policy, isUnderWay: true });
      expect(again.moves.length).toBeGreaterThan(0);
    }
  });
});

test('a table within the bound is left alone', () => {
  hold(({ placement, loads, policy }) => {
    const { owners } = planMoves(placement, loads, { ...policy, pins: [] });
    const calm = planMoves({ ...placement, owners }, loads, { ...policy, pins: [], isUnderWay: false });
    if (calm.imbalanceBeforePercent <= policy.maxImbalancePercent) expect(calm.moves).toEqual([]);
  });
});

test.each([
  [4, 8],
  [8, 4],
  [2, 3],
  [7, 8],
  [1, 16],
  [16, 1],
])('from %i to %i groups under even load no more moves than must', (from, to) => {
  const partitions = 256;
  const owners = evenOwners(partitions, from);
  const { moves, imbalanceAfterPercent } = planMoves({ owners, groups: upTo(to) }, even(partitions), POLICY);
  const counts = upTo(to).map((group) => owners.filter((owner) => owner === group).length);
  const most = counts.reduce((sum, count) => sum + Math.max(0, Math.ceil(partitions / to) - count), 0);
  expect(moves.length).toBeLessThanOrEqual(most);
  expect(imbalanceAfterPercent).toBeLessThanOrEqual(20);
});

test('one hot partition does not set the others moving', () => {
  const loads = even(64);
  loads.measured[0] = 10_000;
  const owners = evenOwners(64, 4);
  const { moves, owners: after } = planMoves({ owners, groups: upTo(4) }, loads, POLICY);
  expect(after.filter((owner) => owner === 0)).toHaveLength(1);
  expect(moves).toHaveLength(15);
});

test('what is small beside idle load moves nothing', () => {
  const measured = upTo(64).map((partition) => (partition < 16 ? 3 : 0));
  const placement = { owners: evenOwners(64, 4), groups: upTo(4) };
  expect(planMoves(placement, { measured, idle: 0 }, POLICY).moves.length).toBeGreaterThan(0);
  expect(planMoves(placement, { measured, idle: 100 }, POLICY).moves).toEqual([]);
});

test('under changing load it moves on, and comes to rest when the load does', () => {
  fc.assert(
    fc.property(
      aCase,
      fc.array(fc.array(load, { minLength: 48, maxLength: 48 }), { minLength: 1, maxLength: 6 }),
      ({ placement, policy }, history) => {
        let owners: readonly number[] = Array.from(placement.owners);
        let isUnderWay = false;
        const round = (measured: readonly number[]): number => {
          const loads = { measured: measured.slice(0, owners.length), idle: 1 };
          const { moves } = planMoves({ ...placement, owners }, loads, { ...policy, isUnderWay });
          const begun = movesToStart(moves, [], policy);
          owners = owners.map((owner, partition) => begun.find((move) => move.partition === partition)?.to ?? owner);
          isUnderWay = moves.length > 0;
          return moves.length;
        };
        for (const measured of history) round(measured);
        const last = history.at(-1)!;
        const roundsMax = Math.ceil((2 * owners.length) / policy.maxConcurrentMoves) + 2;
        let rounds = 0;
        while (round(last) > 0 && rounds < roundsMax) rounds++;
        expect(rounds).toBeLessThan(roundsMax);
      },
    ),
    { numRuns: 100 },
  );
});

test('loads that waver by a twentieth move nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: 256, maxLength: 256 }),
      (noise) => {
        const { owners } = planMoves({ owners: evenOwners(256, 4), groups: upTo(8) }, even(256), POLICY);
        const loads = { measured: noise.map((factor) => 10 * factor), idle: 1 };
        expect(planMoves({ owners, groups: upTo(8) }, loads, POLICY).moves).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
});

test('moves begin as far as there is room', () => {
  const moves = upTo(5).map((partition) => ({ partition, from: 0, to: 1 }));
  expect(movesToStart(moves, [{ partition: 1 }], { maxConcurrentMoves: 3 })).toEqual([moves[0], moves[2]]);
  expect(movesToStart(moves, [{ partition: 9 }], { maxConcurrentMoves: 1 })).toEqual([]);
});

test('the largest map is planned', () => {
  const owners = evenOwners(4_096, 1);
  const { moves } = planMoves({ owners, groups: upTo(1_024) }, even(4_096), POLICY);
  expect(moves.length).toBe(4_092);
});

function byPartition(left: { readonly partition: number }, right: { readonly partition: number }): number {
  return left.partition - right.partition;
}

function weightsOf({ measured, idle }: Case['loads']): number[] {
  const mean = measured.reduce((sum, load) => sum + load, 0) / measured.length;
  const least = Math.max(idle, mean / 9);
  return measured.map((load) => (mean + least === 0 ? 1 : (load + least) / (mean + least)));
}

function loadsOf(
  owners: readonly number[],
  weights: readonly number[],
  groups: readonly number[],
): Map<number, number> {
  return new Map(
    groups.map((group) => [
      group,
      owners.reduce((sum, owner, partition) => sum + (owner === group ? weights[partition]! : 0), 0),
    ]),
  );
}
