// Turns what engine and backend tell into metrics. Remembers only what it has counted of sums already.
import type { BlockFacts, EngineFigures, EngineStatus, TimedWork } from '../engine/api.ts';
import { CONDITIONS } from '../engine/api.ts';
import type { Label } from '../telemetry/metrics.ts';
import type { Metrics } from '../telemetry/telemetry.ts';

const KINDS = ['transaction', 'relay', 'deferred', 'value', 'credit'] as const;

interface Counter<L extends Label> {
  inc(labels: Partial<Record<L, string | number>>, by: number): void;
}

/** What a batch of transactions became. */
export interface PoolNews {
  readonly admitted: number;
  /** The group of each. */
  readonly forwarded: readonly number[];
  readonly refused: readonly { readonly code: string }[];
}

/** The part of the metrics the backend feeds. */
export interface BackendMeters {
  pool(news: PoolNews): void;
  call(): void;
  proof(accepted: boolean): void;
  parentHeaders(accepted: number, offered: number): void;
}

export interface MetersOptions {
  readonly group: number;
  readonly blockGas: bigint;
  /** Share of it that budgets of user transactions may ask for. */
  readonly userShare: number;
  readonly blockIntervalMs: number;
}

export class Meters implements BackendMeters {
  readonly #metrics: Metrics;
  readonly #group: number;
  readonly #blockGas: number;
  /** Of sums that come as such: what has been counted, by metric and label. */
  readonly #counted = new Map<string, number>();

  constructor(metrics: Metrics, { group, blockGas, userShare, blockIntervalMs }: MetersOptions) {
    this.#metrics = metrics;
    this.#group = group;
    this.#blockGas = Number(blockGas);
    metrics.chain.blockGas.set(this.#blockGas);
    metrics.chain.userGas.set(Math.floor(this.#blockGas * userShare));
    metrics.chain.beat.set(blockIntervalMs / 1_000);
  }

  block(facts: BlockFacts, nowMs: number): void {
    const { chain, store, vm } = this.#metrics;
    const { summary, outcomes, parentTimestampMs } = facts;
    chain.blocks.inc();
    chain.transactions.inc(summary.transactions);
    chain.invocations.inc(summary.receipts);
    chain.gas.inc(Number(summary.gas));
    chain.blockFill.set(Number(summary.gas) / this.#blockGas);
    chain.blockTransactions.observe(summary.transactions);
    chain.blockBytes.observe(facts.bodyBytes);
    chain.blockDelay.observe(Math.max(0, nowMs - summary.timestampMs) / 1_000);
    // Genesis is as old as time.
    if (parentTimestampMs !== undefined && summary.height > 1)
      chain.blockInterval.observe((summary.timestampMs - parentTimestampMs) / 1_000);
    if (facts.executeSeconds !== undefined) chain.executeSeconds.observe(facts.executeSeconds);
    if (facts.commitSeconds !== undefined) store.commitSeconds.observe(facts.commitSeconds);
    if (facts.undone > 0) {
      chain.reorganisations.inc();
      chain.reorganisationDepth.observe(facts.undone);
    }
    for (const { kind, succeeded, failed } of outcomes.receipts) {
      const name = KINDS[kind] ?? String(kind);
      chain.receipts.inc({ kind: name, status: 'success' }, succeeded);
      chain.receipts.inc({ kind: name, status: 'failed' }, failed);
    }
    for (const { exception, count } of outcomes.faults) vm.faults.inc({ exception }, count);
    for (const { group, relays, bytes } of facts.sent) {
      chain.relaysSent.inc({ destination: group }, relays);
      chain.batchBytesSent.inc(bytes);
    }
    for (const { group, relays, bytes, delaysMs } of facts.received) {
      chain.relaysReceived.inc({ source: group }, relays);
      chain.batchBytesReceived.inc(bytes);
      for (const delayMs of delaysMs) chain.relayDelay.observe(delayMs / 1_000);
    }
  }

  timed(work: TimedWork, seconds: number): void {
    const { template, store, vm } = this.#metrics;
    switch (work) {
      case 'template':
        template.built.inc();
        template.buildSeconds.observe(seconds);
        return;
      case 'snapshot':
        store.snapshotSeconds.observe(seconds);
        return;
      case 'compile':
        vm.compileSeconds.observe(seconds);
        return;
      default:
        work satisfies never;
    }
  }

  status(status: EngineStatus): void {
    const { chain, node, pool } = this.#metrics;
    for (const { group, height, readHeight } of status.groups) {
      chain.height.set({ source: group }, height);
      if (group !== this.#group) chain.readLag.set({ source: group }, height - readHeight);
    }
    chain.executedHeight.set(status.tip.height);
    chain.tipTime.set(status.tip.timestampMs / 1_000);
    this.#metrics.bitcoin.height.set(status.bitcoinHeight);
    chain.epoch.set(status.epoch);
    chain.partitions.set(status.owners.filter((owner) => owner === this.#group).length);
    chain.queuedRelays.set(status.queuedRelays);
    node.inSync.set(status.inSync ? 1 : 0);
    for (const condition of CONDITIONS) {
      const holds = status.conditions.some(({ type, status: is }) => type === condition && is === 'True');
      node.condition.set({ condition }, holds ? 1 : 0);
    }
    pool.transactions.set(status.poolTransactions);
    pool.bytes.set(status.poolBytes);
  }

  figures({
    loopDelaySeconds,
    sums,
    waiting,
    state,
    money,
    vm: machine,
    snapshot,
    start,
    storeBytes,
  }: EngineFigures): void {
    const { node, chain, pool, store, vm } = this.#metrics;
    node.loopDelay.set({ thread: 'engine' }, loopDelaySeconds);
    for (const { group, count } of sums.headers) this.#count(chain.headers, {}, `headers ${group}`, count);
    for (const { code, count } of sums.headersRefused)
      this.#count(chain.headersInvalid, { code }, `headers ${code}`, count);
    for (const { code, count } of sums.blocksInvalid)
      this.#count(chain.blocksInvalid, { code }, `blocks ${code}`, count);
    this.#count(pool.expired, {}, 'expired', sums.expired);
    this.#count(vm.batches, {}, 'batches', sums.batches);
    this.#count(store.writtenBytes, {}, 'written', sums.writtenBytes);
    for (const { reason, count } of waiting) chain.blocksWaiting.set({ lack: reason }, count);
    chain.stateBytes.set(state.bytes);
    chain.stateCells.set(state.cells);
    for (const flow of ['held', 'burnt', 'sent', 'received'] as const) chain.money.set({ flow }, Number(money[flow]));
    vm.memoryBytes.set(machine.memoryBytes);
    vm.usedBytes.set(machine.usedBytes);
    vm.modules.set(machine.modules);
    store.snapshotHeight.set(snapshot.height);
    store.snapshotBytes.set(snapshot.bytes);
    store.replayedBlocks.set(start.replayedBlocks);
    store.startSeconds.set(start.seconds);
    store.sizeBytes.set(storeBytes);
  }

  /** What this thread sees itself at a scrape. */
  here(seen: { readonly loopDelaySeconds: number; readonly peersIn: number; readonly peersOut: number }): void {
    const { node, peers } = this.#metrics;
    node.loopDelay.set({ thread: 'main' }, seen.loopDelaySeconds);
    peers.connected.set({ direction: 'in' }, seen.peersIn);
    peers.connected.set({ direction: 'out' }, seen.peersOut);
  }

  pool({ admitted, forwarded, refused }: PoolNews): void {
    const { pool } = this.#metrics;
    pool.admitted.inc(admitted);
    pool.forwarded.inc(forwarded.length);
    for (const { code } of refused) pool.refused.inc({ code });
  }

  call(): void {
    this.#metrics.vm.calls.inc();
  }

  proof(accepted: boolean): void {
    this.#metrics.template.proofs.inc({ result: accepted ? 'accepted' : 'refused' });
  }

  parentHeaders(accepted: number, offered: number): void {
    const { headers } = this.#metrics.bitcoin;
    headers.inc({ result: 'accepted' }, accepted);
    headers.inc({ result: 'refused' }, offered - accepted);
  }

  #count<L extends Label>(
    counter: Counter<L>,
    labels: Partial<Record<L, string | number>>,
    key: string,
    sum: number,
  ): void {
    const counted = this.#counted.get(key) ?? 0;
    // Sums begin anew with an engine that was opened anew.
    counter.inc(labels, sum < counted ? sum : sum - counted);
    this.#counted.set(key, sum);
  }
}
