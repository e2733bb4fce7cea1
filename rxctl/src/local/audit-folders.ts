// The deep audit of a local network: every data folder by a process of its own, then all money over a closed cut of the
// blocks they re-executed. Stopped nodes are audited in place, running ones by a copy.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { CutRow, DeepReport } from '@rexnet/node/chain/deep-report.ts';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { genesisState } from '@rexnet/node/chain/genesis-block.ts';
import { fromHex } from '@rexnet/node/core/bytes.ts';
import { TOTALS } from '@rexnet/node/core/layouts.ts';
import { auditClosedCut } from '../closed-cut.ts';
import { CliError, EXIT } from '../exit.ts';
import type { AuditReport } from '../network.ts';
import { auditInChild, holderOf } from './audit-child.ts';
import type { Folders } from './folders.ts';

/** Audits that run at the same time: each keeps a core busy and holds a whole state. */
const AT_ONCE = 2;

export type AuditedFolder = {
  /** Name of the node, or of the folder. */
  readonly node: string;
  readonly dir: string;
  /** The node runs, and a copy of its folder was audited. */
  readonly copied: boolean;
  readonly report: DeepReport;
};

export type DeepAuditResult = {
  readonly clean: boolean;
  readonly folders: readonly AuditedFolder[];
  /** Undefined when not every group is among the folders. */
  readonly cut: AuditReport | undefined;
  /** Why there is no cut. */
  readonly noCut?: string;
};

export type AuditTarget = { readonly node: string; readonly dir: string; readonly genesis: string };

export type AuditFoldersOptions = {
  readonly fromSnapshot: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Told of each folder when its turn has come. */
  readonly onStart?: (node: string, copied: boolean) => void;
};

/** Every node of a local network that has data. */
export function targetsOf(folders: Folders): readonly AuditTarget[] {
  const nodes = join(folders.root, 'nodes');
  const names = existsSync(nodes) ? readdirSync(nodes).sort() : [];
  const found = names.filter((name) => existsSync(join(folders.node(name), 'chain.mdb')));
  if (found.length === 0)
    throw new CliError(EXIT.error, `no node of ${basename(folders.root)} has data yet`, 'start the network: rxctl up');
  return found.map((node) => ({ node, dir: folders.node(node), genesis: folders.genesis }));
}

/** A data folder anywhere; its genesis is the file named, or the nearest one in it or above. */
export function targetAt(dir: string, genesis: string | undefined): AuditTarget {
  const near = [dir, dirname(dir), dirname(dirname(dir))].map((at) => join(at, 'genesis.bin')).find(existsSync);
  const path = genesis ?? near;
  if (!existsSync(dir)) throw new CliError(EXIT.usage, `${dir} does not exist`, "name a node or a node's data folder");
  if (path === undefined)
    throw new CliError(EXIT.usage, `no genesis.bin in or above ${dir}`, 'name the genesis file: --genesis FILE');
  return { node: basename(resolve(dir)), dir, genesis: path };
}

export async function auditFolders(
  targets: readonly AuditTarget[],
  options: AuditFoldersOptions,
): Promise<DeepAuditResult> {
  const folders: AuditedFolder[] = [];
  const waiting = [...targets];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      folders.push(await auditOne(next, options));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  folders.sort((a, b) => a.report.group - b.report.group || a.node.localeCompare(b.node));
  const { cut, noCut } = await cutOf(targets, folders);
  const clean = folders.every(({ report }) => report.clean) && cut?.clean !== false;
  return { clean, folders, cut, ...(noCut === undefined ? {} : { noCut }) };
}

async function auditOne({ node, dir, genesis }: AuditTarget, options: AuditFoldersOptions): Promise<AuditedFolder> {
  const { env, signal, fromSnapshot } = options;
  const copied = holderOf(dir) !== undefined;
  options.onStart?.(node, copied);
  const report = await auditInChild({ genesis, dir, fromSnapshot, copy: copied, env, signal });
  return { node, dir, copied, report };
}

/** A row that a cut needs was not re-executed, or is older than those that reports carry. */
class OutOfReach extends Error {}

async function cutOf(
  targets: readonly AuditTarget[],
  folders: readonly AuditedFolder[],
): Promise<{ readonly cut: AuditReport | undefined; readonly noCut?: string }> {
  const network = readGenesis(readFileSync(targets[0]!.genesis));
  const groups = [...new Set(network.firstMap.owners)].sort((a, b) => a - b);
  if (new Set(folders.map(({ report }) => report.network)).size > 1)
    return { cut: undefined, noCut: 'the folders belong to several networks' };
  const rows = new Map<number, ReadonlyMap<number, CutRow>>();
  for (const group of groups) {
    const [best] = folders
      .filter(({ report }) => report.group === group)
      .sort((a, b) => tipOf(b.report) - tipOf(a.report));
    if (best === undefined) return { cut: undefined, noCut: `no folder of group ${group} was audited` };
    rows.set(group, new Map(best.report.cut.map((row) => [row.height, row])));
  }
  const rowAt = (group: number, height: number): CutRow => {
    const row = rows.get(group)?.get(height);
    if (row !== undefined) return row;
    throw new OutOfReach(`block ${height} of group ${group} is not among the newest that were re-executed`);
  };
  const source = {
    tips: new Map(groups.map((group) => [group, Math.max(0, ...rows.get(group)!.keys())])),
    readAt: async (group: number, height: number) =>
      new Map(
        height === 0 ? [] : Object.entries(rowAt(group, height).read).map(([other, read]) => [Number(other), read]),
      ),
    totalsAt: async (group: number, height: number) =>
      height === 0
        ? genesisState(network, group).system.totals.record()
        : TOTALS.decode(fromHex(rowAt(group, height).totals)),
    reaches: (group: number, height: number) => height === 0 || rows.get(group)!.has(height),
  };
  try {
    return { cut: await auditClosedCut(source, network.genesis) };
  } catch (error) {
    if (!(error instanceof OutOfReach)) throw error;
    return { cut: undefined, noCut: error.message };
  }
}

function tipOf({ cut }: DeepReport): number {
  return cut.at(-1)?.height ?? 0;
}
