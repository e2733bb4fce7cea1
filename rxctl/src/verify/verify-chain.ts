// A second reader of a node's data folder: derives everything in it again from docs/protocol.md and imports nothing of the
// programs that wrote it. It repairs nothing and writes nothing.

import { readBase } from './base.ts';
import { hex } from './bytes.ts';
import { checkBlock } from './check-blocks.ts';
import { checkHeaders } from './check-headers.ts';
import { checkCondemned, checkLeaves, checkRoots, checkTip, checkUndosKept, SnapshotCheck } from './check-index.ts';
import { openFolder } from './folder.ts';
import { collectBlocks } from './own-blocks.ts';
import { replay } from './replay.ts';
import { Findings, type Report } from './report.ts';

export interface VerifyOptions {
  /** genesis.bin; looked for in and above the folder when absent. */
  readonly genesis?: string;
}

/** Throws FolderError when the folder cannot be verified at all. */
export async function verifyChain(dir: string, options: VerifyOptions = {}): Promise<Report> {
  const findings = new Findings();
  const folder = openFolder(dir, options.genesis);
  const { network, group } = folder;
  if (folder.damages.length + folder.rowDamages.length === 0) findings.right('folder');
  for (const damage of folder.damages) findings.wrong('folder', {}, `chain.mdb: ${damage}`);
  for (const { what, ...place } of folder.rowDamages) findings.wrong('folder', place, what);
  const headers = folder.table('headers');
  const tree = checkHeaders(network, headers, findings);
  if (!tree.has(group)) findings.wrong('folder', {}, `node.json names group ${group}, which no shard map names`);
  const blocks = collectBlocks(folder, tree, findings).map((stored) => checkBlock(network, stored, findings));
  const snapshots = new SnapshotCheck(folder, tree, findings);
  const base = readBase(folder, tree, findings);
  replay(network, group, blocks, findings, (block, world) => snapshots.atBlock(block, world), base);
  checkRoots(folder, blocks, findings);
  checkLeaves(folder, tree, findings);
  checkCondemned(folder, tree, blocks, findings);
  const tip = checkTip(folder, blocks, findings, base);
  if (tip !== undefined) checkUndosKept(folder, blocks, tip.id, findings);
  return {
    clean: findings.problems.length === 0,
    network: hex(network.networkId),
    group,
    tip,
    blocks: blocks.length,
    headers: headers.length,
    transactions: blocks.reduce((sum, { transactionIds }) => sum + (transactionIds?.length ?? 0), 0),
    checks: findings.counts(),
    problems: findings.problems,
    problemsLeftOut: findings.leftOut,
    notes: findings.notes,
  };
}
