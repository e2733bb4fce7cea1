// What every stored block shows without state: body against header, batches against their sources, receipts, outbox.
import { FormatError, hex, same, viewOf } from './bytes.ts';
import { batchLeaf, isOutboxLeaf, listRoot, sha256, treeRoot } from './hash.ts';
import type { Entry } from './header-tree.ts';
import { type Body, decodeBody, decodeReceipt, RECEIPT_BYTES, type Receipt } from './layouts.ts';
import { type Network, transactionsRoot } from './network.ts';
import type { StoredBlock, StoredLeaf } from './own-blocks.ts';
import type { Findings } from './report.ts';
import { type CheckedTransaction, checkTransaction, userGas } from './transactions.ts';

/** Receipts that one leaf of the receipts root covers. */
const RECEIPTS_PER_LEAF = 64;

/** What proved right; undefined where damage leaves nothing to build on. */
export interface CheckedBlock {
  readonly stored: StoredBlock;
  readonly entry: Entry;
  readonly body: Body | undefined;
  /** In reading order, each with the batch the body brought. */
  readonly sources: readonly { readonly entry: Entry; readonly leaf: Uint8Array }[] | undefined;
  readonly transactions: readonly CheckedTransaction[] | undefined;
  /** Hex. */
  readonly transactionIds: readonly string[] | undefined;
  readonly receipts: readonly Receipt[] | undefined;
  readonly outbox: readonly StoredLeaf[] | undefined;
}

export function checkBlock(network: Network, stored: StoredBlock, findings: Findings): CheckedBlock {
  const { entry } = stored;
  const body = checkBody(stored, findings);
  const sources = body === undefined ? undefined : checkBatches(network, entry, body, findings);
  const transactions = body === undefined ? undefined : checkTransactions(network, entry, body, findings);
  return {
    stored,
    entry,
    body,
    sources,
    transactions: transactions?.checked,
    transactionIds: transactions?.ids,
    receipts: checkReceipts(network, stored, findings),
    outbox: checkOutbox(stored, findings),
  };
}

function checkBody({ entry, body: bytes }: StoredBlock, findings: Findings): Body | undefined {
  if (bytes === undefined) return undefined;
  const place = { ...entry.place, table: 'bodies' };
  let body: Body;
  try {
    body = decodeBody(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    findings.wrong('bodies', place, `the body cannot be read: ${error.message}`);
    return undefined;
  }
  const root = transactionsRoot(entry.group, body.mapUpdate, body.bitcoinHeaders, body.transactions);
  const isRight = findings.compare(
    'bodies',
    same(root, entry.header.transactionsRoot),
    entry.isDamaged,
    place,
    'transactions root differs from the header',
  );
  const begins = entry.group === 0 && !entry.isDamaged && entry.map.epoch !== entry.parent!.map.epoch;
  if (body.mapUpdate.length > 0 !== begins)
    findings.wrong(
      'bodies',
      place,
      begins ? 'its epoch begins without a map update' : 'it holds a map update and begins no epoch',
    );
  return isRight ? body : undefined;
}

/** Sources in reading order with their batches; undefined when a proof failed. */
function checkBatches(network: Network, entry: Entry, body: Body, findings: Findings): CheckedBlock['sources'] {
  if (entry.order === undefined) {
    findings.undecided('batches', entry.place, 'its reads are wrong, so its batches belong to nothing');
    return undefined;
  }
  const place = { ...entry.place, table: 'bodies' };
  const listed = [...entry.order].sort((a, b) => a.group - b.group || a.height - b.height);
  if (listed.length !== body.batches.length) {
    findings.wrong(
      'batches',
      place,
      `the body lists ${body.batches.length} batches, its reads are ${listed.length} blocks`,
    );
    return undefined;
  }
  const leaves = new Map<Entry, Uint8Array>();
  let bytes = 0;
  for (const [i, source] of listed.entries()) {
    const proven = body.batches[i]!;
    const isProven = isOutboxLeaf(source.header.outboxRoot, source.map.outboxDepth, entry.group, proven);
    const what = (): string =>
      `batch ${i} is not what block ${source.height} of group ${source.group} (${source.id.slice(0, 16)}) sent: its outbox proof fails`;
    if (findings.compare('batches', isProven, source.isDamaged, place, what)) leaves.set(source, proven.leaf);
    bytes += proven.leaf.length;
  }
  if (bytes > network.genesis.maxReadBytes) findings.wrong('batches', place, `it reads ${bytes} bytes of batches`);
  if (leaves.size < listed.length) return undefined;
  return entry.order.map((source) => ({ entry: source, leaf: leaves.get(source)! }));
}

function checkTransactions(
  network: Network,
  entry: Entry,
  body: Body,
  findings: Findings,
): { readonly checked: readonly CheckedTransaction[] | undefined; readonly ids: readonly string[] } {
  const place = { ...entry.place, table: 'bodies' };
  const checked: CheckedTransaction[] = [];
  let gas = 0n;
  for (const [i, bytes] of body.transactions.entries()) {
    const result = checkTransaction(network, entry.group, entry.header.timestampMs, bytes);
    if (typeof result === 'string') findings.wrong('transactions', place, `transaction ${i} is unfit: ${result}`);
    else {
      findings.right('transactions');
      gas += result.transaction.gasLimit;
      checked.push(result);
    }
  }
  if (gas > userGas(network)) findings.wrong('transactions', place, `its transactions ask for ${gas} gas`);
  return {
    checked: checked.length === body.transactions.length ? checked : undefined,
    ids: body.transactions.map((bytes) => hex(sha256(sha256(bytes)))),
  };
}

function checkReceipts(
  network: Network,
  { entry, receipts: bytes }: StoredBlock,
  findings: Findings,
): Receipt[] | undefined {
  if (bytes === undefined) return undefined;
  const place = { ...entry.place, table: 'receipts' };
  const chunk = RECEIPTS_PER_LEAF * RECEIPT_BYTES;
  const leaves = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    sha256(bytes.subarray(i * chunk, (i + 1) * chunk)),
  );
  const isRight = same(listRoot(leaves), entry.header.receiptsRoot);
  if (!findings.compare('receipts', isRight, entry.isDamaged, place, 'receipts root differs from the header'))
    return undefined;
  if (bytes.length % RECEIPT_BYTES !== 0) {
    findings.wrong('receipts', place, `${bytes.length} bytes are no whole receipts`);
    return undefined;
  }
  const receipts = Array.from({ length: bytes.length / RECEIPT_BYTES }, (_, i) =>
    decodeReceipt(bytes.subarray(i * RECEIPT_BYTES, (i + 1) * RECEIPT_BYTES)),
  );
  const misnumbered = receipts.findIndex((receipt, i) => receipt.index !== i);
  if (misnumbered >= 0)
    findings.wrong('receipts', place, `receipt ${misnumbered} says it is ${receipts[misnumbered]!.index}`);
  const gas = receipts.reduce((sum, receipt) => sum + receipt.gas, 0n);
  if (gas > network.genesis.blockGas) findings.wrong('receipts', place, `${gas} gas were burnt`);
  return receipts;
}

function checkOutbox({ entry, outbox }: StoredBlock, findings: Findings): readonly StoredLeaf[] | undefined {
  const place = { ...entry.place, table: 'outbox' };
  const slots: Uint8Array[] = [];
  for (const { group, leaf } of outbox) {
    if (group === entry.group || !entry.map.groups.includes(group) || leaf.length === 0) {
      findings.wrong('outbox', place, `a batch of ${leaf.length} bytes for group ${group}`);
      return undefined;
    }
    slots[group] = batchLeaf(leaf);
  }
  const root = treeRoot(
    Array.from({ length: slots.length }, (_, i) => slots[i] ?? batchLeaf(new Uint8Array(0))),
    entry.map.outboxDepth,
  );
  const isRight = same(root, entry.header.outboxRoot);
  const what = 'outbox root differs from the header';
  return findings.compare('outbox', isRight, entry.isDamaged, place, what) ? outbox : undefined;
}

/** Checks the leaves kept for blocks that may still read them. */
export function checkLeaf(group: number, source: Entry, proven: Parameters<typeof isOutboxLeaf>[3]): boolean {
  return isOutboxLeaf(source.header.outboxRoot, source.map.outboxDepth, group, proven);
}

/** Height and id of a key or value that begins with a big-endian height. */
export function placeOf(bytes: Uint8Array): { readonly height: number; readonly id: string } {
  return { height: Number(viewOf(bytes).getBigUint64(0, false)), id: hex(bytes.subarray(8, 40)) };
}
