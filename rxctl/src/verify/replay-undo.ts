// Undo records hold nothing that a diff and the state before it do not tell: each is made again and compared.
import { FormatError, join, same, u32Bytes } from './bytes.ts';
import { encodeEntry, entriesOf, GLOBAL, REPLICA } from './cells.ts';
import { slotOf } from './diff-repair.ts';
import type { Step } from './step.ts';
import { decodeUndo, type Undo } from './stored-layouts.ts';
import { contractsIn, type Replaced } from './world.ts';

export function checkUndo(step: Step, replaced: readonly Replaced[], recorded: number): void {
  const { block, findings } = step;
  if (block.stored.undo === undefined) return;
  const place = { ...block.entry.place, table: 'undos' };
  try {
    const problem = problemOf(step, decodeUndo(block.stored.undo), replaced, recorded);
    findings.test('undos', problem === undefined, place, `its undo record differs: ${problem}`);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    findings.wrong('undos', place, `its undo record cannot be read: ${error.message}`);
  }
}

function problemOf(
  { before, diff, group, block }: Step,
  undo: Undo,
  replaced: readonly Replaced[],
  recorded: number,
): string | undefined {
  if (!same(undo.system, before.systemBytes)) return 'the system before it';
  if (!same(undo.checkpoint, before.checkpoint)) return 'the checkpoint before it';
  const slots = diff.parts
    .filter(({ partition }) => partition !== REPLICA)
    .map(({ partition }) => slotOf(partition, before.accumulators.length)!);
  const accumulators = join(slots.flatMap((slot) => [u32Bytes(slot), before.accumulators[slot]!]));
  if (!same(join(undo.accumulators.flatMap(({ slot, acc }) => [u32Bytes(slot), acc])), accumulators))
    return 'the accumulators before it';
  const rows = diff.parts.find(({ partition }) => partition === (group === 0 ? GLOBAL : REPLICA));
  const contracts = rows === undefined ? [] : contractsIn(entriesOf(rows.cells));
  if (undo.contracts.join() !== contracts.join())
    return `contracts ${undo.contracts.join()}, must be ${contracts.join()}`;
  const headers = recorded - (block.body?.bitcoinHeaders.length ?? recorded - undo.headers);
  if (undo.headers !== headers) return `${undo.headers} Bitcoin headers before it, must be ${headers}`;
  const cells = join(
    replaced.flatMap(({ partition, entries }) => {
      const bytes = join(entries.map(encodeEntry));
      return [u32Bytes(partition), u32Bytes(bytes.length), bytes];
    }),
  );
  return same(undo.cells, cells) ? undefined : 'the cells before it';
}
