// Hands solved blocks to the parent chain, at most one a second, and knows how each of our parents stands there.
import { setTimeout as pause } from 'node:timers/promises';
import { meetsTarget } from '../consensus/target.ts';
import type { MinerEvents, ParentKind, ParentSource } from './ports.ts';

/** One per second keeps a regtest's clock from running ahead of ours. */
const SUBMIT_INTERVAL_MS = 1_000;
/** Our newest parents whose standing is looked at again whenever the tip moves: deeper reorganisations are not counted. */
const WATCHED_MAX = 32;

interface Watched {
  readonly hash: Uint8Array;
  kind: ParentKind;
}

export interface SolvedParent {
  readonly hash: Uint8Array;
  readonly header: Uint8Array;
  block(): Uint8Array;
}

export interface ParentDeskOptions {
  readonly parent: ParentSource;
  readonly parentTarget: bigint;
  readonly events: MinerEvents;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

export class ParentDesk {
  readonly #options: ParentDeskOptions;
  readonly #watched: Watched[] = [];
  #waiting: SolvedParent | undefined;
  #isSubmitting = false;
  #isReviewing = false;
  #nextSubmitMs = 0;

  constructor(options: ParentDeskOptions) {
    this.#options = options;
  }

  /** Takes a parent header that has proved something. Only one block waits for its second: more would be siblings of it. */
  accept(solved: SolvedParent): void {
    const { parentTarget, events } = this.#options;
    if (!meetsTarget(solved.hash, parentTarget)) {
      events.parent({ hash: solved.hash, kind: 'premature' });
    } else if (this.#waiting !== undefined) {
      this.#settle(solved.hash, 'orphan');
    } else {
      this.#waiting = solved;
      void this.#submitWaiting();
    }
  }

  /** The parent's tip moved: some of ours may have lost or regained their place. */
  async review(): Promise<void> {
    if (this.#isReviewing) return;
    this.#isReviewing = true;
    const { parent, events } = this.#options;
    try {
      for (const watched of [...this.#watched]) {
        const kind: ParentKind = (await parent.isOnBestChain(watched.hash)) ? 'on-chain' : 'orphan';
        if (kind === watched.kind) continue;
        events.parent({ hash: watched.hash, kind, was: watched.kind });
        watched.kind = kind;
      }
    } catch (error) {
      events.trouble({ where: 'parent review', error });
    } finally {
      this.#isReviewing = false;
    }
  }

  async #submitWaiting(): Promise<void> {
    if (this.#isSubmitting) return;
    this.#isSubmitting = true;
    const { nowMs, signal } = this.#options;
    try {
      await pause(Math.max(0, this.#nextSubmitMs - nowMs()), undefined, { signal });
    } catch {
      return;
    }
    const solved = this.#waiting;
    this.#waiting = undefined;
    this.#nextSubmitMs = nowMs() + SUBMIT_INTERVAL_MS;
    if (solved !== undefined) await this.#submit(solved);
    this.#isSubmitting = false;
    if (this.#waiting !== undefined) void this.#submitWaiting();
  }

  async #submit(solved: SolvedParent): Promise<void> {
    const { parent, events } = this.#options;
    try {
      const submission = await parent.submit(solved.header, solved.block());
      if (submission.kind === 'refused') {
        events.trouble({ where: 'parent submit', error: new Error(submission.reason) });
      }
      this.#settle(solved.hash, submission.kind === 'on-chain' ? 'on-chain' : 'orphan');
    } catch (error) {
      events.trouble({ where: 'parent submit', error });
      this.#settle(solved.hash, 'orphan');
    }
  }

  #settle(hash: Uint8Array, kind: ParentKind): void {
    this.#options.events.parent({ hash, kind });
    this.#watched.push({ hash, kind });
    if (this.#watched.length > WATCHED_MAX) this.#watched.shift();
  }
}
