// All stored headers of all groups: ids, fields, links, difficulty, reading rules, witnesses.
import { FormatError, hex, isZero, same, viewOf, ZEROS } from './bytes.ts';
import { sha256d } from './hash.ts';
import { type Entry, HeaderTree, headerKey, judgeReads, type StoredHeader } from './header-tree.ts';
import { decodeHeader, type Header, splitWitness } from './layouts.ts';
import type { Network } from './network.ts';
import type { Row } from './pages.ts';
import { describeFlip, findHeaderFlip, headerFieldAt } from './repair.ts';
import type { Findings, Place } from './report.ts';
import { shownUpdate } from './shard-map.ts';
import { expectedTarget, targetOf } from './target.ts';
import { witnessProblem } from './witness.ts';

const TABLE = 'headers';
const KEY_BYTES = 44;

export function checkHeaders(network: Network, rows: readonly Row[], findings: Findings): HeaderTree {
  const tree = new HeaderTree(
    network,
    rows.map((row) => readRow(network, row, findings)).filter((header) => header !== undefined),
  );
  for (const { header, id } of tree.orphans.values()) {
    const place = { table: TABLE, group: header.group, height: header.height, id };
    if (!tree.orphans.has(hex(header.parent))) findings.wrong('headers', place, 'its parent is not stored');
    else findings.undecided('headers', place, 'it rests on a header whose parent is not stored');
  }
  for (const entry of tree.all()) if (entry.parent !== undefined) checkEntry(network, tree, entry, findings);
  return tree;
}

/** Undefined when the key is none. */
function readRow(network: Network, { key, value }: Row, findings: Findings): StoredHeader | undefined {
  if (key.length !== KEY_BYTES) {
    findings.wrong('ids', { table: TABLE }, `key ${hex(key)} has ${key.length} bytes`);
    return undefined;
  }
  const named = headerKey(key);
  const place: Place = { table: TABLE, ...named };
  const { bytes, witness: evidence, id } = splitRow(value, named.id, place, findings);
  const { witness, shown } = splitWitness(evidence);
  const header = decodedOr(bytes);
  if (header !== undefined && id === named.id) {
    const isPlaced = header.group === named.group && header.height === named.height;
    if (!isPlaced) findings.wrong('ids', place, `the header says group ${header.group}, height ${header.height}`);
    return { id, header, witness, shown, isDamaged: false };
  }
  // Work was done for the bytes: it is the key that is wrong.
  const isWork = header !== undefined && witnessProblem(header, id, witness, network.genesis.chainIdBase) === undefined;
  if (isWork) return { id, header, witness, shown, isDamaged: false };
  const { group, height } = named;
  return { id: named.id, header: { ...(header ?? UNREADABLE), group, height }, witness, shown, isDamaged: true };
}

/** Stands where a header cannot even be read, so that what rests on it still finds its place. */
const UNREADABLE = {
  version: 1,
  networkId: ZEROS,
  parent: ZEROS,
  timestampMs: 0,
  target: 0,
  epoch: 0,
  transactionsRoot: ZEROS,
  outboxRoot: ZEROS,
  receiptsRoot: ZEROS,
  stateRoot: ZEROS,
  checkpointRoot: ZEROS,
  miner: ZEROS,
  reads: [],
};

function decodedOr(bytes: Uint8Array): Header | undefined {
  try {
    return decodeHeader(bytes);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** Header and witness of a row; a header with one flipped bit comes back as it was. */
function splitRow(
  value: Uint8Array,
  id: string,
  place: Place,
  findings: Findings,
): { bytes: Uint8Array; witness: Uint8Array; id: string } {
  const size = value.length < 4 ? 0 : viewOf(value).getUint32(0, true);
  const bytes = value.subarray(4, 4 + size);
  const witness = value.subarray(4 + size);
  if (hex(sha256d(bytes)) === id) {
    findings.right('ids');
    return { bytes, witness, id };
  }
  for (let bit = 0; bit < 32; bit++) {
    const other = (size ^ (1 << bit)) >>> 0;
    if (other < value.length && hex(sha256d(value.subarray(4, 4 + other))) === id) {
      findings.wrong('ids', place, `the header's length is ${size}, must be ${other}`);
      return { bytes: value.subarray(4, 4 + other), witness: value.subarray(4 + other), id };
    }
  }
  const flip = findHeaderFlip(bytes, id);
  if (flip !== undefined) {
    const what = `the header does not hash to the block id: in ${headerFieldAt(flip.at)}, ${describeFlip(flip)}`;
    findings.wrong('ids', place, what);
    return { bytes: flip.bytes, witness, id };
  }
  const found = hex(sha256d(bytes));
  findings.wrong('ids', place, `the header hashes to ${found}, not to the id it is stored under`);
  return { bytes, witness, id: found };
}

function checkEntry(network: Network, tree: HeaderTree, entry: Entry, findings: Findings): void {
  if (entry.isDamaged) return;
  const problem = fieldProblem(network, entry);
  const isShaky = entry.parent!.isDamaged || entry.parent!.parent?.isDamaged === true;
  if (problem !== undefined && isShaky) findings.undecided('headers', entry.place, RESTS);
  else findings.test('headers', problem === undefined, entry.place, `its header is wrong: ${problem}`);
  const reading = judgeReads(tree, entry);
  if ('order' in reading) {
    entry.order = reading.order;
    countReads(network, tree, entry, findings);
  } else if (tree.hasDamage) findings.undecided('reads', entry.place, RESTS);
  else findings.wrong('reads', entry.place, reading.wrong);
  const witness = witnessProblem(entry.header, entry.id, entry.witness, network.genesis.chainIdBase) ?? behind(entry);
  findings.test('witnesses', witness === undefined, { ...entry.place, table: TABLE }, `${witness}`);
}

/** Nothing may stand behind a witness but the update of a block of group 0. */
function behind({ group, shown, header }: Entry): string | undefined {
  if (shown.length === 0) return undefined;
  const update = group === 0 ? shownUpdate(shown, header.transactionsRoot) : 'something stands behind its witness';
  return typeof update === 'string' ? update : undefined;
}

const RESTS = 'it rests on a header that is damaged';

/** Confirmations of what a block read may have lain in headers that were still waiting and are not stored. */
function countReads(network: Network, tree: HeaderTree, entry: Entry, findings: Findings): void {
  const { confirmations } = network.genesis;
  const bare = entry.header.reads.find((read) => (tree.get(read.id)?.descendants ?? 0) < confirmations);
  if (bare === undefined) findings.right('reads');
  else {
    const why = `the ${confirmations} descendants of block ${bare.height} of group ${bare.group}, which it reads, are not all stored`;
    findings.undecided('reads', entry.place, why);
  }
}

function fieldProblem(network: Network, entry: Entry): string | undefined {
  const { genesis, networkId } = network;
  const { header } = entry;
  const parent = entry.parent!;
  if (header.version !== 1) return `version ${header.version}`;
  if (!same(header.networkId, networkId)) return `network ${hex(header.networkId)}`;
  if (!readsAscend(header)) return 'its reads do not ascend';
  if (header.timestampMs < parent.header.timestampMs + genesis.blockIntervalMs) {
    return `${header.timestampMs - parent.header.timestampMs} ms after its parent`;
  }
  const expected = expectedTarget(genesis, header.height, parent.header, parent.parent?.header);
  if (expected === undefined || header.target !== expected || targetOf(header.target) === undefined) {
    return `target ${header.target.toString(16)}, must be ${expected?.toString(16)}`;
  }
  if (entry.mapProblem !== undefined) return entry.mapProblem;
  if (header.epoch !== entry.map.epoch) return `epoch ${header.epoch}, must be ${entry.map.epoch}`;
  if (header.height % genesis.checkpointEvery !== 0 && !isZero(header.checkpointRoot))
    return 'a checkpoint out of place';
  return undefined;
}

function readsAscend({ reads, group }: Header): boolean {
  return reads.every((read, i) => read.group !== group && (i === 0 || reads[i - 1]!.group < read.group));
}
