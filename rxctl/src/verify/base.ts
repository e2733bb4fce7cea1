// A state that came from a peer, when a folder has one: what its header commits of it. Its cells are held against the next
// checkpoint's header when the blocks above are replayed.
import { FormatError, hex, same } from './bytes.ts';
import { placeOf } from './check-blocks.ts';
import type { Folder } from './folder.ts';
import type { HeaderTree } from './header-tree.ts';
import { stateRoot } from './network.ts';
import type { Findings } from './report.ts';
import { decodeSnapshot, type Snapshot } from './stored-layouts.ts';
import { World } from './world.ts';

const PLACE_BYTES = 40;
const ID_BYTES = 32;

export interface Base {
  readonly height: number;
  readonly id: string;
  readonly snapshot: Snapshot;
}

/** Undefined when every block was executed here, or the state cannot be begun from. */
export function readBase(folder: Folder, tree: HeaderTree, findings: Findings): Base | undefined {
  const row = folder.table('meta').find(({ key }) => Buffer.from(key).toString() === 'base')?.value;
  if (row === undefined) return undefined;
  const { height, id } = row.length === PLACE_BYTES ? placeOf(row) : { height: 0, id: '' };
  const entry = tree.get(id);
  const place = { table: 'meta', height, id };
  if (entry?.group !== folder.group || entry.height !== height) {
    findings.wrong('tip', place, 'the base is no stored block of this group');
    return undefined;
  }
  const bytes = folder.table('snapshots').find(({ key }) => hex(key.subarray(-ID_BYTES)) === id)?.value;
  if (bytes === undefined) {
    findings.wrong('tip', place, 'the snapshot of the base is missing');
    return undefined;
  }
  try {
    const snapshot = decodeSnapshot(bytes);
    const world = new World(folder.network, folder.group, { base: snapshot });
    const isRight = same(stateRoot(snapshot.accumulators, snapshot.system), entry.header.stateRoot);
    findings.test('state', isRight, place, 'the state of the base is not the one its header commits');
    const areCells = same(world.checkpoint(), snapshot.checkpoint);
    findings.test('checkpoints', areCells, place, 'the cells of the base are not those of its checkpoint');
    findings.notes.push(`the state after block ${height} came from a peer: nothing before it was executed here`);
    return { height, id, snapshot };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    findings.wrong(
      'tip',
      { ...place, table: 'snapshots' },
      `the snapshot of the base cannot be read: ${error.message}`,
    );
    return undefined;
  }
}
