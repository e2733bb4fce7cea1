// The tables beside the blocks: receipts by transaction, leaves kept for reading, condemned blocks, tip and snapshots.
import type { Base } from './base.ts';
import { FormatError, hex, join, NOTHING, same, viewOf } from './bytes.ts';
import { GLOBAL, REPLICA, sequenceKey } from './cells.ts';
import { type CheckedBlock, checkLeaf, placeOf } from './check-blocks.ts';
import type { Folder } from './folder.ts';
import { type HeaderTree, headerKey } from './header-tree.ts';
import { decodeProvenLeaf, RECEIPT_BYTES } from './layouts.ts';
import type { Findings } from './report.ts';
import { decodeSnapshot, type Snapshot } from './stored-layouts.ts';
import type { World } from './world.ts';

const ROOTS_KEY_BYTES = 40;
const SNAPSHOT_KEY_BYTES = 44;
const TIP_BYTES = 40;
const META_KEYS: readonly string[] = ['tip', 'log', 'base'];
/** Offset of the root transaction in a receipt. */
const ROOT_AT = 32;

/** Every receipt can be found by its transaction, and nothing else is. */
export function checkRoots(folder: Folder, blocks: readonly CheckedBlock[], findings: Findings): void {
  const found = new Map(folder.table('roots').map(({ key, value }) => [hex(key), value]));
  for (const { entry, stored, receipts } of blocks) {
    const key = hex(join([sequenceKey(entry.height), Buffer.from(entry.id, 'hex')]));
    const index = found.get(key) ?? NOTHING;
    found.delete(key);
    if (receipts === undefined || stored.receipts === undefined) continue;
    const isRight = same(index, rootsIndex(stored.receipts));
    findings.test(
      'index',
      isRight,
      { ...entry.place, table: 'roots' },
      'the list of its transactions differs from its receipts',
    );
  }
  for (const key of found.keys()) {
    const bytes = Buffer.from(key, 'hex');
    const place = bytes.length === ROOTS_KEY_BYTES ? placeOf(bytes) : {};
    findings.wrong('index', { table: 'roots', ...place }, `row ${key} is of no block that is stored`);
  }
}

/** The first 48 bits of every root transaction's id, ascending, each as a double. */
function rootsIndex(receipts: Uint8Array): Uint8Array {
  const prefixes = new Set<number>();
  const view = viewOf(receipts);
  for (let at = ROOT_AT; at < receipts.length; at += RECEIPT_BYTES) {
    prefixes.add(view.getUint32(at, false) * 0x1_0000 + view.getUint16(at + 4, false));
  }
  const out = new Uint8Array(prefixes.size * 8);
  for (const [i, prefix] of [...prefixes].sort((a, b) => a - b).entries()) viewOf(out).setFloat64(i * 8, prefix, true);
  return out;
}

export function checkLeaves(folder: Folder, tree: HeaderTree, findings: Findings): void {
  for (const { key, value } of folder.table('leaves')) {
    const source = tree.get(key);
    if (tree.orphans.has(hex(key))) {
      findings.undecided('leaves', { table: 'leaves', id: hex(key) }, 'the header of its source stands on nothing');
      continue;
    }
    if (source === undefined || source.group === folder.group) {
      findings.wrong('leaves', { table: 'leaves', id: hex(key) }, 'no stored header of another group has this id');
      continue;
    }
    const place = { ...source.place, table: 'leaves' };
    try {
      const isRight = checkLeaf(folder.group, source, decodeProvenLeaf(value));
      findings.compare(
        'leaves',
        isRight,
        source.isDamaged,
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

/** What a node may have to take back, it must be able to. */
export function checkUndosKept(
  { network }: Folder,
  blocks: readonly CheckedBlock[],
  tipId: string,
  findings: Findings,
): void {
  const tip = blocks.find(({ entry }) => entry.id === tipId)?.entry;
  if (tip === undefined) return;
  for (const { entry, stored } of blocks) {
    const isNear = tip.height - entry.height < network.genesis.maxReorg && tip.ancestorAt(entry.height) === entry;
    if (isNear && stored.undo === undefined) {
      findings.wrong('undos', { ...entry.place, table: 'undos' }, 'its undo record is missing');
    }
  }
}

/** Answers the tip, when it is a block that was executed, or the base. */
export function checkTip(
  folder: Folder,
  blocks: readonly CheckedBlock[],
  findings: Findings,
  base?: Base,
): { height: number; id: string } | undefined {
  const place = { table: 'meta' };
  const row = folder.table('meta').find(({ key }) => Buffer.from(key).toString() === 'tip');
  const unknown = folder.table('meta').filter(({ key }) => !META_KEYS.includes(Buffer.from(key).toString()));
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
  if (tip.height === 0 || (tip.id === base?.id && tip.height === base.height)) return tip;
  const block = blocks.find(({ entry }) => entry.id === tip.id);
  const what =
    block === undefined
      ? `the tip ${tip.id} was not executed here`
      : `the tip says height ${tip.height}, its header ${block.entry.height}`;
  findings.test('tip', block?.entry.height === tip.height, place, what);
  return block === undefined ? undefined : { height: block.entry.height, id: tip.id };
}

/** Snapshots by the id of their block; each is compared where the replay stands at it. */
export class SnapshotCheck {
  readonly #folder: Folder;
  readonly #findings: Findings;
  readonly #rows = new Map<string, Uint8Array>();

  constructor(folder: Folder, tree: HeaderTree, findings: Findings) {
    this.#folder = folder;
    this.#findings = findings;
    for (const { key, value } of folder.table('snapshots')) {
      const id = hex(key.subarray(SNAPSHOT_KEY_BYTES - 32));
      const entry = tree.get(id);
      const named = key.length === SNAPSHOT_KEY_BYTES ? headerKey(key) : undefined;
      const isOurs = entry !== undefined && named?.group === folder.group && named.height === entry.height;
      if (isOurs && entry.group === folder.group) this.#rows.set(id, value);
      else findings.wrong('tip', { table: 'snapshots', id }, 'a snapshot of no block that is stored');
    }
  }

  atBlock(block: CheckedBlock, world: World): void {
    const bytes = this.#rows.get(block.entry.id);
    if (bytes === undefined) return;
    const place = { ...block.entry.place, table: 'snapshots' };
    try {
      const problem = this.#problemOf(decodeSnapshot(bytes), block, world);
      this.#findings.test(
        'tip',
        problem === undefined,
        place,
        `the snapshot differs from the replayed state: ${problem}`,
      );
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#findings.wrong('tip', place, `the snapshot cannot be read: ${error.message}`);
    }
  }

  #problemOf(snapshot: Snapshot, { entry }: CheckedBlock, world: World): string | undefined {
    const { standing } = world;
    if (snapshot.height !== entry.height) return `height ${snapshot.height}`;
    if (!same(snapshot.system, standing.systemBytes)) return 'system';
    if (!same(snapshot.checkpoint, standing.checkpoint)) return 'checkpoint';
    if (!same(join(snapshot.accumulators), join(standing.accumulators))) return 'accumulators';
    const parts = [...Array(this.#folder.network.genesis.partitions).keys(), REPLICA, GLOBAL]
      .map((partition) => ({ partition, cells: world.cellBytes(partition) }))
      .filter(({ cells }) => cells.length > 0);
    if (snapshot.parts.length !== parts.length) return `${snapshot.parts.length} partitions`;
    const off = parts.findIndex(({ partition, cells }, i) => {
      const part = snapshot.parts[i]!;
      return part.partition !== partition || !same(part.cells, cells);
    });
    return off < 0 ? undefined : `cells of partition ${parts[off]!.partition}`;
  }
}
