// Writes the chains of a World into data folders as nodes would, without work behind the blocks; and changes single records
// of such a folder, which a node never does.

import { join } from 'node:path';
import { open } from 'lmdb';
import { entriesOf, LEDGER_SCOPE, ledgerCellId } from '../../chain/cell-entries.ts';
import { proveLeaf } from '../../chain/outbox-proof.ts';
import { outboxDepth } from '../../chain/shard-map.ts';
import type { World } from '../../chain/testing/world.ts';
import { WITNESS } from '../../consensus/auxpow-layouts.ts';
import { concatBytes, toHex, viewOf } from '../../core/bytes.ts';
import { BLOCK_DIFF, PROVEN_LEAF, SNAPSHOT } from '../../core/layouts.ts';
import { ChainStore, type ExecutedBlock } from '../../store/chain-store.ts';

/** Stands before what a block shows: who audits a folder asks for no work. */
const NO_WORK = WITNESS.encode({
  parentHeader: new Uint8Array(80),
  coinbase: new Uint8Array(0),
  coinbaseBranch: [],
  chainBranch: [],
});

const BINARY = { keyEncoding: 'binary', encoding: 'binary' } as const;

export function openStore({ network }: World, group: number, dir: string): ChainStore {
  return new ChainStore(dir, { genesisId: toHex(network.id), group });
}

/** Everything a group of the world knows, with these snapshots by height. */
export async function storeWorld(
  world: World,
  group: number,
  dir: string,
  snapshots: ReadonlyMap<number, Uint8Array> = new Map(),
): Promise<void> {
  const store = openStore(world, group, dir);
  store.commit(() => {
    for (const { header, id, headerBytes, map, outcome, shownUpdate } of world.lines.flatMap(({ blocks }) => blocks)) {
      const { group: source, height } = header;
      const witness = shownUpdate.length === 0 ? shownUpdate : concatBytes([NO_WORK, shownUpdate]);
      store.putHeader({ group: source, height, id, header: headerBytes, witness });
      if (source !== group) store.putLeaf(id, PROVEN_LEAF.encode(proveLeaf(outcome.outbox, outboxDepth(map), group)));
    }
    for (const { header, id, bodyBytes, outcome } of world.lines[group]!.blocks) {
      store.putExecuted({ height: header.height, id, body: bodyBytes, outcome });
      const bytes = snapshots.get(header.height);
      if (bytes !== undefined) store.putSnapshot({ height: header.height, id, bytes });
    }
  });
  await store.close();
}

/** Changes the stored records of one block. */
export async function changeBlock(
  world: World,
  group: number,
  dir: string,
  height: number,
  change: (block: ExecutedBlock) => ExecutedBlock,
): Promise<void> {
  const { id, header, bodyBytes, outcome } = world.lines[group]!.blocks[height - 1]!;
  const store = openStore(world, group, dir);
  const tip = store.tip()!;
  store.commit(() => {
    store.putExecuted(change({ height: header.height, id, body: bodyBytes, outcome }));
    store.putTip(tip);
  });
  await store.close();
}

/** Takes one stored body away. */
export async function dropBody(world: World, group: number, dir: string, height: number): Promise<void> {
  const root = open<Buffer, Buffer>({ path: join(dir, 'chain.mdb'), noSubdir: true, maxDbs: 16, ...BINARY });
  const bodies = root.openDB<Buffer, Buffer>({ name: 'bodies', ...BINARY });
  if (!bodies.removeSync(Buffer.from(world.lines[group]!.blocks[height - 1]!.id))) throw new Error('no such body');
  await root.close();
}

/** A copy of block diff or snapshot bytes in which one account has `more` msat more. */
export function enrich(layout: 'diff' | 'snapshot', bytes: Uint8Array, address: Uint8Array, more: bigint): Uint8Array {
  const out = Uint8Array.from(bytes);
  const { parts } = layout === 'diff' ? BLOCK_DIFF.decode(out) : SNAPSHOT.decode(out);
  const wanted = toHex(ledgerCellId(LEDGER_SCOPE.account, address));
  for (const { cells } of parts) {
    for (const { id, value } of entriesOf(cells)) {
      if (value === undefined || toHex(id) !== wanted) continue;
      const view = viewOf(value);
      view.setBigUint64(8, view.getBigUint64(8, true) + more, true);
      return out;
    }
  }
  throw new Error('that account is not in it');
}
