// Audits a node's data folder: opens it to be read, finds the node's chain among its headers, and lets chain/deep-audit.ts
// re-execute it. It writes nothing but a copy where one is asked for.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { predaCompiler } from '../chain/contract-compiler.ts';
import { DeepAudit, type LoadedState } from '../chain/deep-audit.ts';
import type { DeepReport } from '../chain/deep-report.ts';
import type { Network } from '../chain/genesis.ts';
import { birthOf, genesisHeader } from '../chain/genesis-block.ts';
import { GroupState, type StoredState } from '../chain/group-state.ts';
import { HeaderIntake } from '../chain/header-intake.ts';
import { networkMaps } from '../chain/network-maps.ts';
import { verifyLeaf } from '../chain/outbox-proof.ts';
import { HOME_GROUP, outboxDepth } from '../chain/shard-map.ts';
import { FORK_CHOICE_RULES } from '../consensus/fork-choice.ts';
import { blockId } from '../consensus/header.ts';
import type { HeaderEntry } from '../consensus/header-entry.ts';
import { judgeReading, planReads } from '../consensus/reading.ts';
import { equalBytes, toHex } from '../core/bytes.ts';
import { acceptedByZip215 } from '../core/ed25519.ts';
import { ChainStore, type StoredHeader, type Tip } from '../store/chain-store.ts';
import { copyFolder, identityOf } from '../store/database.ts';
import { damaged } from '../store/errors.ts';
import { Machine } from '../vm/machine.ts';
import { groupsOf, recordedTree } from './network-parts.ts';

/** Blocks re-executed between two looks at whether somebody still wants the answer. */
const BLOCKS_PER_TURN = 16;

export interface AuditFolderOptions {
  readonly network: Network;
  readonly dataDir: string;
  /** Begin at the newest snapshot instead of genesis. */
  readonly fromSnapshot?: boolean;
  /** Audit a copy made for it: the only way while a node runs. */
  readonly copy?: boolean;
  readonly signal?: AbortSignal;
}

/** Throws StoreError when the folder is in use, another network's, or cannot be read at all. */
export async function auditFolder(options: AuditFolderOptions): Promise<DeepReport> {
  if (options.copy !== true) return auditStill(options, options.dataDir);
  const scratch = await mkdtemp(join(tmpdir(), 'rexnet-audit-'));
  try {
    await copyFolder(options.dataDir, ownIdentity(options), scratch);
    return await auditStill(options, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function auditStill(options: AuditFolderOptions, dir: string): Promise<DeepReport> {
  const identity = ownIdentity(options);
  const store = ChainStore.toRead(dir, identity);
  try {
    const audit = prepare(options, dir, identity.group, store);
    while (audit.left > 0) {
      for (let i = 0; i < BLOCKS_PER_TURN && audit.left > 0; i++) audit.step();
      await turn();
      options.signal?.throwIfAborted();
    }
    return audit.report();
  } finally {
    await store.close();
  }
}

/** The folder of any group of this network will do. */
function ownIdentity({ network, dataDir }: AuditFolderOptions): { readonly genesisId: string; readonly group: number } {
  return { genesisId: toHex(network.id), group: identityOf(dataDir).group };
}

interface Problem {
  readonly header: StoredHeader;
  readonly what: string;
}

function prepare(
  { network, fromSnapshot }: AuditFolderOptions,
  dir: string,
  group: number,
  store: ChainStore,
): DeepAudit {
  const { genesis, networkId } = network;
  const tip = store.tip();
  const problems: Problem[] = [];
  const line = lineTo(tip, group, readHeaders(network, group, store, problems), problems, dir);
  const [first] = line;
  const audit = new DeepAudit({
    genesis,
    networkId,
    group,
    line,
    store,
    load: (stored) => load(network, first!, stored),
    isOurLeaf: (source, proven) => verifyLeaf(source.header.outboxRoot, outboxDepth(source.map), group, proven),
    fromSnapshot: fromSnapshot === true,
  });
  for (const { header, what } of problems) audit.add(header.height, header.id, 'header', what);
  return audit;
}

/** `first` is block 0 of the group. */
function load(network: Network, first: HeaderEntry, stored: StoredState): LoadedState {
  const { genesis } = network;
  const { group } = first;
  const machine = Machine.create({
    partitions: genesis.partitions,
    seed: randomBytes(32),
    maxRelays: genesis.maxRelays,
    maxStateBytes: genesis.maxStateBytes,
  });
  const state = new GroupState(
    {
      network,
      group,
      machine,
      compile: predaCompiler(genesis),
      // Signatures are what verify-chain looks at; the node checked them before it stored a block.
      firstBadSignature: () => -1,
      ...(group === HOME_GROUP ? { bitcoin: recordedTree(genesis.parentTarget) } : {}),
    },
    stored,
  );
  const isAtGenesis = state.height === 0 && stored.snapshot === undefined;
  if (isAtGenesis && !network.firstMap.groups.includes(group)) state.begin(birthOf(first.map, first.cursors()));
  return { state, machine };
}

/** All headers of the folder that are what their keys say, linked. */
function readHeaders(network: Network, group: number, store: ChainStore, problems: Problem[]): HeaderIntake {
  const { genesis, networkId } = network;
  const rules = {
    readingRule: judgeReading,
    planReads,
    forkChoice: FORK_CHOICE_RULES,
    verifyWitness: () => true,
  };
  const intake = new HeaderIntake(
    { ...genesis, networkId },
    rules,
    networkMaps(network, acceptedByZip215),
    groupsOf(network).map((g) => genesisHeader(network, g)),
  );
  const sound = function* (): IterableIterator<{ readonly bytes: Uint8Array; readonly witness: Uint8Array }> {
    // Ids count up, and what adopted a group has read lower ones alone: by its turn it is known.
    for (const header of allHeaders(store, intake)) {
      if (equalBytes(blockId(header.header), header.id)) yield { bytes: header.header, witness: header.witness };
      else {
        const whose = header.group === group ? '' : ` of group ${header.group}`;
        problems.push({ header, what: `its stored header${whose} is not the one with this id` });
      }
    }
  };
  intake.restore(sound(), Number.MAX_SAFE_INTEGER);
  return intake;
}

function* allHeaders(store: ChainStore, { tree }: HeaderIntake): IterableIterator<StoredHeader> {
  for (let group = 0; tree.has(group); group++) yield* store.headers(group);
}

/** Genesis to tip. */
function lineTo(
  tip: Tip | undefined,
  group: number,
  { tree }: HeaderIntake,
  problems: readonly Problem[],
  dir: string,
): readonly HeaderEntry[] {
  const line: HeaderEntry[] = [];
  if (!tree.groups.includes(group)) throw damaged(dir, `node.json names group ${group}, which no shard map names`);
  const newest = tip === undefined || tip.height === 0 ? tree.tip(group).ancestorAt(0) : tree.get(tip.id);
  for (let entry = newest; entry !== undefined && entry.height >= 0; entry = entry.parent) line.push(entry);
  if (newest !== undefined) return line.reverse();
  const [first] = problems;
  const cause = first === undefined ? '' : ` (block ${first.header.height}: ${first.what})`;
  throw damaged(dir, `its headers do not lead from genesis to its block ${tip?.height}${cause}`);
}
