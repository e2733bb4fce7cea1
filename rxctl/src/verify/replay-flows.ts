// What moves through a block: money in cells, nonces, relays. Every relay a receipt announces must turn up exactly once.

import { sentBatch } from './batches.ts';
import { hex } from './bytes.ts';
import { accountOf, LEDGER, ledgerCell, ledgerScope, partitionOf, RECORD_KIND, recordOf, relayId } from './cells.ts';
import { readAll } from './replay-system.ts';
import type { Step } from './step.ts';
import type { Replaced, World } from './world.ts';

export function checkMoney({ block, system, findings, network, waitingBefore }: Step, world: World): void {
  const { held } = system.totals;
  const what = (): string => `accounts and queues hold ${world.worth} msat, its totals say ${held}`;
  findings.test('money', world.worth === held, block.entry.place, what);
  if (block.entry.header.reads.length > 0 && waitingBefore >= network.genesis.maxQueue) {
    findings.wrong('reads', block.entry.place, `it reads while ${waitingBefore} relays wait`);
  }
}

/** A sender's nonce counts his transactions, also the failed ones. */
export function checkNonces({ block, findings, network }: Step, world: World, replaced: readonly Replaced[]): void {
  if (block.transactions === undefined) return;
  const next = new Map<string, bigint>();
  for (const [i, { transaction, address }] of block.transactions.entries()) {
    const key = hex(address);
    const expected = next.get(key) ?? nonceBefore(address, world, replaced, network.genesis.partitions);
    const what = (): string => `transaction ${i} has nonce ${transaction.nonce}, its sender's next is ${expected}`;
    findings.test('nonces', transaction.nonce === expected, { ...block.entry.place, table: 'bodies' }, what);
    next.set(key, transaction.nonce + 1n);
  }
  for (const [key, nonce] of next) {
    const found = world.account(Buffer.from(key, 'hex')).nonce;
    if (found === nonce) continue;
    findings.wrong(
      'nonces',
      { ...block.entry.place, table: 'diffs' },
      `account ${key} has nonce ${found} afterwards, must have ${nonce}`,
    );
  }
}

function nonceBefore(address: Uint8Array, world: World, replaced: readonly Replaced[], partitions: number): bigint {
  const partition = partitionOf(address, partitions);
  const id = hex(ledgerCell(LEDGER.account, address));
  const old = replaced.find((part) => part.partition === partition)?.entries.find((entry) => hex(entry.id) === id);
  return old === undefined ? world.account(address).nonce : accountOf(old.value).nonce;
}

/** waiting before + read + announced by receipts = run + waiting after + sent, each id once on either side. */
export function checkRelays(step: Step, world: World, replaced: readonly Replaced[]): void {
  const { block, findings, network, group } = step;
  const { receipts, outbox, transactionIds, entry } = block;
  const inward = readAll(step);
  if (receipts === undefined || outbox === undefined || transactionIds === undefined || inward === undefined) {
    findings.undecided('relays', entry.place, 'body, receipts or outbox are damaged, so its relays cannot be followed');
    return;
  }
  const place = { ...entry.place, table: 'receipts' };
  const balance = new Tally();
  const users = receipts.filter(({ kind }) => kind === 0).map(({ id }) => hex(id));
  const isInOrder = users.length === transactionIds.length && users.every((id, i) => id === transactionIds[i]);
  findings.test('relays', isInOrder, place, 'its receipts of user transactions are not those of its body');
  for (const receipt of receipts) {
    if (receipt.kind !== 0) balance.add(hex(receipt.id), -1);
    for (let i = 0; i < receipt.children; i++) balance.add(hex(relayId(receipt.id, receipt.root, i)), 1);
  }
  for (const { batch } of inward) {
    for (const { id, kind } of batch.records) if (kind !== RECORD_KIND.credit) balance.add(id, 1);
  }
  for (const { leaf } of outbox) {
    const sent = sentBatch(network, group, entry.height, leaf);
    if (typeof sent !== 'string') for (const id of sent.children) balance.add(id, -1);
  }
  // Queue cells that the block did not touch wait before and after.
  for (const { partition, entries } of replaced) {
    for (const { id, value } of entries) {
      const scope = ledgerScope(id);
      if (scope !== LEDGER.queue && scope !== LEDGER.deferred) continue;
      if (value !== undefined) balance.add(recordOf(value).id, 1);
      const now = world.get(partition, id);
      if (now !== undefined) balance.add(recordOf(now).id, -1);
    }
  }
  const off = balance.off();
  const what = (): string =>
    off!.times > 0
      ? `relay ${off!.id} was announced or read and is lost`
      : `relay ${off!.id} runs, waits or is sent without having been announced or read`;
  findings.test('relays', off === undefined, place, what);
}

class Tally {
  readonly #counts = new Map<string, number>();

  add(id: string, times: number): void {
    const count = (this.#counts.get(id) ?? 0) + times;
    if (count === 0) this.#counts.delete(id);
    else this.#counts.set(id, count);
  }

  off(): { readonly id: string; readonly times: number } | undefined {
    for (const [id, times] of this.#counts) return { id, times };
    return undefined;
  }
}
