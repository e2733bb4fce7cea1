// Chains that left ours before what headers are held of. It says when to hold headers as far back as chains are compared, for
// how long, and what to tell a person of those that left even earlier. It compares nothing itself.
import type { Condition } from '../rpc/backend.ts';

/** Held so long, headers of the other chain have come and were compared; and a peer who shows one block makes us open anew so seldom. */
export const WIDE_MS = 600_000;
/** So long after the last sign of it a chain that nothing can be compared with is complained of. */
const COMPLAIN_MS = 60_000;

export class FarSplits {
  readonly #headerWindow: number;
  #wideUntilMs: number | undefined;
  #beyondMs = Number.NEGATIVE_INFINITY;

  /** `wideUntilMs`: headers are held headerWindow deep until then. */
  constructor(headerWindow: number, wideUntilMs: number | undefined) {
    this.#headerWindow = headerWindow;
    this.#wideUntilMs = wideUntilMs;
  }

  /** Work was shown for a chain that left ours so many blocks ago. Answers until when to hold more headers, if that helps. */
  see(depth: number, nowMs: number): number | undefined {
    if (depth < this.#headerWindow && this.#wideUntilMs === undefined) return nowMs + WIDE_MS;
    this.#beyondMs = nowMs;
    return undefined;
  }

  /** Whether what is held beyond the usual may go now; once. */
  takeOver(nowMs: number): boolean {
    if (this.#wideUntilMs === undefined || nowMs < this.#wideUntilMs) return false;
    this.#wideUntilMs = undefined;
    return true;
  }

  condition(nowMs: number): Condition | undefined {
    if (nowMs - this.#beyondMs >= COMPLAIN_MS) return undefined;
    const message = `a peer follows a chain that left ours more than ${this.#headerWindow} blocks ago, further back than chains are compared; the nodes of the side with less work must begin again on empty data folders`;
    return { type: 'DeepReorg', status: 'True', reason: 'BeyondWindow', message };
  }
}
