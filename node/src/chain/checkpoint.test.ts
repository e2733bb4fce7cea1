// A state that travels in parts: the same state at the other end, whatever the order, and no part that a header does not commit.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { toHex } from '../core/bytes.ts';
import { CHECKPOINT_HEAD } from '../core/layouts.ts';
import {
  type Checkpoint,
  CheckpointAssembly,
  CheckpointParts,
  HEAD_PART,
  newestCheckpointHeight,
} from './checkpoint.ts';
import { World } from './testing/world.ts';

const EVERY = 4;
const BLOCKS = 14;
const GROUPS = [0, 1];
const PAYERS = 4;

let world: World;
/** Snapshots of each group at its checkpoints, by height. */
const taken: Map<number, Uint8Array>[] = GROUPS.map(() => new Map());

beforeAll(() => {
  world = new World({ groups: GROUPS.length, chain: { confirmations: 0 }, constants: { checkpointEvery: EVERY } });
  for (let round = 1; round <= BLOCKS; round++) {
    for (const group of GROUPS) {
      // The same few all the time: the others' partitions stay as they are.
      const payers = world.users.filter((user, i) => user.group === group && i < PAYERS);
      const payee = world.users[round % PAYERS]!.address;
      const transactions = payers.map((user) => world.transfer(user, payee, BigInt(100 + round)));
      world.mine(group, { transactions });
      if (round % EVERY === 0) taken[group]!.set(round, world.lines[group]!.builder.snapshot());
    }
  }
});

function checkpointAt(group: number, height: number): Checkpoint {
  const { blocks } = world.lines[group]!;
  const { id, header } = blocks[height - 1]!;
  return { id, header, committedBy: blocks[height + EVERY - 1]!.header };
}

const assembly = (group: number, height: number, before?: CheckpointAssembly): CheckpointAssembly =>
  new CheckpointAssembly(checkpointAt(group, height), world.partitions, before);
const parts = (group: number, height: number): CheckpointParts => new CheckpointParts(taken[group]!.get(height)!);

/** Everything is handed over; answers how many parts had to come. */
function fill(into: CheckpointAssembly, from: CheckpointParts): number {
  let came = 0;
  for (let missing = into.missing(); missing.length > 0; missing = into.missing()) {
    for (const part of missing) {
      expect(into.take(part, from.get(part)!)).toBe('accepted');
      came++;
    }
  }
  return came;
}

test.each([
  [0, 4],
  [0, 8],
  [1, 4],
  [1, 8],
])('group %i at block %i: the same state arrives, and goes on to the same blocks', (group, height) => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (order) => {
      const from = parts(group, height);
      const into = assembly(group, height);
      expect(into.missing()).toEqual([HEAD_PART]);
      into.take(HEAD_PART, from.get(HEAD_PART)!);
      while (!into.isWhole) {
        const missing = into.missing();
        const part = missing[order.next().value! % missing.length]!;
        expect(into.take(part, from.get(part)!)).toBe('accepted');
        expect(into.take(part, from.get(part)!)).toBe('known');
      }
      expect(toHex(into.snapshot())).toBe(toHex(taken[group]!.get(height)!));
    }),
    { numRuns: 20 },
  );
  const into = assembly(group, height);
  fill(into, parts(group, height));
  const state = world.state(group, { snapshot: into.snapshot(), diffs: [] });
  for (const block of world.lines[group]!.blocks.slice(height)) state.apply(block);
  expect(toHex(state.stateRoot)).toBe(toHex(world.lines[group]!.builder.stateRoot));
});

test('no part passes with a byte changed, left out or added', () => {
  const from = parts(1, 8);
  const headed = (): CheckpointAssembly => {
    const into = assembly(1, 8);
    into.take(HEAD_PART, from.get(HEAD_PART)!);
    return into;
  };
  const all = [HEAD_PART, ...headed().missing()];
  const into = headed();
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, at, flip) => {
      const part = all[which % all.length]!;
      const right = from.get(part)!;
      const changed = right.slice();
      changed[at % right.length]! ^= flip;
      for (const wrong of [changed, right.subarray(0, right.length - 1), Buffer.concat([right, Buffer.alloc(1)])]) {
        const fresh = part === HEAD_PART ? assembly(1, 8) : into;
        expect(fresh.take(part, wrong)).toBe('refused');
        expect(fresh.missing()).toContain(part);
      }
    }),
    { numRuns: 300 },
  );
});

test('a head whose parts are another state’s is refused, though its own half is right', () => {
  const right = CHECKPOINT_HEAD.decode(parts(1, 8).get(HEAD_PART)!);
  const other = CHECKPOINT_HEAD.decode(parts(1, 4).get(HEAD_PART)!);
  expect(assembly(1, 8).take(HEAD_PART, CHECKPOINT_HEAD.encode({ ...right, parts: other.parts }))).toBe('refused');
  expect(assembly(1, 8).take(HEAD_PART, CHECKPOINT_HEAD.encode({ ...other, parts: right.parts }))).toBe('refused');
  expect(assembly(1, 8).take(HEAD_PART, CHECKPOINT_HEAD.encode(right))).toBe('accepted');
  const none = new Uint8Array(0);
  expect(assembly(1, 8).take(HEAD_PART, none)).toBe('refused');
});

test('what has not changed since an earlier attempt does not come again', () => {
  const before = assembly(0, 4);
  fill(before, parts(0, 4));
  const all = fill(assembly(0, 8), parts(0, 8));
  const again = assembly(0, 8, before);
  expect(fill(again, parts(0, 8))).toBeLessThan(all);
  expect(toHex(again.snapshot())).toBe(toHex(taken[0]!.get(8)!));
});

test('the newest checkpoint has its committing header buried', () => {
  const newest = (tip: number): number => newestCheckpointHeight(tip, { checkpointEvery: 8 });
  expect([0, 8, 17, 18, 25, 26, 100].map(newest)).toEqual([0, 0, 0, 8, 8, 16, 88]);
  expect(newestCheckpointHeight(576, { checkpointEvery: 256 })).toBe(256);
});
