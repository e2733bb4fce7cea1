// What is global has one order, group 0's: its blocks publish what they changed, and every replica holds just that.

import { sentBatch } from './batches.ts';
import { hex, join, same } from './bytes.ts';
import { type Entry, encodeEntry, entriesOf, GLOBAL, isShared, REPLICA } from './cells.ts';
import { readAll } from './replay-system.ts';
import type { Step } from './step.ts';
import type { Replaced } from './world.ts';

export function checkDeltas(step: Step, replaced: readonly Replaced[]): void {
  const { group, block, diff, findings } = step;
  const place = { ...block.entry.place, table: 'diffs' };
  const changes = group === 0 ? published(step) : received(step);
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

/** Group 0: what its block changed of the shared cells; every other group's batch must carry it. */
function published(step: Step): readonly Entry[] | undefined {
  const { network, group, block, diff, system, findings } = step;
  if (block.outbox === undefined) return undefined;
  const part = diff.parts.find(({ partition }) => partition === GLOBAL);
  const changes = (part === undefined ? [] : entriesOf(part.cells))
    .filter(({ id }) => isShared(id))
    .sort((a, b) => Buffer.compare(a.id, b.id));
  const bytes = join(changes.map(encodeEntry));
  for (const other of network.groups.filter((each) => each !== 0)) {
    const leaf = block.outbox.find((stored) => stored.group === other)?.leaf;
    const sent = leaf === undefined ? undefined : sentBatch(network, group, block.entry.height, leaf);
    const delta = typeof sent === 'object' ? sent.delta : undefined;
    const isRight =
      changes.length === 0
        ? delta === undefined
        : delta !== undefined && delta.version === system.deltas && same(delta.cells, bytes);
    findings.test(
      'deltas',
      isRight,
      { ...block.entry.place, table: 'outbox' },
      `its delta for group ${other} is not what it changed`,
    );
  }
  return changes;
}

function received(step: Step): readonly Entry[] | undefined {
  const inward = readAll(step);
  return inward?.flatMap(({ batch }) => (batch.delta === undefined ? [] : entriesOf(batch.delta.cells)));
}
