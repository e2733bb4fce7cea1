// The open loop: offers payments at their intended times, follows what becomes of them, keeps nonces in order. Driven by ticks
// and events; it holds no timer and opens no connection.
import type { LoadAccount } from './accounts.ts';
import type { Clock } from './chains.ts';
import { Measurement } from './measure.ts';
import type { Model } from './model.ts';
import type { ChainEvent, LoadNetwork, Refused } from './network.ts';
import type { Nonces } from './nonces.ts';
import type { Offer } from './offer.ts';
import { Outgoing } from './outgoing.ts';
import { Pace } from './pace.ts';
import { Resending } from './resending.ts';
import { noncesOf, type Signed, type Signing } from './sign-ahead.ts';
import { ASK_AGAIN_MS, type Held, StaleSenders } from './stale-senders.ts';
import { type Finished, Tracker } from './tracker.ts';
import { MeasuredWindow } from './window.ts';
import { accountAt, type Workload } from './workload.ts';

export interface OfferingParts {
  readonly network: Pick<LoadNetwork, 'submit' | 'account'>;
  readonly accounts: readonly LoadAccount[];
  readonly nonces: readonly Nonces[];
  readonly workload: Workload;
  readonly signing: Signing;
  readonly model: Model;
  readonly confirmations: number;
  readonly clock: Pick<Clock, 'nowMs' | 'spin'>;
  readonly onFinished: (tree: Omit<Finished, 'subject'>) => void;
}

export interface OfferingOptions {
  readonly startMs: number;
  readonly tps: number;
  /** How many in all, and when the last of them is due; infinite when nothing says. */
  readonly count: number;
  readonly endMs: number;
  readonly gatherMs: number;
  /** Nothing of a transaction in any block for so long: it may be lost. */
  readonly resendAfterMs: number;
  /** Busy work for each, to be too slow on purpose. */
  readonly slowdownMs: number;
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
/** Refusals that say our nonces are not the chain's. */
const WRONG_NONCE: ReadonlySet<string> = new Set(['NONCE_TOO_LOW', 'NONCE_TAKEN', 'EXPIRED']);
/** A tick may take so long; what is due then comes with the next. */
const TICK_MAX_MS = 100;
const SLICE = 256;
const SWEEP_MS = 2_000;
/** Transactions kept signed ahead: so many seconds of the load, within bounds. */
const AHEAD_SECONDS = 1;
const AHEAD_MIN = 64;
const AHEAD_MAX = 20_000;
/** Later than this after the intended time counts as a send that the generator itself delayed. */
const LATE_MS = 1_000;
/** What is not sent so long after the last was due is not sent any more. */
const GIVE_UP_MS = 2_000;

export class Offering {
  readonly measurement = new Measurement();
  readonly window = new MeasuredWindow();
  readonly tracker: Tracker<Offer>;
  readonly refusals = new Map<string, number>();
  readonly #parts: OfferingParts;
  readonly #options: OfferingOptions;
  readonly #pace: Pace;
  readonly #outgoing: Outgoing;
  readonly #resending: Resending;
  readonly #stale: StaleSenders;
  /** Senders that were ever refused: where they end there may be gaps that no later payment fills. */
  readonly #refused = new Set<number>();
  /** Of every group's accounts, so far. */
  readonly #offered = new Map<number, number>();
  #isEnding = false;
  #total: number;
  #isStopped = false;
  #late = 0;
  #unsent = 0;
  #accepted = 0;
  #sweepMs: number;

  constructor(parts: OfferingParts, options: OfferingOptions) {
    const { network, accounts, confirmations } = parts;
    const { startMs, tps, count, gatherMs, resendAfterMs } = options;
    this.#parts = parts;
    this.#options = options;
    this.#pace = new Pace(startMs, tps);
    this.#total = count;
    this.#sweepMs = startMs;
    this.tracker = new Tracker(confirmations, (tree) => this.#finished(tree));
    const groups = [...new Set(accounts.map(({ group }) => group))].sort((a, b) => a - b);
    const onSilence = (count: number): void => this.#count('UNREACHABLE', count);
    const onAnswer = this.#judge.bind(this);
    this.#outgoing = new Outgoing({ network, groups, gatherMs, onAnswer, onSilence }, startMs);
    this.#stale = new StaleSenders({ network, accounts, onFresh: this.#goOn.bind(this) });
    this.#resending = new Resending({
      network,
      accounts,
      tracker: this.tracker,
      afterMs: resendAfterMs,
      resend: (offer) => this.#outgoing.add(this.#groupOf(offer.signed), offer),
    });
  }

  /** Transactions kept ready. */
  get ahead(): number {
    return Math.min(AHEAD_MAX, Math.max(AHEAD_MIN, Math.ceil(this.#pace.perSecond * AHEAD_SECONDS)));
  }

  get tps(): number {
    return this.#pace.perSecond;
  }

  get isOver(): boolean {
    return this.#isStopped || this.#pace.taken >= this.#total;
  }

  /** Nothing that was offered is still under way. */
  get isDrained(): boolean {
    return this.isOver && this.#isEnding && this.#stale.size === 0 && this.pending === 0;
  }

  get pending(): number {
    return this.tracker.pending + this.#stale.held;
  }

  get late(): number {
    return this.#late;
  }

  get resent(): number {
    return this.#resending.count;
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** Of each group's accounts so far. */
  get offeredByGroup(): ReadonlyMap<number, number> {
    return this.#offered;
  }

  /** Of what is due by now, how much was taken up. */
  sentOverOffered(nowMs: number): number {
    const owed = this.isOver
      ? this.#unsent
      : Math.max(0, Math.min(this.#pace.due(nowMs), this.#total) - this.#pace.taken);
    return this.#pace.taken === 0 ? 1 : this.#pace.taken / (this.#pace.taken + owed);
  }

  /** Another rate from now on; when the end was to be does not change. */
  setRate(nowMs: number, tps: number): void {
    const { endMs } = this.#options;
    this.#pace.setRate(nowMs, tps);
    if (endMs === Number.POSITIVE_INFINITY) return;
    const owed = this.#pace.due(nowMs) - this.#pace.taken;
    this.#total = this.#pace.taken + owed + Math.round(((endMs - nowMs) * tps) / 1_000);
  }

  /** Offers nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  tick(nowMs: number): void {
    this.#offerDue(nowMs);
    if (this.isOver && !this.#isEnding) {
      this.#isEnding = true;
      for (const from of this.#refused) this.#stale.add(from, nowMs);
    }
    if (nowMs >= this.#sweepMs) {
      this.#sweepMs = nowMs + SWEEP_MS;
      this.#resending.sweep(nowMs);
    }
    this.#stale.ask(nowMs);
    this.#outgoing.flush(nowMs, this.isOver);
    // Twice what a tick uses up, so that a used-up window fills again.
    if (!this.isOver) this.#parts.signing.fill(this.ahead, Math.max(2, Math.ceil(this.#pace.perSecond / 25)));
  }

  /** Answers how many invocations of this run were in it. */
  observe(event: ChainEvent, nowMs: number): number {
    if (event.kind === 'block') return this.tracker.block(event, nowMs);
    this.tracker.undone(event.group, event.height);
    return 0;
  }

  /** At the end: nobody knows how far these came. */
  abandon(): void {
    for (const { subject, leaves, isIncluded } of this.tracker.unfinished()) {
      const { payment, nonce } = subject.signed;
      this.#parts.model.unknown(this.#parts.workload.effect(payment, nonce));
      this.window.unfinished(leaves, isIncluded);
    }
  }

  #offerDue(nowMs: number): void {
    const { clock } = this.#parts;
    const { slowdownMs, endMs } = this.#options;
    const slice = slowdownMs > 0 ? 1 : SLICE;
    for (let atMs = nowMs; !this.isOver && atMs - nowMs <= TICK_MAX_MS; atMs = clock.nowMs()) {
      const times = this.#pace.take(atMs, Math.min(slice, this.#total - this.#pace.taken));
      for (const intendedMs of times) {
        this.measurement.offered(intendedMs);
        this.#offer({ signed: this.#parts.signing.next(), intendedMs }, atMs);
        if (slowdownMs > 0) clock.spin(slowdownMs);
      }
      if (times.length < slice) break;
    }
    if (this.isOver || nowMs < endMs + GIVE_UP_MS) return;
    // A generator that is too slow ends as well, and says so.
    this.#unsent = this.#total - this.#pace.taken;
    this.measurement.unsent(this.#unsent);
    this.#isStopped = true;
  }

  #offer(offer: Held, nowMs: number): void {
    const { signed, intendedMs } = offer;
    const { from } = signed.payment;
    const group = this.#groupOf(signed);
    this.#offered.set(group, (this.#offered.get(group) ?? 0) + 1);
    if (this.#stale.hold(from, offer)) return;
    if (nowMs - intendedMs > LATE_MS) this.#late++;
    this.#send({ ...offer, isFiller: false }, nowMs);
  }

  #send({ signed, intendedMs, isFiller }: Held & Pick<Offer, 'isFiller'>, nowMs: number): void {
    const resendMs = nowMs + this.#options.resendAfterMs;
    const offer: Offer = { signed, intendedMs, isFiller, isAccepted: false, attempts: 0, resendMs };
    noncesOf(this.#parts, signed.payment.from).sent(signed.nonce);
    this.tracker.submitted(signed.key, intendedMs, offer);
    this.#outgoing.add(this.#groupOf(signed), offer);
  }

  #judge(batch: readonly Offer[], isResent: readonly boolean[], refused: readonly Refused[]): void {
    const nowMs = this.#parts.clock.nowMs();
    const isRefused = new Set(refused.map(({ index }) => index));
    for (const [index, offer] of batch.entries()) {
      if (isRefused.has(index) || offer.isAccepted || offer.isFiller) continue;
      offer.isAccepted = true;
      this.#accepted++;
    }
    for (const { index, code } of refused) {
      const offer = batch[index];
      if (offer === undefined) continue;
      this.#count(code, 1);
      if (TRANSIENT.has(code)) continue;
      // An earlier copy may be where it should be, and what refuses this one passes: only time ends a transaction now.
      if (isResent[index] === true && code !== 'EXPIRED') continue;
      const { payment, nonce } = offer.signed;
      if (isResent[index] === true) this.#parts.model.unknown(this.#parts.workload.effect(payment, nonce));
      this.#refuse(offer, code, nowMs);
    }
  }

  #refuse({ signed, isFiller }: Offer, code: string, nowMs: number): void {
    const { from } = signed.payment;
    this.tracker.refused(signed.key);
    if (!isFiller) this.measurement.refused(code);
    this.#refused.add(from);
    if (WRONG_NONCE.has(code)) {
      noncesOf(this.#parts, from).settled(signed.nonce);
      this.#stale.add(from, isFiller ? nowMs + ASK_AGAIN_MS : nowMs);
      return;
    }
    noncesOf(this.#parts, from).released(signed.nonce);
    if (this.isOver) this.#stale.add(from, nowMs + ASK_AGAIN_MS);
  }

  #goOn(sender: number, nextNonce: number, held: readonly Held[], nowMs: number): void {
    const nonces = noncesOf(this.#parts, sender);
    nonces.resync(nextNonce);
    const { signing } = this.#parts;
    for (const { signed, intendedMs } of held)
      this.#send({ signed: signing.sign(signed.payment), intendedMs, isFiller: false }, nowMs);
    if (!this.isOver) return;
    const nothing = { from: sender, to: sender, amount: 0 };
    while (nonces.gaps > 0) this.#send({ signed: signing.sign(nothing), intendedMs: nowMs, isFiller: true }, nowMs);
  }

  #finished(tree: Finished<Offer>): void {
    const { signed, isFiller } = tree.subject;
    if (!isFiller) {
      this.measurement.finished(tree);
      this.window.finished(tree);
      this.#parts.onFinished(tree);
    }
    noncesOf(this.#parts, signed.payment.from).settled(signed.nonce);
    const outcome = tree.rootStatus !== 0 ? 'failed' : tree.failed ? 'debited' : 'completed';
    this.#parts.model.apply(this.#parts.workload.effect(signed.payment, signed.nonce), outcome);
  }

  #count(code: string, times: number): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + times);
  }

  #groupOf({ payment }: Signed): number {
    return accountAt(this.#parts.accounts, payment.from).group;
  }
}
