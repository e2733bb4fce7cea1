// What the folder stores of each executed block of its own group, put together by block id. It says what is missing.
import { hex, viewOf } from './bytes.ts';
import type { Folder, TableName } from './folder.ts';
import type { Entry, HeaderTree } from './header-tree.ts';
import type { Findings } from './report.ts';

/** A batch this block sent. */
export interface StoredLeaf {
  readonly group: number;
  readonly leaf: Uint8Array;
}

export interface StoredBlock {
  readonly entry: Entry;
  readonly body: Uint8Array | undefined;
  readonly diff: Uint8Array | undefined;
  /** Kept for the newest maxReorg blocks. */
  readonly undo: Uint8Array | undefined;
  readonly receipts: Uint8Array | undefined;
  readonly totals: Uint8Array | undefined;
  readonly outbox: readonly StoredLeaf[];
}

const PER_BLOCK = ['bodies', 'diffs', 'receipts', 'totals'] as const satisfies readonly TableName[];
const OUTBOX_KEY_BYTES = 36;

/** Blocks with anything but a body stored, ascending by height. */
export function collectBlocks(folder: Folder, tree: HeaderTree, findings: Findings): StoredBlock[] {
  const tables = new Map(
    ([...PER_BLOCK, 'undos'] as const).map((name) => [
      name,
      new Map(folder.table(name).map(({ key, value }) => [hex(key), value])),
    ]),
  );
  const outbox = collectOutbox(folder, findings);
  const ids = new Set([...[...tables.values()].flatMap((rows) => [...rows.keys()]), ...outbox.keys()]);
  const blocks: StoredBlock[] = [];
  for (const id of ids) {
    const stored = PER_BLOCK.filter((name) => tables.get(name)!.has(id));
    const entry = tree.get(id);
    if (tree.orphans.has(id)) {
      findings.undecided('state', { id }, 'its header stands on nothing');
      continue;
    }
    if (entry === undefined || entry.group !== folder.group || entry.parent === undefined) {
      const table = stored[0] ?? (outbox.has(id) ? 'outbox' : 'undos');
      findings.wrong('ids', { table, id }, `no stored header of group ${folder.group} has this id`);
      continue;
    }
    for (const name of PER_BLOCK) {
      if (!stored.includes(name)) findings.wrong('folder', { ...entry.place, table: name }, 'nothing is stored of it');
    }
    const of = (name: (typeof PER_BLOCK)[number] | 'undos'): Uint8Array | undefined => tables.get(name)!.get(id);
    blocks.push({
      entry,
      body: of('bodies'),
      diff: of('diffs'),
      undo: of('undos'),
      receipts: of('receipts'),
      totals: of('totals'),
      outbox: outbox.get(id) ?? [],
    });
  }
  return blocks.sort((a, b) => a.entry.height - b.entry.height);
}

function collectOutbox(folder: Folder, findings: Findings): Map<string, StoredLeaf[]> {
  const outbox = new Map<string, StoredLeaf[]>();
  for (const { key, value } of folder.table('outbox')) {
    if (key.length !== OUTBOX_KEY_BYTES) {
      findings.wrong('outbox', { table: 'outbox' }, `key ${hex(key)} has ${key.length} bytes`);
      continue;
    }
    const id = hex(key.subarray(0, 32));
    const leaves = outbox.get(id) ?? [];
    leaves.push({ group: viewOf(key).getUint32(32, false), leaf: value });
    outbox.set(id, leaves);
  }
  return outbox;
}
