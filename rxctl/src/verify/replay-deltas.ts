// What is global has one order, group 0's: its blocks publish what they changed, and every replica holds just that.

import { type Delta, sentBatch } from './batches.ts';
import { hex, join, same } from './bytes.ts';
import { type Entry, encodeEntry, entriesOf, GLOBAL, isShared, REPLICA } from './cells.ts';
import type { Entry as HeaderEntry } from './header-tree.ts';
import { readAll } from './replay-system.ts';
import type { Step } from './step.ts';
import type { Replaced, World } from './world.ts';

export function checkDeltas(step: Step, world: World, replaced: readonly Replaced[]): void {
  const { group, block, diff, findings } = step;
  const place = { ...block.entry.place, table: 'diffs' };
  const changes = group === 0 ? published(step, world) : received(step);
  if (changes === undefined) return;
  const before = replaced.find(({ partition }) => partition === REPLICA)?.entries ?? [];
  const old = new Map(before.map((entry) => [hex(entry.id), entry.value]));
  const expected = new Map(changes.map(({ id, value }) => [hex(id), value]));
  const part = diff.parts.find(({ partition }) => partition === REPLICA);
  const found = new Map((part === undefined ? [] : entriesOf(part.cells)).map(({ id, value }) => [hex(id), value]));
  const off = [...new Set([...expected.keys(), ...found.keys()])].find((id) => {
    const [right, now] = [expected.get(id), found.get(id)];
    // A cell that was absent and stays so is in no diff.
    if (expected.has(id) && !found.has(id)) return right !== undefined || old.get(id) !== undefined;
    return (
      !expected.has(id) || (right === undefined) !== (now === undefined) || (right !== undefined && !same(right, now!))
    );
  });
  findings.test('deltas', off === undefined, place, `cell ${off} of the global replica is not what the deltas say`);
}

/** Groups of the map of a block that the one before it did not name. */
function addedBy({ map, parent }: HeaderEntry): readonly number[] {
  return map.groups.filter((group) => parent !== undefined && !parent.map.groups.includes(group));
}

/** Group 0: what its block changed of the shared cells; every other group's batch must carry it, or all of them. */
function published(step: Step, world: World): readonly Entry[] | undefined {
  const { network, group, block, diff, system, findings } = step;
  if (block.outbox === undefined) return undefined;
  const part = diff.parts.find(({ partition }) => partition === GLOBAL);
  const changes = (part === undefined ? [] : entriesOf(part.cells))
    .filter(({ id }) => isShared(id))
    .sort((a, b) => Buffer.compare(a.id, b.id));
  const bytes = join(changes.map(encodeEntry));
  const added = addedBy(block.entry);
  // Who joined with the block before is told all of it here, and nobody else is.
  const newcomers = block.entry.height === 1 ? [] : addedBy(block.entry.parent!);
  for (const other of block.entry.map.groups.filter((each) => each !== 0)) {
    const leaf = block.outbox.find((stored) => stored.group === other)?.leaf;
    const sent = leaf === undefined ? undefined : sentBatch(network, group, block.entry.height, leaf);
    const { delta, state } = typeof sent === 'object' ? sent : { delta: undefined, state: undefined };
    const isTold = newcomers.includes(other) && system.deltas > 0;
    const isCarried = changes.length > 0 && !newcomers.includes(other) && !added.includes(other);
    const isRight =
      is(delta, isCarried ? { version: system.deltas, cells: bytes } : undefined) &&
      is(state, isTold ? { version: system.deltas, cells: world.cellBytes(REPLICA) } : undefined);
    findings.test(
      'deltas',
      isRight,
      { ...block.entry.place, table: 'outbox' },
      `its delta for group ${other} is not what it changed`,
    );
  }
  return changes;
}

function is(found: Delta | undefined, expected: Delta | undefined): boolean {
  if (found === undefined || expected === undefined) return found === expected;
  return found.version === expected.version && same(found.cells, expected.cells);
}

function received(step: Step): readonly Entry[] | undefined {
  const inward = readAll(step);
  return inward?.flatMap(({ batch }) => (batch.delta === undefined ? [] : entriesOf(batch.delta.cells)));
}
