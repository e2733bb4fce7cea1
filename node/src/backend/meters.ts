// Turns what the engine tells into metrics. Reads no state of its own but the last block's time.
import { viewOf } from '../core/bytes.ts';
import { RECEIPT_BYTES } from '../core/layouts.ts';
import type { BlockFacts, EngineStatus } from '../engine/api.ts';
import type { Metrics } from '../telemetry/telemetry.ts';

const KINDS = ['transaction', 'relay', 'deferred', 'value', 'credit'] as const;
const AT = { status: 68, kind: 80 };

export class Meters {
  readonly #metrics: Metrics;
  readonly #group: number;
  #lastMs: number | undefined;

  constructor(metrics: Metrics, group: number) {
    this.#metrics = metrics;
    this.#group = group;
  }

  block(facts: BlockFacts, nowMs: number): void {
    const { chain, store } = this.#metrics;
    const { summary } = facts;
    chain.blocks.inc();
    chain.transactions.inc(summary.transactions);
    chain.invocations.inc(summary.receipts);
    chain.gas.inc(Number(summary.gas));
    chain.blockTransactions.observe(summary.transactions);
    chain.blockDelay.observe(Math.max(0, nowMs - summary.timestampMs) / 1_000);
    chain.executeSeconds.observe(facts.executeSeconds);
    store.commitSeconds.observe(facts.commitSeconds);
    if (this.#lastMs !== undefined) chain.blockInterval.observe((summary.timestampMs - this.#lastMs) / 1_000);
    this.#lastMs = summary.timestampMs;
    if (facts.undone > 0) {
      chain.reorganisations.inc();
      chain.reorganisationDepth.observe(facts.undone);
    }
    this.#receipts(facts.receipts);
  }

  status(status: EngineStatus): void {
    const { chain, node, pool } = this.#metrics;
    for (const { group, height, readHeight } of status.groups) {
      chain.height.set({ group }, height);
      if (group === this.#group) continue;
      chain.readHeight.set({ group }, readHeight);
      chain.readLag.set({ group }, height - readHeight);
    }
    chain.executedHeight.set(status.tip.height);
    this.#metrics.bitcoin.height.set(status.bitcoinHeight);
    chain.epoch.set(status.epoch);
    chain.partitions.set(status.owners.filter((owner) => owner === this.#group).length);
    chain.queuedRelays.set(status.queuedRelays);
    node.inSync.set(status.inSync ? 1 : 0);
    for (const { type, status: holds } of status.conditions)
      node.condition.set({ condition: type }, holds === 'True' ? 1 : 0);
    pool.transactions.set(status.poolTransactions);
    pool.bytes.set(status.poolBytes);
  }

  #receipts(receipts: Uint8Array): void {
    const counts = new Map<string, number>();
    const view = viewOf(receipts);
    for (let at = 0; at < receipts.length; at += RECEIPT_BYTES) {
      const key = `${view.getUint8(at + AT.kind)} ${view.getUint8(at + AT.status) === 0 ? 'success' : 'failed'}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, count] of counts) {
      const [kind = '', status = ''] = key.split(' ');
      this.#metrics.chain.receipts.inc({ kind: KINDS[Number(kind)] ?? kind, status }, count);
    }
  }
}
