// The tables beside the blocks: receipts by transaction, leaves kept for reading, condemned blocks, tip and snapshot.
import { compare, FormatError, hex, join, same, viewOf } from './bytes.ts';
import { encodeEntry, GLOBAL, REPLICA } from './cells.ts';
import { type CheckedBlock, checkLeaf, placeOf, rootsOf } from './check-blocks.ts';
import type { Folder } from './folder.ts';
import type { HeaderTree } from './header-tree.ts';
import { decodeProvenLeaf, decodeSnapshot } from './layouts.ts';
import type { Findings } from './report.ts';
import type { World } from './world.ts';

const ROOT_KEY_BYTES = 72;
const TIP_BYTES = 40;

/** Every receipt can be found by its transaction, and nothing else is. */
export function checkRoots(folder: Folder, blocks: readonly CheckedBlock[], findings: Findings): void {
  const found = new Map<string, Set<string>>();
  for (const { key, value } of folder.table('roots')) {
    if (key.length !== ROOT_KEY_BYTES || value.length > 0) {
      findings.wrong('index', { table: 'roots' }, `row ${hex(key)} is malformed`);
      continue;
    }
    const place = placeOf(key.subarray(32));
    const name = `${place.height} ${place.id}`;
    const roots = found.get(name) ?? new Set();
    roots.add(hex(key.subarray(0, 32)));
    found.set(name, roots);
  }
  for (const { entry, stored, receipts } of blocks) {
    const name = `${entry.height} ${entry.id}`;
    const roots = found.get(name) ?? new Set();
    found.delete(name);
    if (receipts === undefined || stored.receipts === undefined) continue;
    const expected = rootsOf(stored.receipts);
    const place = { ...entry.place, table: 'roots' };
    const lacking = [...expected].find((root) => !roots.has(root));
    const extra = [...roots].find((root) => !expected.has(root));
    const what =
      lacking === undefined
        ? `transaction ${extra} has no receipt in it`
        : `the receipts of transaction ${lacking} are not listed`;
    findings.test('index', lacking === undefined && extra === undefined, place, what);
  }
  for (const name of found.keys()) {
    const [height, id] = name.split(' ');
    findings.wrong(
      'index',
      { table: 'roots', height: Number(height), id: id ?? '' },
      'receipts of a block that is not stored are listed',
    );
  }
}

export function checkLeaves(folder: Folder, tree: HeaderTree, findings: Findings): void {
  for (const { key, value } of folder.table('leaves')) {
    const source = tree.get(key);
    if (source === undefined || source.group === folder.group) {
      findings.wrong('leaves', { table: 'leaves', id: hex(key) }, 'no stored header of another group has this id');
      continue;
    }
    const place = { ...source.place, table: 'leaves' };
    try {
      const isRight = checkLeaf(folder.network, folder.group, source, decodeProvenLeaf(value));
      findings.test(
        'leaves',
        isRight,
        place,
        'the leaf kept for reading is not what the block sent: its outbox proof fails',
      );
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      findings.wrong('leaves', place, `the leaf kept for reading cannot be read: ${error.message}`);
    }
  }
}

/** Marks of blocks found invalid; the code beside each is a remark that nothing reads. */
export function checkCondemned(
  folder: Folder,
  tree: HeaderTree,
  blocks: readonly CheckedBlock[],
  findings: Findings,
): void {
  const executed = new Set(blocks.map(({ entry }) => entry.id));
  for (const { key } of folder.table('condemned')) {
    const id = hex(key);
    const isOurs = tree.get(key)?.group === folder.group;
    const holds = isOurs && !executed.has(id);
    findings.test(
      'tip',
      holds,
      { table: 'condemned', id },
      isOurs ? 'a block that was executed is condemned' : 'no stored header has this id',
    );
  }
}

/** Answers the tip, when it is a block that was executed. */
export function checkTip(
  folder: Folder,
  blocks: readonly CheckedBlock[],
  findings: Findings,
): { height: number; id: string } | undefined {
  const place = { table: 'meta' };
  const row = folder.table('meta').find(({ key }) => Buffer.from(key).toString() === 'tip');
  const unknown = folder.table('meta').filter(({ key }) => !['tip', 'snapshot'].includes(Buffer.from(key).toString()));
  for (const { key } of unknown) findings.wrong('tip', place, `key ${hex(key)} means nothing`);
  if (row === undefined) {
    if (blocks.length > 0) findings.wrong('tip', place, 'no tip is stored');
    return undefined;
  }
  if (row.value.length !== TIP_BYTES) {
    findings.wrong('tip', place, `the tip has ${row.value.length} bytes`);
    return undefined;
  }
  const tip = placeOf(row.value);
  if (tip.height === 0) return tip;
  const block = blocks.find(({ entry }) => entry.id === tip.id);
  const what =
    block === undefined
      ? `the tip ${tip.id} was not executed here`
      : `the tip says height ${tip.height}, its header ${block.entry.height}`;
  findings.test('tip', block?.entry.height === tip.height, place, what);
  return block === undefined ? undefined : { height: block.entry.height, id: tip.id };
}

/** Called where the replay stands at the snapshot's block. */
export function checkSnapshot(folder: Folder, block: CheckedBlock, world: World, findings: Findings): void {
  const row = folder.table('meta').find(({ key }) => Buffer.from(key).toString() === 'snapshot');
  if (row === undefined || row.value.length < TIP_BYTES || hex(row.value.subarray(8, TIP_BYTES)) !== block.entry.id)
    return;
  const place = { ...block.entry.place, table: 'meta' };
  try {
    const snapshot = decodeSnapshot(row.value.subarray(TIP_BYTES));
    const numbers = [...Array(folder.network.genesis.partitions).keys(), REPLICA, GLOBAL];
    const parts = numbers
      .map((partition) => ({
        partition,
        cells: join([...world.entries(partition)].sort((a, b) => compare(a.id, b.id)).map(encodeEntry)),
      }))
      .filter(({ cells }) => cells.length > 0);
    const { standing } = world;
    const isSame =
      snapshot.height === block.entry.height &&
      same(snapshot.system, standing.systemBytes) &&
      same(snapshot.checkpoint, standing.checkpoint) &&
      same(join(snapshot.accumulators), join(standing.accumulators)) &&
      snapshot.parts.length === parts.length &&
      parts.every(
        ({ partition, cells }, i) =>
          snapshot.parts[i]!.partition === partition && same(snapshot.parts[i]!.cells, cells),
      );
    findings.test(
      'tip',
      isSame && viewOf(row.value).getBigUint64(0, false) === BigInt(block.entry.height),
      place,
      'the snapshot differs from the replayed state',
    );
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    findings.wrong('tip', place, `the snapshot cannot be read: ${error.message}`);
  }
}
