// Feeds the parent's headers to group 0, which records them. It repeats itself a little, because a node may forget
// what it has not yet put into a block, and never decides which headers are good.
import { setTimeout as pause } from 'node:timers/promises';
import { bitcoinHash } from '../consensus/bitcoin-header.ts';
import { equalBytes } from '../core/bytes.ts';
import type { MinerEvents, ParentSource, TemplateSource } from './ports.ts';

/** Headers offered again with each new tip. */
const OVERLAP = 64;
const CHUNK = 2_000;
const WALK_MAX = 100_000;
const RETRY_MS = 1_000;

export interface ParentHeadersOptions {
  readonly parent: ParentSource;
  readonly templates: TemplateSource;
  readonly events: MinerEvents;
  readonly signal: AbortSignal;
}

export class ParentHeaders {
  readonly #options: ParentHeadersOptions;
  /** Offered long enough ago that nobody needs it again. */
  #settled: Uint8Array | undefined;
  #tip: Uint8Array | undefined;
  #isRunning = false;

  constructor(options: ParentHeadersOptions) {
    this.#options = options;
  }

  /** Returns at once; a tip that arrives while an older one is still being offered replaces it. */
  offer(tip: Uint8Array): void {
    this.#tip = tip;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const { signal, events } = this.#options;
    while (this.#tip !== undefined && !signal.aborted) {
      const tip = this.#tip;
      try {
        await this.#send(tip);
        if (this.#tip === tip) this.#tip = undefined;
      } catch (error) {
        if (signal.aborted) break;
        events.trouble({ where: 'parent headers', error });
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    this.#isRunning = false;
  }

  async #send(tip: Uint8Array): Promise<void> {
    const { parent, templates } = this.#options;
    const settled = this.#settled;
    const isKnown = (hash: Uint8Array) => settled !== undefined && equalBytes(hash, settled);
    const headers = await parent.headersUpTo(tip, isKnown, WALK_MAX);
    for (let from = 0; from < headers.length; from += CHUNK) {
      await templates.submitParentHeaders(headers.slice(from, from + CHUNK));
    }
    if (headers.length > OVERLAP) this.#settled = bitcoinHash(headers[headers.length - OVERLAP - 1]!);
  }
}
