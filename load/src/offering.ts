// The open loop: offers payments at their intended times, follows what becomes of them, keeps nonces in order, sends again
// what may have been lost. Driven by ticks and events; it holds no timer and opens no connection.
import type { LoadAccount } from './accounts.ts';
import { Measurement } from './measure.ts';
import type { Model } from './model.ts';
import type { ChainEvent, LoadNetwork, Refused } from './network.ts';
import type { Nonces } from './nonces.ts';
import { Pace } from './pace.ts';
import type { SignAhead, Signed } from './sign-ahead.ts';
import { type Finished, Tracker } from './tracker.ts';
import { accountAt, type Workload } from './workload.ts';

export interface OfferingParts {
  readonly network: Pick<LoadNetwork, 'submit' | 'account'>;
  readonly accounts: readonly LoadAccount[];
  readonly nonces: readonly Nonces[];
  readonly workload: Workload;
  readonly signing: SignAhead;
  readonly model: Model;
  readonly confirmations: number;
}

export interface OfferingOptions {
  readonly startMs: number;
  readonly tps: number;
  /** Absent: until `stop`. */
  readonly seconds?: number | undefined;
  /** Nothing of a transaction in any block for so long: it is sent again. */
  readonly resendAfterMs: number;
}

/** One transaction on its way. */
interface Offer {
  readonly signed: Signed;
  readonly intendedMs: number;
  /** Not offered load: it takes a nonce that others wait for. */
  readonly isFiller: boolean;
  attempts: number;
  resendMs: number;
}

type Held = Pick<Offer, 'signed' | 'intendedMs'>;

/** A sender whose nonces are being asked for, and its payments that wait for the answer. */
interface Stale {
  readonly held: Held[];
  isAsking: boolean;
  askMs: number;
}

/** Refusals that say nothing about the transaction: it is sent again later. */
const TRANSIENT: ReadonlySet<string> = new Set([
  'UNREACHABLE',
  'STOPPING',
  'NOT_READY',
  'DEADLINE',
  'BUSY',
  'CANCELLED',
  'INTERNAL',
  'PARTITION_MOVED',
  'WRONG_GROUP',
]);
const BATCH_MAX = 1_000;
/** A node that answers slowly gets larger batches, not more of them. */
const IN_FLIGHT_MAX = 8;
const DUE_MAX = 20_000;
const ASKING_MAX = 32;
const ASK_AGAIN_MS = 1_000;
const SWEEP_MS = 1_000;
const RESENDS_PER_SWEEP_MAX = 1_000;
const RESEND_FACTOR_MAX = 16;
/** Transactions kept signed ahead: so many seconds of the load, within bounds. */
const AHEAD_SECONDS = 1;
const AHEAD_MIN = 64;
const AHEAD_MAX = 20_000;
/** Later than this after the intended time counts as a send that the generator itself delayed. */
const LATE_MS = 1_000;

export class Offering {
  readonly measurement = new Measurement();
  readonly tracker: Tracker<Offer>;
  readonly refusals = new Map<string, number>();
  readonly #parts: OfferingParts;
  readonly #options: OfferingOptions;
  readonly #pace: Pace;
  readonly #total: number;
  readonly #queues = new Map<number, Offer[]>();
  /** Batches without an answer, by group. */
  readonly #inFlight = new Map<number, number>();
  readonly #stale = new Map<number, Stale>();
  /** Senders that were ever refused: where they end there may be gaps that no later payment fills. */
  readonly #refused = new Set<number>();
  #isEnding = false;
  #offersUntilMs = Number.POSITIVE_INFINITY;
  #held = 0;
  #late = 0;
  #resent = 0;
  #sweepMs: number;

  constructor(parts: OfferingParts, options: OfferingOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#pace = new Pace(options.startMs, options.tps);
    this.#total = options.seconds === undefined ? Number.POSITIVE_INFINITY : Math.round(options.seconds * options.tps);
    this.#sweepMs = options.startMs;
    this.tracker = new Tracker(parts.confirmations, (tree) => this.#finished(tree));
  }

  /** Transactions kept ready. */
  get ahead(): number {
    return Math.min(AHEAD_MAX, Math.max(AHEAD_MIN, Math.ceil(this.#options.tps * AHEAD_SECONDS)));
  }

  get isOver(): boolean {
    return this.#pace.taken >= this.#total || this.#offersUntilMs !== Number.POSITIVE_INFINITY;
  }

  /** Nothing that was offered is still under way. */
  get isDrained(): boolean {
    return this.isOver && this.#isEnding && this.#stale.size === 0 && this.pending === 0;
  }

  get pending(): number {
    return this.tracker.pending + this.#held;
  }

  get late(): number {
    return this.#late;
  }

  get resent(): number {
    return this.#resent;
  }

  /** Offers nothing whose time comes after `nowMs`. */
  stop(nowMs: number): void {
    this.#offersUntilMs = Math.min(this.#offersUntilMs, nowMs);
  }

  tick(nowMs: number): void {
    const limit = Math.min(DUE_MAX, this.#total - this.#pace.taken);
    for (const intendedMs of this.#pace.take(Math.min(nowMs, this.#offersUntilMs), limit)) {
      this.measurement.offered(intendedMs);
      this.#offer({ signed: this.#parts.signing.next(), intendedMs }, nowMs);
    }
    if (this.isOver && !this.#isEnding) {
      this.#isEnding = true;
      for (const from of this.#refused) this.#ask(from, nowMs);
    }
    if (nowMs >= this.#sweepMs) {
      this.#sweepMs = nowMs + SWEEP_MS;
      this.#resend(nowMs);
    }
    this.#askNonces(nowMs);
    for (const [group, queue] of this.#queues) this.#flush(group, queue, nowMs);
    // Twice what a tick uses up, so that a used-up window fills again.
    if (!this.isOver) this.#parts.signing.fill(this.ahead, Math.max(2, Math.ceil(this.#options.tps / 25)));
  }

  observe(event: ChainEvent, nowMs: number): void {
    if (event.kind === 'undone') this.tracker.undone(event.group, event.height);
    else this.tracker.block(event, nowMs);
  }

  /** At the end: nobody knows how far these came. */
  abandon(): void {
    for (const { subject } of this.tracker.unfinished())
      this.#parts.model.unknown(this.#parts.workload.transfer(subject.signed.payment));
  }

  #offer(offer: Held, nowMs: number): void {
    const { signed, intendedMs } = offer;
    const { from } = signed.payment;
    const stale = this.#stale.get(from);
    if (stale !== undefined) {
      stale.held.push(offer);
      this.#held++;
      return;
    }
    if (nowMs - intendedMs > LATE_MS) this.#late++;
    this.#send({ ...offer, isFiller: false }, nowMs);
  }

  #send({ signed, intendedMs, isFiller }: Held & Pick<Offer, 'isFiller'>, nowMs: number): void {
    const offer: Offer = { signed, intendedMs, isFiller, attempts: 0, resendMs: nowMs + this.#options.resendAfterMs };
    this.#noncesOf(signed.payment.from).sent(signed.nonce);
    this.tracker.submitted(signed.id, intendedMs, offer);
    this.#enqueue(offer);
  }

  #enqueue(offer: Offer): void {
    const { group } = accountAt(this.#parts.accounts, offer.signed.payment.from);
    const queue = this.#queues.get(group);
    if (queue === undefined) this.#queues.set(group, [offer]);
    else queue.push(offer);
  }

  #flush(group: number, queue: Offer[], nowMs: number): void {
    while (queue.length > 0 && this.#inFlightOf(group) < IN_FLIGHT_MAX) {
      const batch = queue.splice(0, BATCH_MAX);
      const isResent = batch.map(({ attempts }) => attempts > 0);
      const bytes = batch.map(({ signed }) => signed.bytes);
      this.#inFlight.set(group, this.#inFlightOf(group) + 1);
      this.#parts.network
        .submit(group, bytes)
        .then(
          (refused) => this.#judge(batch, isResent, refused, nowMs),
          () => this.#count('UNREACHABLE', batch.length),
        )
        .finally(() => this.#inFlight.set(group, this.#inFlightOf(group) - 1));
    }
  }

  #inFlightOf(group: number): number {
    return this.#inFlight.get(group) ?? 0;
  }

  #judge(batch: readonly Offer[], isResent: readonly boolean[], refused: readonly Refused[], nowMs: number): void {
    for (const { index, code } of refused) {
      const offer = batch[index];
      if (offer === undefined) continue;
      this.#count(code, 1);
      if (TRANSIENT.has(code)) continue;
      // An earlier copy may be where it should be, and what refuses this one passes: only time ends a transaction now.
      if (isResent[index] === true && code !== 'EXPIRED') continue;
      if (isResent[index] === true) this.#parts.model.unknown(this.#parts.workload.transfer(offer.signed.payment));
      this.#refuse(offer, nowMs);
    }
  }

  #refuse({ signed, isFiller }: Offer, nowMs: number): void {
    const { from } = signed.payment;
    this.tracker.refused(signed.id);
    this.#noncesOf(from).settled(signed.nonce);
    if (!isFiller) this.measurement.refused();
    this.#refused.add(from);
    this.#ask(from, isFiller ? nowMs + ASK_AGAIN_MS : nowMs);
  }

  #ask(from: number, atMs: number): void {
    if (!this.#stale.has(from)) this.#stale.set(from, { held: [], isAsking: false, askMs: atMs });
  }

  #resend(nowMs: number): void {
    let count = 0;
    for (const { subject: offer, isIncluded } of this.tracker.unfinished()) {
      if (count >= RESENDS_PER_SWEEP_MAX) break;
      if (isIncluded || offer.resendMs > nowMs) continue;
      offer.attempts++;
      offer.resendMs = nowMs + this.#options.resendAfterMs * Math.min(RESEND_FACTOR_MAX, 2 ** offer.attempts);
      this.#enqueue(offer);
      count++;
    }
    this.#resent += count;
  }

  #askNonces(nowMs: number): void {
    let asking = 0;
    for (const [index, stale] of this.#stale) {
      if (stale.isAsking) asking++;
      if (asking >= ASKING_MAX) return;
      if (stale.isAsking || stale.askMs > nowMs) continue;
      asking++;
      stale.isAsking = true;
      const { group, address } = accountAt(this.#parts.accounts, index);
      this.#parts.network.account(group, address).then(
        ({ nextNonce }) => this.#resync(index, nextNonce, nowMs),
        () => {
          stale.isAsking = false;
          stale.askMs = nowMs + ASK_AGAIN_MS;
        },
      );
    }
  }

  #resync(index: number, nextNonce: number, nowMs: number): void {
    const stale = this.#stale.get(index);
    if (stale === undefined) return;
    this.#stale.delete(index);
    const nonces = this.#noncesOf(index);
    nonces.resync(nextNonce);
    this.#held -= stale.held.length;
    for (const { signed, intendedMs } of stale.held)
      this.#send({ signed: this.#parts.signing.sign(signed.payment), intendedMs, isFiller: false }, nowMs);
    if (!this.isOver) return;
    const nothing = { from: index, to: index, amount: 0 };
    while (nonces.gaps > 0)
      this.#send({ signed: this.#parts.signing.sign(nothing), intendedMs: nowMs, isFiller: true }, nowMs);
  }

  #finished(tree: Finished<Offer>): void {
    const { signed, isFiller } = tree.subject;
    if (!isFiller) this.measurement.finished(tree);
    this.#noncesOf(signed.payment.from).settled(signed.nonce);
    const outcome = tree.rootStatus !== 0 ? 'failed' : tree.failed ? 'debited' : 'completed';
    this.#parts.model.apply(this.#parts.workload.transfer(signed.payment), outcome);
  }

  #count(code: string, times: number): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + times);
  }

  #noncesOf(account: number): Nonces {
    const nonces = this.#parts.nonces[account];
    if (nonces === undefined) throw new RangeError(`no account ${account}`);
    return nonces;
  }
}
