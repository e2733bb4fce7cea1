// What waits to be sent, by group: gathered for a moment so that one message carries many transactions, groups one after the
// other, and no more messages than a node answers. Signs and judges nothing.
import type { LoadNetwork, Refused } from './network.ts';
import type { Offer } from './offer.ts';

export interface OutgoingParts {
  readonly network: Pick<LoadNetwork, 'submit'>;
  readonly groups: readonly number[];
  /** How long a transaction may wait for others that go with it. */
  readonly gatherMs: number;
  readonly onAnswer: (batch: readonly Offer[], isResent: readonly boolean[], refused: readonly Refused[]) => void;
  /** Nobody knows whether these arrived. */
  readonly onSilence: (count: number) => void;
}

interface Queue {
  offers: Offer[];
  /** Batches without an answer. */
  inFlight: number;
  dueMs: number;
}

const BATCH_MAX = 1_000;
/** So many need not wait for more. */
const BATCH_FULL = 128;
/** A node that answers slowly gets larger batches, not more of them. */
const IN_FLIGHT_MAX = 8;

export class Outgoing {
  readonly #parts: OutgoingParts;
  readonly #queues: ReadonlyMap<number, Queue>;

  constructor(parts: OutgoingParts, startMs: number) {
    this.#parts = parts;
    const { groups, gatherMs } = parts;
    this.#queues = new Map(
      groups.map((group, i) => [group, { offers: [], inFlight: 0, dueMs: startMs + (i * gatherMs) / groups.length }]),
    );
  }

  add(group: number, offer: Offer): void {
    this.#queues.get(group)?.offers.push(offer);
  }

  /** `isUrgent`: nothing more comes that could go with it. */
  flush(nowMs: number, isUrgent: boolean): void {
    for (const [group, queue] of this.#queues) {
      if (queue.offers.length === 0) continue;
      if (!isUrgent && nowMs < queue.dueMs && queue.offers.length < BATCH_FULL) continue;
      // The next moment of this group's own beat, so that groups keep apart.
      const missed = Math.max(0, Math.floor((nowMs - queue.dueMs) / this.#parts.gatherMs) + 1);
      queue.dueMs += missed * this.#parts.gatherMs;
      while (queue.offers.length > 0 && queue.inFlight < IN_FLIGHT_MAX) this.#send(group, queue);
    }
  }

  #send(group: number, queue: Queue): void {
    const batch = queue.offers.length <= BATCH_MAX ? queue.offers : queue.offers.slice(0, BATCH_MAX);
    queue.offers = queue.offers.length <= BATCH_MAX ? [] : queue.offers.slice(BATCH_MAX);
    const isResent = batch.map(({ attempts }) => attempts > 0);
    const { network, onAnswer, onSilence } = this.#parts;
    queue.inFlight++;
    network
      .submit(
        group,
        batch.map(({ signed }) => signed.bytes),
      )
      .then(
        (refused) => onAnswer(batch, isResent, refused),
        () => onSilence(batch.length),
      )
      .finally(() => queue.inFlight--);
  }
}
