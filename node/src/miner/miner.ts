// The merge miner: templates of groups and parent in, one header searched for all that are due, proofs and parent blocks out.
// Nothing it waits for can hold the search: every delivery runs beside it, within a bound per group.
import { setTimeout as pause } from 'node:timers/promises';
import { bitcoinHash } from '../consensus/bitcoin-header.ts';
import { meetsTarget, targetFromBits, targetToBytes } from '../consensus/target.ts';
import { WitnessSource } from '../consensus/work-record.ts';
import { toHex, viewOf } from '../core/bytes.ts';
import { Desk } from './desk.ts';
import { ParentDesk } from './parent-desk.ts';
import { ParentHeaders } from './parent-headers.ts';
import type {
  Grinder,
  GrindListener,
  MinerEvents,
  ParentSource,
  ParentTemplate,
  Template,
  TemplateSource,
} from './ports.ts';
import { buildWork, type Work } from './work.ts';

/** A floor target takes about a millisecond; found proofs wait for their moment, unfound ones delay the beat. */
const LEAD_MS = 10;
const WATCH_RETRY_MS = 500;
/** Proofs under way to one group; a group that answers none of them gets no more. */
const DELIVERIES_MAX = 4;
/** Works whose hit may still be on its way from the hashing thread. */
const WORKS_KEPT = 4;
/** A header's clock must stay near its blocks', so a long search starts afresh now and then. */
const WORK_AGE_MAX_MS = 10_000;

export interface MinerParts {
  readonly templates: TemplateSource;
  readonly parent: ParentSource;
  readonly createGrinder: (listener: GrindListener) => Grinder;
  readonly events: MinerEvents;
  readonly nowMs: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface MinerOptions {
  readonly chainIdBase: number;
  readonly parentTargetBits: number;
  /** Whom the parent's coinbase pays. */
  readonly payoutScript: Uint8Array;
  readonly leadMs?: number;
}

export class Miner {
  readonly #parts: MinerParts;
  readonly #options: MinerOptions;
  readonly #parentTarget: bigint;
  readonly #desk: Desk;
  readonly #watches = new Map<number, AbortController>();
  readonly #deliveries = new Map<number, number>();
  readonly #works = new Map<number, Work>();
  #lifetime: AbortSignal | undefined;
  #grinder: Grinder | undefined;
  #parentDesk: ParentDesk | undefined;
  #parent: ParentTemplate | undefined;
  #groups: readonly number[] = [];
  #searching = '';
  #nextJobId = 1;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: MinerParts, options: MinerOptions) {
    const target = targetFromBits(options.parentTargetBits);
    if (target === undefined) throw new RangeError('parentTargetBits is no canonical compact target');
    this.#parts = parts;
    this.#options = options;
    this.#parentTarget = target;
    this.#desk = new Desk(options.leadMs ?? LEAD_MS);
  }

  /** The living groups; may change while the miner runs. */
  setGroups(groups: readonly number[]): void {
    this.#groups = [...new Set(groups)].sort((a, b) => a - b);
    for (const [group, watch] of this.#watches) if (!this.#groups.includes(group)) this.#drop(group, watch);
    const lifetime = this.#lifetime;
    if (lifetime === undefined) return;
    for (const group of this.#groups) if (!this.#watches.has(group)) void this.#watchGroup(group, lifetime);
  }

  /** Mines until the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { parent, templates, events, nowMs } = this.#parts;
    this.#lifetime = signal;
    this.#grinder = this.#parts.createGrinder({
      onHit: (jobId, nonce) => this.#onHit(jobId, nonce),
      onExhausted: () => this.#search({ again: true }),
      onHashes: (count) => events.hashes(count),
    });
    const desk = new ParentDesk({ parent, parentTarget: this.#parentTarget, events, nowMs, signal });
    const headers = new ParentHeaders({ parent, templates, events, signal });
    this.#parentDesk = desk;
    this.setGroups(this.#groups);
    try {
      for await (const template of parent.watch(signal)) {
        this.#parent = template;
        events.parentHeight(template.height - 1);
        headers.offer(template.prevHash);
        void desk.review();
        this.#search();
      }
    } finally {
      clearTimeout(this.#timer);
      for (const [group, watch] of this.#watches) this.#drop(group, watch);
      await this.#grinder.close();
    }
  }

  async #watchGroup(group: number, lifetime: AbortSignal): Promise<void> {
    const watch = new AbortController();
    this.#watches.set(group, watch);
    const signal = AbortSignal.any([lifetime, watch.signal]);
    while (!signal.aborted) {
      try {
        for await (const template of this.#parts.templates.watch(group, signal)) {
          if (template === undefined) this.#desk.clear(group);
          else this.#desk.put(template);
          this.#search();
        }
      } catch (error) {
        if (!signal.aborted) this.#parts.events.trouble({ where: `templates of group ${group}`, error });
      }
      this.#desk.clear(group);
      await pause(WATCH_RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #drop(group: number, watch: AbortController): void {
    watch.abort();
    this.#watches.delete(group);
    this.#desk.clear(group);
  }

  /** Puts the grinder on what is due now; leaves it alone while that has not changed. */
  #search(options: { readonly again: boolean } = { again: false }): void {
    const { nowMs, randomBytes } = this.#parts;
    if (this.#lifetime === undefined || this.#lifetime.aborted) return;
    const now = nowMs();
    const period = Math.floor(now / WORK_AGE_MAX_MS);
    this.#sleepMs(Math.min(this.#desk.nextDueMs(now), (period + 1) * WORK_AGE_MAX_MS) - now);
    const due = this.#desk.due(now);
    const parent = this.#parent;
    if (parent === undefined || due.length === 0) {
      this.#searching = '';
      this.#grinder?.rest();
      return;
    }
    const searching = [period, toHex(parent.prevHash), ...due.map((t) => toHex(t.blockId))].join();
    if (searching === this.#searching && !options.again) return;
    this.#searching = searching;
    const work = buildWork({
      parent,
      due,
      groups: this.#groups,
      chainIdBase: this.#options.chainIdBase,
      extraNonce: randomBytes(8),
      timeSeconds: Math.max(parent.timeMinSeconds, Math.floor(now / 1000)),
      payoutScript: this.#options.payoutScript,
    });
    const id = this.#nextJobId++;
    this.#works.set(id, work);
    this.#works.delete(id - WORKS_KEPT);
    const firstNonce = viewOf(randomBytes(4)).getUint32(0);
    // Where groups ask for more work than the parent, its own blocks are not to be missed on the way.
    const target = max(this.#parentTarget, easiest(due));
    this.#grinder?.start({ id, header: work.header, target: targetToBytes(target), firstNonce });
  }

  #sleepMs(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), Math.max(1, Math.ceil(waitMs)));
  }

  #onHit(jobId: number, nonce: number): void {
    const work = this.#works.get(jobId);
    if (work === undefined) return;
    this.#searching = '';
    const header = work.solvedHeader(nonce);
    const hash = bitcoinHash(header);
    const now = this.#parts.nowMs();
    const proven = work.due.filter((t) => this.#isMet(t, hash) && !this.#desk.isSolved(t, now));
    if (proven.length > 0 || meetsTarget(hash, this.#parentTarget)) {
      this.#parentDesk?.accept({ hash, header, block: () => work.block(nonce) });
    }
    const witnesses = new WitnessSource(work.record(nonce), this.#options.chainIdBase);
    for (const template of proven) {
      this.#desk.solved(template, now);
      const witness = witnesses.witness(template.group);
      if (witness !== undefined) void this.#deliver(template, witness);
    }
    this.#search();
  }

  #isMet(template: Template, hash: Uint8Array): boolean {
    const target = targetFromBits(template.targetBits);
    return target !== undefined && meetsTarget(hash, target);
  }

  async #deliver(template: Template, witness: Uint8Array): Promise<void> {
    const { templates, events, nowMs } = this.#parts;
    const { group, blockId } = template;
    const underWay = this.#deliveries.get(group) ?? 0;
    if (underWay >= DELIVERIES_MAX) return;
    this.#deliveries.set(group, underWay + 1);
    try {
      // Timers may fire a little early against the wall clock.
      for (let waitMs = template.notBeforeMs - nowMs(); waitMs > 0; waitMs = template.notBeforeMs - nowMs()) {
        await pause(Math.ceil(waitMs), undefined, this.#lifetime === undefined ? {} : { signal: this.#lifetime });
      }
      const lateMs = nowMs() - template.notBeforeMs;
      const { accepted, reason } = await templates.submit(group, blockId, witness);
      events.proof({ group, blockId, accepted, lateMs, ...(reason === undefined ? {} : { reason }) });
      if (!accepted) this.#desk.refused(template, nowMs());
    } catch (error) {
      if (this.#lifetime?.aborted === true) return;
      events.trouble({ where: `proof for group ${group}`, error });
      this.#desk.refused(template, nowMs());
    } finally {
      this.#deliveries.set(group, (this.#deliveries.get(group) ?? 1) - 1);
      this.#search();
    }
  }
}

/** Templates whose target is no target are nobody's work. */
function easiest(due: readonly Template[]): bigint {
  return due.map(({ targetBits }) => targetFromBits(targetBits) ?? 0n).reduce(max, 0n);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
