// Which key to reconcile next: each key once, never two at a time, again when it changed meanwhile, the earliest deadline counts.
// Keys only, no objects, no requests; time comes from the clock that is passed in.
import type { Clock } from './clock.ts';

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** 5 ms for work within the cluster; 1 s for what calls out. */
  readonly firstRetryMs?: number;
  readonly maxRetryMs?: number;
}

export const CALLS_OUT_FIRST_RETRY_MS = 1_000;
const FIRST_RETRY_MS = 5;
const MAX_RETRY_MS = 1_000_000;
/** All retries of all keys together. */
const RETRIES_PER_SECOND = 10;
const RETRY_BURST = 100;
const MAX_DOUBLINGS = 40;

type Waiter = (key: string | undefined) => void;

export class WorkQueue {
  readonly #clock: Clock;
  readonly #firstRetryMs: number;
  readonly #maxRetryMs: number;
  /** In order of arrival. */
  readonly #ready = new Set<string>();
  readonly #running = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #deadlines = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #waiters: Waiter[] = [];
  readonly #retries: RetryBucket;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  #closed = false;

  constructor({ clock, firstRetryMs = FIRST_RETRY_MS, maxRetryMs = MAX_RETRY_MS }: WorkQueueOptions) {
    this.#clock = clock;
    this.#firstRetryMs = firstRetryMs;
    this.#maxRetryMs = maxRetryMs;
    this.#retries = new RetryBucket(clock.now());
  }

  /** Ready now; does not count keys that wait for a deadline. */
  get depth(): number {
    return this.#ready.size;
  }

  get waiting(): number {
    return this.#deadlines.size;
  }

  /** Now, or as soon as its present run is over. */
  add(key: string): void {
    if (this.#closed) return;
    this.#deadlines.delete(key);
    if (this.#running.has(key)) {
      this.#dirty.add(key);
      return;
    }
    this.#ready.add(key);
    this.#feed();
  }

  /** Not later than that; an earlier deadline stays. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed || this.#ready.has(key) || this.#dirty.has(key)) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.now() + delayMs;
    const planned = this.#deadlines.get(key);
    if (planned !== undefined && planned <= at) return;
    this.#deadlines.set(key, at);
    this.#arm(at);
  }

  /**
   * After a failure: doubling per key, and slower when many fail. `atLeastMs` is what the server asked for, `atMostMs` where the
   * key is not at fault.
   */
  retry(key: string, atLeastMs = 0, atMostMs = this.#maxRetryMs): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, Math.min(failures + 1, MAX_DOUBLINGS));
    const ownMs = Math.min(this.#maxRetryMs, atMostMs, this.#firstRetryMs * 2 ** failures);
    this.addAfter(key, Math.max(ownMs, this.#retries.reserve(this.#clock.now()), atLeastMs));
  }

  /** After a success: the next failure is its first. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  failuresOf(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next key, which then runs until `done`; undefined once the queue is closed. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      if (this.#closed) {
        resolve(undefined);
        return;
      }
      this.#waiters.push(resolve);
      this.#feed();
    });
  }

  done(key: string): void {
    if (!this.#running.delete(key)) throw new Error(`${key} was not running`);
    if (this.#dirty.delete(key) && !this.#closed) this.#ready.add(key);
    this.#feed();
  }

  /** No key is handed out any more; what runs may finish. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#ready.clear();
    this.#dirty.clear();
    this.#deadlines.clear();
    for (const waiter of this.#waiters.splice(0)) waiter(undefined);
  }

  #feed(): void {
    while (this.#waiters.length > 0) {
      const [key] = this.#ready;
      if (key === undefined) return;
      this.#ready.delete(key);
      this.#running.add(key);
      this.#waiters.shift()?.(key);
    }
  }

  #arm(at: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = { at, cancel: this.#clock.after(at - this.#clock.now(), () => this.#fire()) };
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    const due = [...this.#deadlines].filter(([, at]) => at <= now).sort(([, a], [, b]) => a - b);
    for (const [key] of due) this.add(key);
    let next = Number.POSITIVE_INFINITY;
    for (const at of this.#deadlines.values()) next = Math.min(next, at);
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
  }
}

/** Gives every retry its own moment; it never refuses one. */
class RetryBucket {
  #tokens = RETRY_BURST;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  reserve(now: number): number {
    this.#tokens = Math.min(RETRY_BURST, this.#tokens + ((now - this.#at) / 1000) * RETRIES_PER_SECOND) - 1;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / RETRIES_PER_SECOND) * 1000;
  }
}
