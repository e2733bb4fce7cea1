// The system part of a state: map, cursors, totals, all of it follows from headers, reads and batches.

import { type ReadBatch, readBatch, sentBatch } from './batches.ts';
import { hex, same } from './bytes.ts';
import { type Entry as CellEntry, GLOBAL, isShared, REPLICA } from './cells.ts';
import type { Entry as HeaderEntry } from './header-tree.ts';
import type { System, SystemCursor, Totals } from './layouts.ts';
import { foldAccumulator, ownerOf } from './network.ts';
import type { Step } from './step.ts';
import type { Replaced } from './world.ts';

const U64_END = 1n << 64n;

export function checkSystem(step: Step, replaced: readonly Replaced[]): void {
  const { findings, block, system, before, network, diff } = step;
  const place = { ...block.entry.place, table: 'diffs' };
  const test = (holds: boolean, what: string): void => {
    findings.test('system', holds, place, what);
  };
  test(same(system.map, block.entry.map.hash), 'the hash of the shard map is another');
  test(
    ownerOf(network, system.served) === step.group || system.served === GLOBAL,
    `partition ${system.served} cannot have been served`,
  );
  const replica = diff.parts.find(({ partition }) => partition === REPLICA);
  const accumulator =
    replica === undefined
      ? before.system.replica
      : foldAccumulator(before.system.replica, block.entry.height, replica.cells);
  test(same(accumulator, system.replica), 'the accumulator of the global replica differs');
  test(cursorsText(system.cursors) === cursorsText(expectedCursors(step)), 'its cursors are not what it has read');
  const inward = readAll(step);
  if (inward === undefined || block.outbox === undefined) {
    findings.undecided('system', place, 'body or outbox are damaged, so totals and delta version cannot be derived');
    return;
  }
  const received = inward.flatMap(({ batch }) => (batch.delta === undefined ? [] : [batch.delta.version]));
  const deltas =
    step.group === 0 ? before.system.deltas + Number(publishes(replaced)) : (received.at(-1) ?? before.system.deltas);
  test(system.deltas === deltas, `delta version ${system.deltas}, must be ${deltas}`);
  checkTotals(step, inward);
}

function cursorsText(cursors: readonly SystemCursor[]): string {
  return cursors.map(({ group, height, id, seen }) => `${group} ${height} ${hex(id)} ${seen}`).join();
}

/** The parent's cursors, overlaid with what the block reads. */
function expectedCursors({ block, before }: Step): SystemCursor[] {
  const cursors = new Map(before.system.cursors.map((cursor) => [cursor.group, cursor]));
  for (const source of block.entry.order ?? []) {
    const { group, height, id } = source;
    cursors.set(group, { group, height, id: Buffer.from(id, 'hex'), seen: seenBy(source, block.entry.group) });
  }
  return [...cursors.values()].sort((a, b) => a.group - b.group);
}

/** Height of the newest block of `group` that a block or its ancestors have read. */
function seenBy(source: HeaderEntry, group: number): number {
  return source.cursors.get(group)?.height ?? 0;
}

/** Whether a block of group 0 changed anything that every group gets a copy of. */
export function publishes(replaced: readonly Replaced[]): boolean {
  return globalEntries(replaced).some(({ id }) => isShared(id));
}

function globalEntries(replaced: readonly Replaced[]): readonly CellEntry[] {
  return replaced.find(({ partition }) => partition === GLOBAL)?.entries ?? [];
}

export interface Inward {
  readonly source: number;
  readonly batch: ReadBatch;
}

/** What the block's batches brought, in reading order; undefined when one of them is not known. */
export function readAll({ network, group, block, before }: Step): Inward[] | undefined {
  if (block.sources === undefined) return undefined;
  let { deltas } = before.system;
  let { held } = before.system.totals;
  return block.sources.map(({ entry, leaf }) => {
    const batch = readBatch({ network, group, deltas, held }, entry.group, entry.height, leaf);
    held += batch.worth;
    deltas = batch.delta?.version ?? deltas;
    return { source: entry.group, batch };
  });
}

function checkTotals(step: Step, inward: readonly Inward[]): void {
  const { network, group, block, before, system, findings } = step;
  const flows = new Map(before.system.totals.perGroup.map((row) => [row.group, { ...row }]));
  const flowOf = (other: number): { group: number; sent: bigint; received: bigint } => {
    const flow = flows.get(other) ?? { group: other, sent: 0n, received: 0n };
    flows.set(other, flow);
    return flow;
  };
  let held = before.system.totals.held + network.genesis.blockReward;
  for (const { source, batch } of inward) {
    held += batch.worth;
    if (batch.worth > 0n) flowOf(source).received += batch.worth;
  }
  for (const { group: other, leaf } of block.outbox ?? []) {
    const sent = sentBatch(network, group, block.entry.height, leaf);
    if (typeof sent === 'string') {
      findings.wrong(
        'outbox',
        { ...block.entry.place, table: 'outbox' },
        `its batch for group ${other} is none: ${sent}`,
      );
      continue;
    }
    held -= sent.worth;
    if (sent.worth > 0n) flowOf(other).sent += sent.worth;
  }
  const expected: Totals = {
    held,
    burnt: before.system.totals.burnt,
    perGroup: [...flows.values()]
      .map(({ group: other, sent, received }) => ({ group: other, sent: sent % U64_END, received: received % U64_END }))
      .sort((a, b) => a.group - b.group),
  };
  const problem = difference(expected, system);
  const place = { ...block.entry.place, table: 'diffs' };
  findings.test('money', problem === undefined, place, `totals differ from the batches: ${problem}`);
}

function difference({ held, burnt, perGroup }: Totals, { totals }: System): string | undefined {
  if (totals.held !== held) return `held ${totals.held} msat, must be ${held}`;
  if (totals.burnt !== burnt) return `burnt ${totals.burnt} msat, must be ${burnt}`;
  const text = (rows: Totals['perGroup']): string =>
    rows.map((row) => `group ${row.group} sent ${row.sent} received ${row.received}`).join(', ');
  return text(totals.perGroup) === text(perGroup) ? undefined : `${text(totals.perGroup)}; must be ${text(perGroup)}`;
}
